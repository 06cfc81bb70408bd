import type { Config } from "../config";
import type { ConfigOn, PlatformName } from "../config/platforms";
import type { Ground } from "./platform";

type Survey<T> = (config: T) => Promise<Ground>;

/**
 * How each platform of `config/platforms` is created. The compiler refuses one that is missing here. Each is loaded when it is asked
 * for: nobody waits for the SDKs of a platform that the stack does not use.
 */
const surveys: { readonly [P in PlatformName]: Survey<ConfigOn<P>> } = {
  aws: (config) => (require("./aws") as typeof import("./aws")).onAws(config),
  existing: (config) => (require("./existing") as typeof import("./existing")).onExisting(config),
};

/**
 * Looks up what exists already, on the platform that the config names.
 * @throws {ConfigError} if that contradicts the config
 */
export function groundOf(config: Config): Promise<Ground> {
  // Each takes its own config, and the name says which that is.
  return (surveys[config.platform] as Survey<Config>)(config);
}
