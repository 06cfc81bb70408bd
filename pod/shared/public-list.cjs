"use strict";
/*
 * The list of a release's `public/` files on the volume. Written by the publisher, read by the agent of running pods.
 */
const { readFile } = require("node:fs/promises");
const { join } = require("node:path");
const { isObject } = require("./is-object.cjs");

const LIST = "public.json";
/** The folder with the contents, each named by its hash: one file for all names and releases that use it. */
const CONTENTS = "public";
const FORMAT = 1;
const SHA256 = /^[A-Za-z0-9_-]{43}$/;

/**
 * @typedef {object} PublicFile
 * @property {string} path below `public/`
 * @property {number} size in bytes
 * @property {number} modified of the file in the image, in ms: Next.js makes `ETag` and `Last-Modified` of it
 * @property {string} sha256 of the content, and its name on the volume
 */

/**
 * @typedef {object} PublicList
 * @property {1} format
 * @property {string} release id as Next.js writes it
 * @property {string} basePath where the release's files were requested: "" or "/shop"
 * @property {readonly PublicFile[]} files
 */

/**
 * The list in a release's folder; undefined if there is none, or an unusable one.
 * @param {string} folder
 * @returns {Promise<PublicList | undefined>}
 */
async function readPublicList(folder) {
  try {
    /** @type {unknown} */
    const parsed = JSON.parse(await readFile(join(folder, LIST), "utf8"));
    return isList(parsed) ? parsed : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw error;
  }
}

/** @param {unknown} value @returns {value is PublicList} */
function isList(value) {
  return (
    isObject(value) &&
    value.format === FORMAT &&
    typeof value.release === "string" &&
    typeof value.basePath === "string" &&
    Array.isArray(value.files) &&
    value.files.every(isFile)
  );
}

/** The hash is joined to a folder: it must not leave it. @param {unknown} file */
function isFile(file) {
  return (
    isObject(file) &&
    typeof file.path === "string" &&
    typeof file.size === "number" &&
    typeof file.modified === "number" &&
    typeof file.sha256 === "string" &&
    SHA256.test(file.sha256)
  );
}

module.exports = { CONTENTS, FORMAT, LIST, readPublicList };
