"use strict";
const { createRequire } = require("node:module");
const { join } = require("node:path");

/**
 * @typedef {import("node:http").IncomingMessage} IncomingMessage
 * @typedef {import("node:http").ServerResponse} ServerResponse
 * @typedef {object} OpenFile
 * @property {string} path of the site, for its type
 * @property {number} size
 * @property {number} modified in ms
 * @property {import("node:fs/promises").FileHandle} handle
 */

const CHUNK = 256 * 1024;

/**
 * Answers with a file as Next.js answers with files of `public/`. Source: next/dist/server/serve-static.js, which
 * passes them to the package `send` with its defaults.
 *
 * @param {IncomingMessage} request
 * @param {ServerResponse} response
 * @param {OpenFile} file
 * @param {import("./agent-volume.cjs").Volume} volume
 */
async function sendFile(request, response, file, volume) {
  const { size, modified } = file;
  const etag = `W/"${size.toString(16)}-${modified.toString(16)}"`;
  const type = typeOf(file.path);
  response.setHeader("Accept-Ranges", "bytes");
  response.setHeader("Cache-Control", "public, max-age=0");
  response.setHeader("Last-Modified", new Date(modified).toUTCString());
  response.setHeader("ETag", etag);
  if (isFresh(request, etag, modified)) return answer(response, 304);
  if (type !== undefined) response.setHeader("Content-Type", type);
  const range = rangeOf(request, etag, modified, size);
  if (range === "beyond") {
    response.setHeader("Content-Range", `bytes */${size}`);
    return answer(response, 416);
  }
  const [from, to] = range ?? [0, size];
  response.statusCode = range ? 206 : 200;
  response.setHeader("Content-Length", to - from);
  if (range) response.setHeader("Content-Range", `bytes ${from}-${to - 1}/${size}`);
  if (request.method !== "HEAD") await copy(file.handle, from, to, response, volume);
  response.end();
}

/** @param {ServerResponse} response @param {number} status */
function answer(response, status) {
  response.statusCode = status;
  response.end();
}

/**
 * @param {import("node:fs/promises").FileHandle} handle
 * @param {number} from
 * @param {number} to
 * @param {ServerResponse} response
 * @param {import("./agent-volume.cjs").Volume} volume
 */
async function copy(handle, from, to, response, volume) {
  for (let at = from; at < to && !response.destroyed;) {
    const bytes = Buffer.allocUnsafe(Math.min(CHUNK, to - at));
    const read = await volume.run(() => handle.read(bytes, 0, bytes.length, at));
    // Truncated on the volume: the client must not take it for complete.
    if (read.bytesRead === 0) throw new Error("the file ends before its end");
    at += read.bytesRead;
    if (!response.write(bytes.subarray(0, read.bytesRead))) await drained(response);
  }
}

/** @param {ServerResponse} response @returns {Promise<void>} */
function drained(response) {
  return new Promise((resolve) => {
    const go = () => {
      response.off("drain", go);
      response.off("close", go);
      resolve();
    };
    response.on("drain", go);
    response.on("close", go);
    if (response.destroyed) go();
  });
}

/** @param {IncomingMessage} request @param {string} etag @param {number} modified */
function isFresh({ headers }, etag, modified) {
  if (/(?:^|,)\s*no-cache\s*(?:,|$)/.test(headers["cache-control"] ?? "")) return false;
  const known = headers["if-none-match"];
  if (known !== undefined) return known === "*" || tagsIn(known).includes(weak(etag));
  return isSince(headers["if-modified-since"], modified);
}

/** @param {string} header */
const tagsIn = (header) => header.split(",").map((tag) => weak(tag.trim()));

/** @param {string} tag */
const weak = (tag) => tag.replace(/^W\//, "");

/** @param {string | undefined} date @param {number} modified */
function isSince(date, modified) {
  // HTTP dates have no milliseconds.
  return date !== undefined && Date.parse(date) >= Math.floor(modified / 1000) * 1000;
}

/**
 * @param {IncomingMessage} request
 * @param {string} etag
 * @param {number} modified
 * @param {number} size
 * @returns {[number, number] | "beyond" | undefined} the end is exclusive
 */
function rangeOf({ headers }, etag, modified, size) {
  const condition = headers["if-range"];
  const holds =
    typeof condition !== "string" || condition.includes('"')
      ? condition === undefined || tagsIn(String(condition)).includes(weak(etag))
      : isSince(condition, modified);
  // Like `send`, answers several ranges with the whole file.
  const [, first, last] = /^\s*bytes\s*=\s*(\d*)-(\d*)\s*$/.exec(headers.range ?? "") ?? [];
  if (!holds || first === undefined || last === undefined || first + last === "") return undefined;
  if (first === "") return Number(last) === 0 ? "beyond" : [Math.max(0, size - Number(last)), size];
  const [from, to] = [Number(first), last === "" ? size : Math.min(size, Number(last) + 1)];
  return from < size && from < to ? [from, to] : "beyond";
}

/**
 * The content type that the application's Next.js gives to such a file.
 * @param {string} path
 * @returns {string | undefined}
 */
function typeOf(path) {
  const extension = /\.([^./]+)$/.exec(path)?.[1];
  const type = extension === undefined ? undefined : lookUp(extension);
  if (type === undefined) return "application/octet-stream";
  return /^text\/|^application\/(?:javascript|json)/.test(type) ? `${type}; charset=UTF-8` : type;
}

/** @param {string} extension @returns {string | undefined} */
function lookUp(extension) {
  try {
    const next = createRequire(join(process.cwd(), "server.js"))("next/dist/server/serve-static");
    const type = next.getContentType(extension);
    return typeof type === "string" ? type : undefined;
  } catch {
    // Not a Next.js application, or one that moved it.
    return undefined;
  }
}

module.exports = { isFresh, rangeOf, sendFile, typeOf };
