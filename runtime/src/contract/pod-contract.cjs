"use strict";
/*
 * The pod contract: what the stack (components/), the scripts beside Next.js (pod/) and the runtime package agree on,
 * in one place: names of variables, folders, ports and scripts, and the functions that several sides need.
 *
 * Plain JavaScript without dependencies and cheap to load, because preloads of every Node.js process in a pod read it.
 * It is in the package, whose build sees no other folder; the stack and the scripts read it from here:
 * docs/decisions/pod-contract.md. `npm test` compares the rendered pods, the code and the docs with it.
 */
const { readFileSync } = require("node:fs");
const { join } = require("node:path");

/** Folders in the containers of a pod. */
const FOLDERS = /** @type {const} */ ({
  /** The claim `cache`: shared by all pods, may be deleted at any time. */
  cache: "/shared/cache",
  /** The claim `uploads`: shared by all pods, kept. */
  uploads: "/data",
  /** Private to each pod: what its init container leaves for the agent. It survives a restart of a container. */
  run: "/run/next-on-eks",
  /** The ConfigMap with the scripts of `pod/` and this file. */
  scripts: "/pod",
});

/** Scripts in `FOLDERS.scripts` that are started, preloaded or typed by name. */
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

/** Default ports. */
const PORTS = /** @type {const} */ ({ app: 3000, agent: 9797 });

/** What the agent answers on its port. */
const AGENT_PATHS = /** @type {const} */ ({
  live: "/livez",
  ready: "/readyz",
  metrics: "/metrics",
});

/**
 * Environment variables, by who sets them: `stack`: the pod's template, and the config's `app.env` must not; `default`:
 * the pod's template, unless `app.env` has it; `user`: only `app.env`; the code that reads it has a default; `agent`: a
 * process of the pod, for those that it starts; `build`: the environment of `next build`, or the package in it.
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
  NEXT_SHARED_CACHE_ANSWERS: "user",
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
 * @typedef {Readonly<Partial<Record<Variable | "NEXT_DEPLOYMENT_ID", string>>>} Env the part of a pod's environment
 *   that belongs to the contract
 */

/** The npm package of the shared cache: its handlers' paths name it. */
const RUNTIME_PACKAGE = "@next-on-eks/runtime";

/** `globalThis[Symbol.for(…)]`: a function of the package that returns its metrics in Prometheus text format. */
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

/** The folder of heartbeats in a release's folder: one file per pod. */
const HEARTBEATS = "heartbeats";

/**
 * @typedef {object} Layout
 * @property {string} shared root of the shared volume
 * @property {string} releases one folder for each release
 * @property {string} temporary releases that are being written
 * @property {string} trash releases that are being removed
 * @property {string} union static files of all releases, as served at `/_next/static`
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

/** Names that can be used for folders unchanged. Never a leading dot: such names are reserved for the publisher. */
const FOLDER_NAME = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}$/;

/**
 * The folder of a release, in `releases/` and `images/`. In ids that cannot be folder names, bad characters are
 * replaced and a hash is added, so that two ids never share a folder.
 * @param {string} id
 */
function folderName(id) {
  if (FOLDER_NAME.test(id)) return id;
  const hash = require("node:crypto").createHash("sha256").update(id).digest("hex").slice(0, 12);
  const readable = id.replace(/[^A-Za-z0-9_-]+/g, "-").slice(0, 80);
  return `${readable.replace(/^-+|-+$/g, "") || "release"}-${hash}`;
}

/**
 * The folder name that the files store uses for an application or a release: `..` must not lead out of its parent.
 * @param {string} id
 */
function pagesName(id) {
  return encodeURIComponent(id).replace(/^\.+$/, (dots) => dots.replaceAll(".", "%2E"));
}

/** @param {string} path @returns {unknown} the content of a JSON file; undefined if it cannot be read */
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
 * Which release a build is. Different versions of Next.js write the id to different places:
 * docs/decisions/pod-contract.md.
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
    // A build with a deployment id does not need it.
  }
  // Next.js reads a running pod's environment only if it was built to do so; otherwise the build's id counts, or none.
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
