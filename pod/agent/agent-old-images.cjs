"use strict";
const { access } = require("node:fs/promises");
const { join } = require("node:path");
const { sourceOf } = require("./image-source.cjs");

/** @typedef {import("./agent-volume.cjs").Volume} Volume */

/** A static file of the site by its path; no path that leaves its folder. */
const STATIC =
  /^(?:\/[A-Za-z0-9._~-]+)*\/_next\/static\/((?:[A-Za-z0-9_~-][A-Za-z0-9._~-]*\/)*[A-Za-z0-9_~-][A-Za-z0-9._~-]*)(?:\?dpl=[A-Za-z0-9._-]+)?$/;

/**
 * The static file that a request to Next.js's image optimizer asks for: its path in the browser, and below `static`.
 * @param {string} url
 * @returns {{ source: string, file: string, dpl: string | null } | undefined}
 */
function imageOf(url) {
  const image = sourceOf(url);
  const file = image && STATIC.exec(image.source)?.[1];
  return image === undefined || file === undefined ? undefined : { ...image, file };
}

/** @param {string} path */
const isThere = (path) =>
  access(path).then(
    () => true,
    () => false,
  );

/**
 * A page that was opened before a deploy asks the optimizer for images of its own release. Next.js only looks in its
 * own build, and answers that there are none. If the union of static files has the image, the browser is redirected to
 * it: the image as it was built, instead of none. All other requests, and those for images of this build, go to
 * Next.js.
 *
 * @param {import("node:http").Server} server
 * @param {string} dist the build in the image
 * @param {string} union static files of all kept releases
 * @param {Volume} volume
 */
function redirectOldImages(server, dist, union, volume) {
  const emit = server.emit;
  /** @param {unknown[]} args */
  const pass = (...args) => Reflect.apply(emit, server, ["request", ...args]);
  /** @param {string | symbol} event @param {any[]} args */
  server.emit = function (event, ...args) {
    const [request, response] = args;
    const image = event === "request" ? imageOf(request.url ?? "") : undefined;
    if (!image || !["GET", "HEAD"].includes(request.method)) {
      return Reflect.apply(emit, this, [event, ...args]);
    }
    void answer(image, dist, union, volume).then((location) => {
      if (location === undefined) return pass(request, response);
      response.writeHead(307, { location, "cache-control": "no-store" }).end();
    });
    return true;
  };
}

/**
 * @param {{ source: string, file: string, dpl: string | null }} image
 * @param {string} dist
 * @param {string} union
 * @param {Volume} volume
 */
async function answer({ source, file, dpl }, dist, union, volume) {
  if (await isThere(join(dist, "static", file))) return undefined;
  if (!(await volume.attempt(() => isThere(join(union, file))))) return undefined;
  const named = source.includes("?") || dpl === null;
  return named ? source : `${source}?dpl=${encodeURIComponent(dpl)}`;
}

module.exports = { imageOf, redirectOldImages };
