import { z } from "zod";
import { CONFIRMABLE } from "./changes";
import { platformNames, platforms, type PlatformName } from "./platforms";
import { app } from "./schema/app";
import { assets, cache } from "./schema/files";
import { ingress } from "./schema/ingress";
import { networkPolicy, production, protect, timeouts } from "./schema/stack";
import { about } from "./schema/values";
import { waivers } from "./schema/waivers";

/*
 * One schema per top-level key. Each checks its own values; the rules that compare keys are in rules/ and in the
 * platforms' folders. Descriptions and examples are what docs/configuration.md and the error messages say.
 */

export const platform = about(
  z.enum(platformNames),
  `${platformNames.map((name) => `\`${name}\` ${platforms[name].summary}`).join("; ")}.`,
  { example: "aws" },
);

const confirm = about(
  z.array(z.enum(CONFIRMABLE)),
  "Keys that you want to change although visitors will notice or the change cannot be undone: [changes.md](changes.md). Remove it after the `pulumi up`.",
  { example: "KEY", typedAlone: true },
).default([]);

/** The keys that every platform has. */
const common = {
  platform,
  production,
  protect,
  app,
  cache,
  assets,
  ingress,
  networkPolicy,
  timeouts,
  confirm,
  waivers,
};

type Schemas = Readonly<Record<string, z.ZodType>>;

const own: Readonly<Record<string, Schemas>> = Object.fromEntries(
  platformNames.map((name) => [name, platforms[name].schemas]),
);

/** The schema of each top-level key: those that every platform has, and each platform's own by its name. */
export const groups = { common, ...(own as Readonly<Record<PlatformName, Schemas>>) };

/** Every top-level key of any platform. */
export const groupNames = [...new Set(Object.values(groups).flatMap((of) => Object.keys(of)))];
