import type { CommonConfig } from "../commonConfig";
import { aws } from "./aws";
import type { AwsConfig } from "./aws/config";
import { existing } from "./existing";
import type { ExistingConfig } from "./existing/config";
import type { PlatformConfig } from "./platform";

/** The checked config of a stack on each platform. */
interface Configs {
  readonly aws: AwsConfig;
  readonly existing: ExistingConfig;
}

export type PlatformName = keyof Configs;
export type ConfigOn<P extends PlatformName> = Configs[P];
/** The typed config of a stack; `platform` tells which of them it is. */
export type Config = Configs[PlatformName];

/** Every platform that a stack may name: a new one has a line here and one in `platforms/index.ts`. */
export const platforms: { readonly [P in PlatformName]: PlatformConfig<ConfigOn<P>> } = {
  aws,
  existing,
};

export const platformNames = Object.keys(platforms) as [PlatformName, ...PlatformName[]];

/** The platform of a config, whose functions take that config. */
export function platformOf({ platform }: { readonly platform: PlatformName }) {
  // Each is typed for its own config, and the name says which one.
  return platforms[platform] as unknown as PlatformConfig<CommonConfig>;
}
