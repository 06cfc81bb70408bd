"use strict";
/*
 * Which release an image contains. Read by the publisher and by the agent of running pods. CommonJS, because preloads
 * must be.
 */
const { resolve } = require("node:path");
const { isObject } = require("./is-object.cjs");
const { folderName, readBuild } = require("./pod-contract.cjs");

/** What `next build` calls every build that has a deployment id (Next.js 16.2 and later). */
const CONSTANT_BUILD_ID = "build-TfctsWXpff2fKS";

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
 * Where the build is: `distDir` of next.config, below the folder of `server.js`.
 * @param {string} directory
 * @param {import("./pod-contract.cjs").Env} env
 */
function distOf(directory, env) {
  return resolve(directory, env.APP_DIST_DIR || ".next");
}

/**
 * The release in the image, or undefined if there is no build.
 * @param {string} directory folder of `server.js`
 * @param {import("./pod-contract.cjs").Env} [env]
 * @returns {Release | undefined}
 */
function readRelease(directory, env = process.env) {
  const dist = distOf(directory, env);
  const { id, from, buildId, config } = readBuild(dist, env);
  if (id === undefined) return undefined;
  const basePath = isObject(config) && typeof config.basePath === "string" ? config.basePath : "";
  return { id, folder: folderName(id), from, buildId, dist, basePath };
}

module.exports = { CONSTANT_BUILD_ID, distOf, readRelease };
