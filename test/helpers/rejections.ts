import * as assert from "node:assert/strict";
import type { RootHookObject } from "mocha";

/*
 * A resource input that rejects is a promise that nobody awaits: mocha alone reports success. Here each one is kept with
 * the test that it appeared in, and the run fails at its end.
 */

const found: { test: string; reason: unknown }[] = [];
let current = "before the first test";

process.on("unhandledRejection", (reason) => found.push({ test: current, reason }));

/** Node reports a rejection one turn after the promise was left alone. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Takes back what was rejected in the current test, which expects a run to fail: one cause rejects many promises. */
export async function forgive(): Promise<void> {
  await turn();
  found.splice(0, found.length, ...found.filter(({ test }) => test !== current));
}

export const mochaHooks: RootHookObject = {
  beforeEach(this: Mocha.Context) {
    current = this.currentTest?.fullTitle() ?? current;
  },
  async afterEach() {
    await turn();
  },
  async afterAll() {
    await turn();
    const told = new Set(
      found.map(({ test, reason }) => `In or after '${test}': ${String(reason)}`),
    );
    assert.equal([...told].join("\n"), "", "promises were rejected and nobody looked");
  },
};
