"use strict";
const { readFileSync } = require("node:fs");
const { join } = require("node:path");
const { decoded } = require("./request-path.cjs");

/**
 * Which paths the application's own middleware (`middleware.js`, `proxy.js`) looks at, by what `next build` has noted of its
 * matcher. Conditions on cookies, headers and queries (`has`, `missing`) are not looked at, and a build that cannot be read has
 * one that looks at everything: in doubt a path is the middleware's.
 *
 * @param {string} dist the build
 * @returns {(path: string) => boolean} by the path of a request, without its query
 */
function middlewarePaths(dist) {
  const found = [
    // of the Edge runtime
    matchersIn(join(dist, "server", "middleware-manifest.json"), "middleware", "/"),
    // of Node.js
    matchersIn(join(dist, "server", "functions-config-manifest.json"), "functions", "/_middleware"),
  ];
  const matchers = found.flat();
  // With i18n a matcher begins with a locale, which a request need not have.
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
