import type { z } from "zod";
import type { CommonConfig, Filled } from "../../commonConfig";
import type { schemas } from "./schema";

type Group<K extends keyof typeof schemas> = z.output<(typeof schemas)[K]>;

/** The config of a stack on `existing`. */
export interface ExistingConfig extends CommonConfig {
  readonly platform: "existing";
  readonly cluster: Group<"cluster">;
  readonly files: Group<"files">;
  /** The URLs are not marked as secret here; whoever passes them on must do that. */
  readonly redis: Filled<Group<"redis">, "sessions">;
  /** Set if the stack is the site of a pull request. */
  readonly review: Group<"review">;
}
