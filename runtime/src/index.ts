export { applySharedCache, withSharedCache } from "./config";
export type { ConfigContext, NextConfigLike } from "./config";
