import type { z } from "zod";
import type { CommonConfig, Filled } from "../../commonConfig";
import type { schemas } from "./schema";

type Group<K extends keyof typeof schemas> = z.output<(typeof schemas)[K]>;

/** The config of a stack on `existing`. */
export interface ExistingConfig extends CommonConfig {
  readonly platform: "existing";
  readonly cluster: Group<"cluster">;
  readonly files: Group<"files">;
  /** The URLs are in clear here; whoever passes them on marks them as secrets. */
  readonly redis: Filled<Group<"redis">, "sessions">;
}
