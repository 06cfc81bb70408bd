import type { z } from "zod";
import { PROJECT } from "../../../model/project";
import { usage } from "./schema/usage";

/** What a stack uses in a month, by the keys of `usage`. */
export type Usage = z.output<typeof usage>;

/**
 * The usage that a stack's config assumes.
 * @param config full keys and values, maps as JSON; a `usage` that the program refuses counts as none
 */
export function usageOf(config: Readonly<Record<string, string>>): Usage {
  const read = usage.safeParse(JSON.parse(config[`${PROJECT}:usage`] ?? "{}"));
  return read.success ? read.data : usage.parse({});
}
