import type { z } from "zod";
import type { AppConfig } from "./schema/app";
import type { assets, cache, sharedFiles } from "./schema/files";
import type { ingress } from "./schema/ingress";
import type { networkPolicy, timeouts } from "./schema/stack";
import type { Waiver } from "./schema/waivers";

/** A group with its defaults that depend on other keys filled in. */
export type Filled<T, K extends keyof T> = Omit<T, K> & { readonly [P in K]-?: NonNullable<T[P]> };

/** What every platform's config has. All values are checked, all defaults filled in. */
export interface CommonConfig {
  readonly stack: string;
  readonly platform: string;
  readonly production: boolean;
  readonly protect: boolean;
  readonly app: AppConfig;
  readonly cache: z.output<typeof cache>;
  readonly assets: Filled<z.output<typeof assets>, "enabled">;
  readonly ingress: z.output<typeof ingress>;
  readonly networkPolicy: Filled<z.output<typeof networkPolicy>, "enabled">;
  readonly timeouts: Filled<z.output<typeof timeouts>, "app" | "claims" | "controller">;
  /** Keys whose change the user has confirmed. */
  readonly confirm: readonly string[];
  /** Rules that the stack may break for a time. */
  readonly waivers: readonly Waiver[];
  /** Lines for the reader of a preview. */
  readonly warnings: readonly string[];
  /** The part of each platform's own groups that all of them have. */
  readonly cluster: { readonly namespace: string };
  readonly files: z.output<z.ZodObject<typeof sharedFiles>>;
  readonly redis: { readonly sessions: "own" | "shared" };
}

/** A config in which some groups may have been refused. */
export type Checked<T extends CommonConfig> = Partial<T> &
  Pick<T, "platform" | "production" | "stack">;
