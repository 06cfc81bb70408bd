import { applySharedCache, type ConfigContext, type NextConfigLike } from "./config";
import { adapterProblem, installedVersion } from "./versions";

/** Next.js's build adapter: `NEXT_ADAPTER_PATH` in the build, nothing in the app (Next.js 16.2 and newer). */
const adapter = {
  name: "@next-on-eks/runtime",
  /** Next.js 15.5 gives no context, 16.0 and 16.1 give only the phase. */
  modifyConfig<T extends NextConfigLike>(config: T, context: Partial<ConfigContext> = {}): T {
    const { phase, projectDir = process.cwd() } = context;
    const nextVersion = context.nextVersion ?? installedVersion(projectDir);
    const problem = adapterProblem(nextVersion, phase, process.env.TURBOPACK !== undefined);
    if (problem !== undefined) throw new Error(problem);
    if (phase === undefined) return config;
    // hide the adapter now: a server that knows of one lets caches keep the 404 of `dynamicParams = false` for a year
    return {
      ...applySharedCache(config, { phase, projectDir, nextVersion }),
      adapterPath: undefined,
    };
  },
};

export = adapter;
