"use strict";
/*
 * The pod contract: what the stack (components/), the scripts beside Next.js (pod/) and the runtime package agree on, in one
 * place. Names of variables, folders, ports and scripts, and the functions that several sides need.
 *
 * Plain JavaScript without dependencies and cheap to load, because preloads of every Node.js process in a pod read it. It
 * stands in the package, whose build sees no other folder; the stack and the scripts take it from here:
 * docs/decisions/pod-contract.md. `npm test` holds the rendered pods, the code and the docs against it.
 */
const { readFileSync } = require("node:fs");
const { join } = require("node:path");

/** Where the containers of a pod find what. */
const FOLDERS = /** @type {const} */ ({
  /** The claim `cache`: shared by all pods, may be deleted at any time. */
  cache: "/shared/cache",
  /** The claim `uploads`: shared by all pods, kept. */
  uploads: "/data",
  /** Of one pod: what its init container leaves for the agent. Kept when a container starts again. */
  run: "/run/next-on-eks",
  /** The ConfigMap with the scripts of `pod/` and this file. */
  scripts: "/pod",
});

/** Scripts in `FOLDERS.scripts` that somebody starts, preloads or types by name. */
const SCRIPTS = /** @type {const} */ ({
  init: "init.cjs",
  nodeOptions: "node-options.cjs",
  agent: "agent.cjs",
  imageCache: "image-cache.cjs",
  publish: "publish.mjs",
});

/** Files in `FOLDERS.run`, from the init container to the server's. */
const RUN_FILES = /** @type {const} */ ({
  /** NODE_OPTIONS of the image. */
  nodeOptions: "node-options",
  /** There if the release could not be published. */
  notPublished: "not-published",
});

/** Ports where the config names no other. */
const PORTS = /** @type {const} */ ({ app: 3000, agent: 9797 });

/** What the agent answers on its port. */
const AGENT_PATHS = /** @type {const} */ ({
  live: "/livez",
  ready: "/readyz",
  metrics: "/metrics",
});

/**
 * Environment variables, by who sets them:
 * `stack`: the pod's template, and the config's `app.env` must not;
 * `default`: the pod's template, unless `app.env` has it;
 * `user`: `app.env`, if anybody; whoever reads it has a default;
 * `agent`: a process of the pod, for those that it starts;
 * `build`: the environment of `next build`, or the package in it.
 */
const VARIABLES = /** @type {const} */ ({
  // Of Next.js.
  HOSTNAME: "stack",
  KEEP_ALIVE_TIMEOUT: "stack",
  NODE_ENV: "default",
  NODE_OPTIONS: "default",
  PORT: "stack",
  // What pods share.
  POD_NAME: "stack",
  REDIS_URL: "stack",
  SESSION_REDIS_URL: "stack",
  SHARED_CACHE_DIR: "stack",
  UPLOAD_DIR: "stack",
  // Of the publisher.
  APP_DIR: "stack",
  APP_DIST_DIR: "stack",
  CLAIM_NAME: "stack",
  PRUNE_SETTLE_MS: "user",
  PUBLIC_BYTES: "stack",
  RELEASES_KEPT: "stack",
  ROLLBACK_RELEASE: "stack",
  // Of the agent.
  AGENT_DIR: "stack",
  AGENT_GRACE_SECONDS: "stack",
  AGENT_HEARTBEAT_SECONDS: "user",
  AGENT_LAST_MESSAGE: "user",
  AGENT_LIVENESS_SECONDS: "user",
  AGENT_PORT: "stack",
  AGENT_RUNNER: "agent",
  AGENT_WARMUP_PATHS: "stack",
  AGENT_WARMUP_SECONDS: "stack",
  // Of the runtime package.
  NEXT_SHARED_CACHE_APP: "default",
  NEXT_SHARED_CACHE_BUILT_AT: "build",
  NEXT_SHARED_CACHE_DEBUG: "user",
  NEXT_SHARED_CACHE_FILES_EVERY_S: "user",
  NEXT_SHARED_CACHE_FILES_MIB: "user",
  NEXT_SHARED_CACHE_MAX_BODY_SIZE: "build",
  NEXT_SHARED_CACHE_MAX_ENTRY_MIB: "user",
  NEXT_SHARED_CACHE_MEMORY_MIB: "user",
  NEXT_SHARED_CACHE_STORE: "stack",
  NEXT_SHARED_CACHE_TIMEOUT_MS: "user",
});

/**
 * @typedef {keyof typeof VARIABLES} Variable
 * @typedef {Readonly<Partial<Record<Variable | "NEXT_DEPLOYMENT_ID", string>>>} Env a pod's environment, as far as it is
 *   part of the contract
 */

/** The npm package of the shared cache: its handlers' paths name it. */
const RUNTIME_PACKAGE = "@next-on-eks/runtime";

/** `globalThis[Symbol.for(…)]`: a function of the package that gives its metrics in Prometheus' text format. */
const RUNTIME_METRICS = "next-shared-cache.metrics";

/** Folders on the claim `cache`, below its root: see pod/README.md. */
const CLAIM = /** @type {const} */ ({
  releases: "releases",
  union: "static",
  images: "images",
  pages: "next-shared-cache",
});

/** Below `pages`, in an application's folder: a folder for each release, whose name `pagesName` gives. */
const PAGES_RELEASES = "releases";

/** The folder of signs of life in a release's folder: a file for each pod. */
const HEARTBEATS = "heartbeats";

/**
 * @typedef {object} Layout
 * @property {string} shared root of the shared volume
 * @property {string} releases one folder for each release
 * @property {string} temporary releases that are being written
 * @property {string} trash releases that are being removed
 * @property {string} union static files of all releases, as `/_next/static` shows them
 * @property {string} images Next.js's image cache, one folder for each release
 * @property {string} pages entries of the runtime package's files store
 */

/** @param {string} shared root of the shared volume @returns {Layout} */
function layout(shared) {
  const releases = join(shared, CLAIM.releases);
  return {
    shared,
    releases,
    temporary: join(releases, ".tmp"),
    trash: join(releases, ".trash"),
    union: join(shared, CLAIM.union),
    images: join(shared, CLAIM.images),
    pages: join(shared, CLAIM.pages),
  };
}

/** Names that are folders as they are. Never a leading dot: such names are the publisher's own. */
const FOLDER_NAME = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}$/;

/**
 * The folder of a release, in `releases/` and `images/`. Ids that are no names for folders get their bad characters replaced
 * and a hash, so that two of them never come to share a folder.
 * @param {string} id
 */
function folderName(id) {
  if (FOLDER_NAME.test(id)) return id;
  const hash = require("node:crypto").createHash("sha256").update(id).digest("hex").slice(0, 12);
  const readable = id.replace(/[^A-Za-z0-9_-]+/g, "-").slice(0, 80);
  return `${readable.replace(/^-+|-+$/g, "") || "release"}-${hash}`;
}

/** An application or a release as the files store names its folder: `..` would lead elsewhere. @param {string} id */
function pagesName(id) {
  return encodeURIComponent(id).replace(/^\.+$/, (dots) => dots.replaceAll(".", "%2E"));
}

/** @param {string} path @returns {unknown} the content of a file of JSON; undefined where it cannot be read */
function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}

/** @param {unknown} value @param {string[]} path @returns {unknown} */
function at(value, ...path) {
  let found = value;
  for (const name of path) {
    if (typeof found !== "object" || found === null) return undefined;
    found = Reflect.get(found, name);
  }
  return found;
}

/** @param {unknown} value @param {string[]} path @returns {string | undefined} */
function text(value, ...path) {
  const found = at(value, ...path);
  return typeof found === "string" && found !== "" ? found : undefined;
}

/**
 * @typedef {object} Build
 * @property {string | undefined} id of the release: deployment id, else build id, as Next.js writes it; undefined if there is
 *   no build
 * @property {"deploymentId" | "buildId"} from
 * @property {string | undefined} buildId
 * @property {unknown} config Next.js's config, as the build has written it
 */

/**
 * Which release a build is. Each source of the id is that of some versions of Next.js: docs/decisions/pod-contract.md.
 * @param {string} dist the build: `/app/.next`
 * @param {Env} env
 * @returns {Build}
 */
function readBuild(dist, env) {
  const config = at(readJson(join(dist, "required-server-files.json")), "config");
  /** @type {string | undefined} */
  let buildId;
  try {
    buildId = readFileSync(join(dist, "BUILD_ID"), "utf8").trim() || undefined;
  } catch {
    // A build with a deployment id can do without.
  }
  // Next.js reads the environment of a running pod only where it was built to; else the build's id counts, or none.
  const fromPod = at(config, "experimental", "runtimeServerDeploymentId") === true;
  const deploymentId =
    text(config, "deploymentId") ??
    text(readJson(join(dist, "routes-manifest.json")), "deploymentId") ??
    ((fromPod && env.NEXT_DEPLOYMENT_ID) || undefined);
  const from = deploymentId === undefined ? "buildId" : "deploymentId";
  return { id: deploymentId ?? buildId, from, buildId, config };
}

module.exports = {
  AGENT_PATHS,
  CLAIM,
  FOLDERS,
  FOLDER_NAME,
  HEARTBEATS,
  PAGES_RELEASES,
  PORTS,
  RUN_FILES,
  RUNTIME_METRICS,
  RUNTIME_PACKAGE,
  SCRIPTS,
  VARIABLES,
  folderName,
  layout,
  pagesName,
  readBuild,
  readJson,
};
