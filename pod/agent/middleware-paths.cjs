"use strict";
const { readFileSync } = require("node:fs");
const { join } = require("node:path");
const { decoded } = require("./request-path.cjs");

/**
 * Which paths the application's own middleware (`middleware.js`, `proxy.js`) handles, according to the matcher that
 * `next build` has recorded. Conditions on cookies, headers and queries (`has`, `missing`) are ignored, and if a build
 * cannot be read, its middleware counts as handling every path: in doubt a path belongs to the middleware.
 *
 * @param {string} dist the build
 * @returns {(path: string) => boolean} by the path of a request, without its query
 */
function middlewarePaths(dist) {
  const found = [
    // for the Edge runtime
    matchersIn(join(dist, "server", "middleware-manifest.json"), "middleware", "/"),
    // of Node.js
    matchersIn(join(dist, "server", "functions-config-manifest.json"), "functions", "/_middleware"),
  ];
  const matchers = found.flat();
  // With i18n a matcher begins with a locale, which a request may lack.
  /** @param {string} path */
  const forms = (path) => [path, decoded(path)].flatMap((it) => [it, `/locale${it}`]);
  return (path) => matchers.some((it) => forms(path).some((form) => it.test(form)));
}

const ALL = [/^/];

/**
 * @param {string} file
 * @param {string} part
 * @param {string} name
 * @returns {RegExp[]}
 */
function matchersIn(file, part, name) {
  try {
    const middleware = JSON.parse(readFileSync(file, "utf8"))[part]?.[name];
    if (middleware === undefined) return [];
    const { matchers } = middleware;
    if (!Array.isArray(matchers) || matchers.length === 0) return ALL;
    return matchers.map(({ regexp }) => new RegExp(regexp));
  } catch (cause) {
    // Not every version writes both.
    return cause instanceof Error && "code" in cause && cause.code === "ENOENT" ? [] : ALL;
  }
}

module.exports = { middlewarePaths };
