"use strict";
const { constants } = require("node:fs");
const { open, realpath } = require("node:fs/promises");
const { join } = require("node:path");
const { answerInstead } = require("./agent-instead.cjs");
const { sendFile } = require("./agent-send-file.cjs");
const { sourceOf } = require("./image-source.cjs");
const { middlewarePaths } = require("./middleware-paths.cjs");
const { PublicIndex } = require("./public-index.cjs");
const { pathOf } = require("./request-path.cjs");

/**
 * @typedef {import("node:http").IncomingMessage} IncomingMessage
 * @typedef {import("node:http").ServerResponse} ServerResponse
 * @typedef {import("./public-index.cjs").KeptFile} KeptFile
 * @typedef {import("./agent-volume.cjs").Volume} Volume
 * @typedef {import("node:fs/promises").FileHandle} FileHandle
 */

/** A new release publishes its files before its first pod listens, so this is often enough. */
const REFRESH_MS = 10_000;

/**
 * A page that was opened before a deploy asks for files of its release's `public/`. If Next.js has no file, route or
 * rewrite for such a request and would answer 404, the file comes from what the publisher kept of that release.
 * Everything else is left to Next.js: files of this build, whatever a route answers, and every path that the middleware
 * handles. The middleware's 404, which may be meant to hide something, looks the same as Next.js's own.
 *
 * @param {import("node:http").Server} server
 * @param {string} releases folder
 * @param {import("./release.cjs").Release} own
 * @param {Volume} volume
 */
function serveOldPublicFiles(server, releases, own, volume) {
  const index = new PublicIndex(releases, own, join(process.cwd(), "public"));
  const isMiddlewares = middlewarePaths(own.dist);
  let refreshing = false;
  const refresh = async () => {
    if (refreshing) return;
    refreshing = true;
    await volume.run(() => index.refresh()).catch(() => {});
    refreshing = false;
  };
  void refresh();
  setInterval(refresh, REFRESH_MS).unref();

  const emit = server.emit;
  /** @param {string | symbol} event @param {any[]} args */
  server.emit = function (event, ...args) {
    const [request, response] = args;
    const pass = () => Reflect.apply(emit, this, [event, ...args]);
    if (event !== "request" || index.size === 0) return pass();
    if (request.method !== "GET" && request.method !== "HEAD") return pass();
    const url = request.url ?? "";
    const image = imageIn(index, url);
    if (image && !isMiddlewares(pathOf(image.url))) {
      redirectInstead(response, image);
      return pass();
    }
    const file = index.find(url);
    if (file === undefined || isMiddlewares(pathOf(url))) return pass();
    void openKept(releases, file, volume).then((handle) => {
      if (handle) serveInstead(request, response, file, handle, volume);
      pass();
    });
    return true;
  };
}

/** @param {PublicIndex} index @param {string} url */
function imageIn(index, url) {
  const image = sourceOf(url);
  if (image === undefined) return undefined;
  const { source, dpl } = image;
  return index.find(
    dpl === null || source.includes("?") ? source : `${source}?dpl=${encodeURIComponent(dpl)}`,
  );
}

/**
 * The optimizer looks for the source in its own release, and answers 400 or 404 if there is none. The browser gets the
 * original image, in full size.
 * @param {ServerResponse} response
 * @param {{ url: string }} file
 */
function redirectInstead(response, { url }) {
  answerInstead(response, [400, 404], () => {
    response.writeHead(307, { location: url, "cache-control": "no-store" }).end();
  });
}

/**
 * @param {IncomingMessage} request
 * @param {ServerResponse} response
 * @param {KeptFile} file
 * @param {FileHandle} handle
 * @param {Volume} volume
 */
function serveInstead(request, response, file, handle, volume) {
  let used = false;
  const close = () => void handle.close().catch(() => {});
  response.once("close", () => {
    if (!used) close();
  });
  answerInstead(response, [404], () => {
    used = true;
    sendFile(request, response, { ...file, handle }, volume)
      // The head has been sent: only closing the connection shows that the rest is missing.
      .catch(() => response.destroy())
      .finally(close);
  });
}

/**
 * Opened before Next.js is asked, so that its own answer is sent if the file cannot be opened.
 * @param {string} releases
 * @param {KeptFile} file
 * @param {Volume} volume
 * @returns {Promise<FileHandle | undefined>}
 */
function openKept(releases, { place, size }, volume) {
  const path = join(releases, place);
  return volume.attempt(
    async () => {
      // Pods write to the volume. A link that one of them creates there must not expose anything outside it.
      if ((await realpath(path)) !== join(await realpath(releases), place)) return undefined;
      const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
      const found = await handle.stat();
      if (found.isFile() && found.size === size) return handle;
      await handle.close();
      return undefined;
    },
    (handle) => handle?.close(),
  );
}

module.exports = { serveOldPublicFiles };
