"use strict";
/*
 * Whether the build in the image has a cache that its pods share. Read by the publisher, which says so in the pod's log,
 * and by the agent, for its metrics.
 */
const { join } = require("node:path");
const { isObject } = require("./is-object.cjs");
const { readJson, RUNTIME_PACKAGE } = require("./pod-contract.cjs");

/**
 * `runtime`: the handlers of @next-on-eks/runtime. `other`: the app's own handlers. `none`: Next.js's cache, separate
 * in each pod.
 * @typedef {"runtime" | "other" | "none"} SharedCache
 */

const NONE =
  "this build has no shared cache: each pod keeps its own pages, and a revalidation reaches only the pod that received it. " +
  "Remedy: build with NEXT_ADAPTER_PATH, as example/Dockerfile does, or with withSharedCache in next.config";

/** @param {string} dist the build in the image: `/app/.next` @returns {SharedCache | undefined} undefined: not known */
function sharedCacheOf(dist) {
  const required = readJson(join(dist, "required-server-files.json"));
  if (required === undefined) return undefined;
  const config = isObject(required) ? required.config : undefined;
  const handler = isObject(config) ? config.cacheHandler : undefined;
  if (typeof handler !== "string" || handler === "") return "none";
  return handler.replaceAll("\\", "/").includes(`${RUNTIME_PACKAGE}/`) ? "runtime" : "other";
}

module.exports = { NONE, sharedCacheOf };
