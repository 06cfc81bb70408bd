"use strict";

/**
 * For what was read from a JSON file, which somebody else may have written.
 * @param {unknown} value
 * @returns {value is Record<string, unknown>} also for an array
 */
function isObject(value) {
  return typeof value === "object" && value !== null;
}

module.exports = { isObject };
