import type { z } from "zod";

/** YAML 1.1's and shells' words for true and false. */
const YES = /^(true|yes|on|y|1)$/i;
const NO = /^(false|no|off|n|0)$/i;
/** The address of one machine. One that ends in 0 is more often a network, whose size is unknown. */
const ONE_ADDRESS = /^([0-9]{1,3}\.){3}(?!0$)[0-9]{1,3}$/;

/** What a browser copies for a host: `https://Shop.example.com/`. */
const SITE = /^(?:https?:\/\/)?([a-z0-9-]+(?:\.[a-z0-9-]+)+)\/*$/i;

/**
 * What a refused value probably means, if the schema accepts that: `"true"`, `yes` and `"3000"` are typed often, in
 * a list of ranges an address without `/32`, and the address of a site in place of its host.
 */
export function meantBy(
  key: string,
  schema: z.ZodType | undefined,
  refused: unknown,
): number | boolean | string | undefined {
  if (!["string", "number", "boolean"].includes(typeof refused)) return undefined;
  const text = String(refused).trim();
  const candidates: (number | boolean | string)[] = [];
  if (YES.test(text)) candidates.push(true);
  if (NO.test(text)) candidates.push(false);
  if (/^-?[0-9]+$/.test(text)) candidates.push(Number(text));
  if (key.endsWith("]") && ONE_ADDRESS.test(text)) candidates.push(`${text}/32`);
  const site = SITE.exec(text)?.[1];
  if (site !== undefined) candidates.push(site.toLowerCase());
  return candidates.find((it) => it !== refused && schema?.safeParse(it).success);
}
