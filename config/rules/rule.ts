import type { Config } from "..";
import type { Problem } from "../messages/problems";

/** A config some of whose groups may have been refused. */
export type Checked<T extends Config> = Partial<T> &
  Pick<T, "platform" | "production" | "stack" | "region" | "defaultTags">;

export type Rule<T extends Config> = (
  config: Checked<T>,
  today: Date,
) => Problem | readonly Problem[] | undefined;
