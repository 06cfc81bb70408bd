"use strict";
/*
 * Whether the build in the image has a cache that its pods share. Read by the publisher, which says so in the pod's log,
 * and by the agent, for its metrics.
 */
const { readFileSync } = require("node:fs");
const { join } = require("node:path");

/**
 * `runtime`: the handlers of @next-on-eks/runtime. `other`: handlers of the app's own. `none`: Next.js's cache, which each pod
 * has for itself.
 * @typedef {"runtime" | "other" | "none"} SharedCache
 */

const NONE =
  "this build has no shared cache: each pod keeps pages of its own, and a revalidation reaches the pod that took it alone. " +
  "Remedy: build with NEXT_ADAPTER_PATH, as example/Dockerfile does, or with withSharedCache in next.config";

/** @param {unknown} value @param {string} name @returns {unknown} */
function property(value, name) {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

/** @param {string} dist the build in the image: `/app/.next` @returns {SharedCache | undefined} undefined: not known */
function sharedCacheOf(dist) {
  /** @type {unknown} */
  let config;
  try {
    config = property(
      JSON.parse(readFileSync(join(dist, "required-server-files.json"), "utf8")),
      "config",
    );
  } catch {
    return undefined;
  }
  const handler = property(config, "cacheHandler");
  if (typeof handler !== "string" || handler === "") return "none";
  return handler.replaceAll("\\", "/").includes("@next-on-eks/runtime/") ? "runtime" : "other";
}

module.exports = { NONE, sharedCacheOf };
