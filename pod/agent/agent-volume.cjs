"use strict";
const { performance } = require("node:perf_hooks");

/** A file server that has not answered for this long may not answer for hours. */
const SLOW_MS = 1_000;

/**
 * The agent's access to the shared volume: one operation at a time, so that a file system that hangs blocks only one of
 * libuv's four threads. See docs/pod-agent.md, "Heartbeat".
 */
class Volume {
  /** @type {Promise<unknown>} */
  #last = Promise.resolve();
  /** @type {number | undefined} */
  #since;

  /** Callers that can do without the volume should do so for now. */
  get isSlow() {
    return this.#since !== undefined && performance.now() - this.#since > SLOW_MS;
  }

  /**
   * @template T
   * @param {() => Promise<T>} operation
   * @returns {Promise<T>}
   */
  run(operation) {
    const result = this.#last.then(() => {
      this.#since = performance.now();
      return operation();
    });
    const ended = () => {
      this.#since = undefined;
    };
    this.#last = result.then(ended, ended);
    return result;
  }

  /**
   * For requests, which must not wait for a volume that hangs.
   * @template T
   * @param {() => Promise<T>} operation
   * @param {(result: T) => unknown} undo for a result that came too late
   * @returns {Promise<T | undefined>} undefined if it failed or took too long
   */
  async attempt(operation, undo = () => {}) {
    if (this.isSlow) return undefined;
    return new Promise((resolve) => {
      let late = false;
      const timer = setTimeout(() => {
        late = true;
        resolve(undefined);
      }, SLOW_MS);
      const ended = (/** @type {T | undefined} */ result) => {
        clearTimeout(timer);
        if (late && result !== undefined) undo(result);
        resolve(result);
      };
      this.run(async () => (late ? undefined : operation())).then(ended, () => ended(undefined));
    });
  }
}

module.exports = { Volume };
