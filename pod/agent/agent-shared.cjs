"use strict";

/**
 * What the app's thread shares with the admin thread without messages, which a blocked loop could not send: when its
 * event loop last turned, and whether it is draining.
 *
 * @typedef {BigInt64Array} Memory
 */
/** What to do if something else in the container listens on the agent's port. */
const OTHER_PORT =
  "probes ask the agent there: set next-on-eks:app.agentPort to a port that nothing else in the container uses";

const BEAT = 0;
const DRAINING = 1;

/** @returns {Memory} */
function create() {
  return new BigInt64Array(new SharedArrayBuffer(2 * BigInt64Array.BYTES_PER_ELEMENT));
}

/** @param {Memory} memory */
function beat(memory) {
  // The monotonic clock is the same in all threads of a process.
  Atomics.store(memory, BEAT, process.hrtime.bigint());
}

/**
 * @param {Memory} memory
 * @returns {number} Seconds since the app's event loop turned.
 */
function stalledSeconds(memory) {
  return Math.max(0, Number(process.hrtime.bigint() - Atomics.load(memory, BEAT)) / 1e9);
}

/** @param {Memory} memory */
function setDraining(memory) {
  Atomics.store(memory, DRAINING, 1n);
}

/** @param {Memory} memory */
function isDraining(memory) {
  return Atomics.load(memory, DRAINING) === 1n;
}

module.exports = { OTHER_PORT, create, beat, stalledSeconds, setDraining, isDraining };
