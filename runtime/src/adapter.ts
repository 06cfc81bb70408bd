import { applySharedCache, type ConfigContext, type NextConfigLike } from "./config";

/** Next.js's build adapter: `NEXT_ADAPTER_PATH` in the build, nothing in the app (Next.js 16.2 and newer). */
const adapter = {
  name: "@next-on-eks/runtime",
  modifyConfig<T extends NextConfigLike>(config: T, context: ConfigContext): T {
    return applySharedCache(config, context);
  },
};

export = adapter;
