import { namedForProduction } from "../model/production";
import type { Checked, CommonConfig } from "./commonConfig";
import type { PlatformConfig } from "./platforms/platform";

/** Fills in the defaults that depend on the platform, on `production`, or on another key. */
export function fillDefaults(
  config: Checked<CommonConfig>,
  { defaults, fill }: PlatformConfig<CommonConfig>,
): Checked<CommonConfig> {
  const production = config.production ?? namedForProduction(config.stack);
  const { assets, files, ingress, networkPolicy, redis, timeouts } = config;
  return fill({
    ...config,
    production,
    protect: config.protect ?? production,
    assets: assets && { ...assets, enabled: assets.enabled ?? files?.required ?? true },
    ingress: ingress && {
      ...ingress,
      proxyProtocol: ingress.proxyProtocol ?? defaults.ingress.proxyProtocol,
    },
    networkPolicy: networkPolicy && {
      ...networkPolicy,
      enabled: networkPolicy.enabled ?? ingress?.install ?? true,
    },
    timeouts: timeouts && {
      ...timeouts,
      app: timeouts.app ?? defaults.timeouts.app,
      claims: timeouts.claims ?? defaults.timeouts.claims,
      controller: timeouts.controller ?? defaults.timeouts.controller,
    },
    redis: redis && { ...redis, sessions: redis.sessions ?? (production ? "own" : "shared") },
  });
}
