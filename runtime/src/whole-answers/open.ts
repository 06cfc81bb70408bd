import { dirname, join, relative } from "node:path";
import { readBuild } from "../contract/pod-contract.cjs";
import type { Environment } from "../environment";
import * as log from "../log";
import * as metrics from "../metrics";
import { botReader } from "../next-internals";
import { get } from "../release";
import type { SharedCache } from "../shared-cache";
import { botsOf } from "./bots";
import { PublicFiles } from "./public-files";
import { findServer, replaceNextListener } from "./next-listener";
import { readRouting } from "./routing";
import { WholeAnswers } from "./whole-answers";

/**
 * Why nothing is answered from memory, as a label of the metric: by the environment; Redis cannot track; another server
 * than Next.js's own, or none yet; a Next.js or a build that is not understood.
 */
export type Why =
  NonNullable<Environment["answersOff"]> | "tracking" | "server" | "version" | "build";

/**
 * Stands in front of Next.js in this process, as soon as its server is found. Undefined where nothing could be answered
 * from memory. Without a store that remembers, only files of `public/` are; the metric is about pages.
 *
 * @param serverDistDir `.next/server`
 */
export function openWholeAnswers(
  cache: SharedCache,
  { answersBytes: limit, answersOff }: Pick<Environment, "answersBytes" | "answersOff">,
  serverDistDir: string,
): WholeAnswers | undefined {
  let off: Why | undefined = answersOff ?? "server";
  metrics.labelledGauge("next_shared_cache_answers_enabled", () => {
    const why = off ?? (cache.remembers ? undefined : "tracking");
    return why === undefined ? [{}, 1] : [{ why }, 0];
  });
  if (limit === 0) return undefined;
  const own = botReader(serverDistDir);
  const dist = dirname(serverDistDir);
  const routing = readRouting(dist);
  if (own === undefined || routing === undefined) {
    off = own === undefined ? "version" : "build";
    return undefined;
  }
  const { config } = readBuild(dist, process.env);
  const htmlLimited = get(config, "htmlLimitedBots");
  const answers = new WholeAnswers({
    cache,
    isBot: botsOf(own, typeof htmlLimited === "string" ? htmlLimited : undefined),
    routing,
    limit,
    pages: answersOff === undefined,
    files: publicFiles(dist, config),
    compress: get(config, "compress") !== false,
  });
  findServer((server) => {
    const inPlace = replaceNextListener(server, (original) => answers.before(original));
    if (inPlace) off = answersOff;
    return inPlace;
  });
  log.debug("whole answers", { bytes: limit });
  return answers;
}

/** `public/` stands in the app's folder, as `distDir` does. */
function publicFiles(dist: string, config: unknown): PublicFiles {
  const [distDir, basePath] = [get(config, "distDir"), get(config, "basePath")];
  const app = typeof distDir === "string" ? join(dist, relative(distDir, ".")) : dirname(dist);
  const files = new PublicFiles(join(app, "public"), typeof basePath === "string" ? basePath : "");
  void files.list();
  return files;
}
