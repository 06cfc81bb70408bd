"use strict";

/**
 * One JSON line per event, on standard output, where `kubectl logs` and collectors find it.
 *
 * @param {string} event
 * @param {Record<string, unknown>} [fields]
 */
function log(event, fields = {}) {
  const line = { time: new Date().toISOString(), source: "pod-agent", event, ...fields };
  try {
    process.stdout.write(JSON.stringify(line) + "\n");
  } catch {
    // A closed pipe must not end the site.
  }
}

module.exports = { log };
