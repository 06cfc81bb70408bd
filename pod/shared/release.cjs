"use strict";
/*
 * Which release an image holds, and where its files are on the shared volume. Read by the publisher and by the
 * agent of running pods, so that both mean the same folder. CommonJS, because preloads are.
 */
const { createHash } = require("node:crypto");
const { readFileSync } = require("node:fs");
const { join, resolve } = require("node:path");

/** What `next build` calls every build that has a deployment id (Next.js 16.2 and later). */
const CONSTANT_BUILD_ID = "build-TfctsWXpff2fKS";

/** Names that are folders as they are. Never a leading dot: such names are the publisher's own. */
const FOLDER_NAME = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}$/;

/**
 * @typedef {object} Release
 * @property {string} id deployment id, else build id, as Next.js writes it
 * @property {string} folder the id as the name of a folder
 * @property {"deploymentId" | "buildId"} from
 * @property {string | undefined} buildId
 * @property {string} dist the build in the image: `/app/.next`
 * @property {string} basePath of the site: "" or "/shop"
 */

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

/** @param {string} path @returns {unknown} */
function json(path) {
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
 * Where the build is: `distDir` of next.config, below the folder of `server.js`.
 * @param {string} directory
 * @param {Readonly<Record<string, string | undefined>>} env
 */
function distOf(directory, env) {
  return resolve(directory, env.APP_DIST_DIR || ".next");
}

/**
 * A name for a folder. Ids that are none get their bad characters replaced and a hash, so that two of them never
 * come to share a folder.
 * @param {string} id
 */
function folderName(id) {
  if (FOLDER_NAME.test(id)) return id;
  const hash = createHash("sha256").update(id).digest("hex").slice(0, 12);
  const readable = id.replace(/[^A-Za-z0-9_-]+/g, "-").slice(0, 80);
  return `${readable.replace(/^-+|-+$/g, "") || "release"}-${hash}`;
}

/**
 * The release that the image holds, or undefined if there is no build.
 * @param {string} directory folder of `server.js`
 * @param {Readonly<Record<string, string | undefined>>} [env]
 * @returns {Release | undefined}
 */
function readRelease(directory, env = process.env) {
  const dist = distOf(directory, env);
  /** @type {string | undefined} */
  let buildId;
  try {
    buildId = readFileSync(join(dist, "BUILD_ID"), "utf8").trim() || undefined;
  } catch {
    // A build with a deployment id can do without.
  }
  const required = json(join(dist, "required-server-files.json"));
  // Next.js reads the environment of a running pod only where it was built to; else the build's id counts, or none.
  const fromPod = at(required, "config", "experimental", "runtimeServerDeploymentId") === true;
  const deploymentId =
    text(required, "config", "deploymentId") ??
    text(json(join(dist, "routes-manifest.json")), "deploymentId") ??
    ((fromPod && env.NEXT_DEPLOYMENT_ID) || undefined);
  const id = deploymentId ?? buildId;
  if (id === undefined) return undefined;
  const from = deploymentId === undefined ? "buildId" : "deploymentId";
  const basePath = text(required, "config", "basePath") ?? "";
  return { id, folder: folderName(id), from, buildId, dist, basePath };
}

/** @param {string} shared root of the shared volume @returns {Layout} */
function layout(shared) {
  const releases = join(shared, "releases");
  return {
    shared,
    releases,
    temporary: join(releases, ".tmp"),
    trash: join(releases, ".trash"),
    union: join(shared, "static"),
    images: join(shared, "images"),
    pages: join(shared, "next-shared-cache"),
  };
}

module.exports = { CONSTANT_BUILD_ID, distOf, folderName, layout, readRelease };
