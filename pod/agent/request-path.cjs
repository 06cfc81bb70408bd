"use strict";

/** @param {string} url of a request */
const pathOf = (url) => url.replace(/[?#].*$/s, "");

/** @param {string} path @returns {string} unchanged if it is not well encoded */
function decoded(path) {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

module.exports = { decoded, pathOf };
