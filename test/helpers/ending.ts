import type { RootHookObject } from "mocha";

/*
 * A process ends when nothing is left for it to do. A test that fails half-way may leave a timer or a socket behind, and the
 * suite would then say what failed and never end. Here it ends, and says what kept it.
 */

/** How long the reporter, and what tests have stopped without waiting for, may take after the last test. */
const PATIENCE_MS = 20_000;

function endAnyway(): void {
  const kept = [...new Set(process.getActiveResourcesInfo())].join(", ");
  console.error(`The suite is over, and its process is not: a test left something open (${kept}).`);
  // after mocha's own listener, which sets the number of failures
  process.once("exit", () => (process.exitCode = 1));
  process.exit();
}

export const mochaHooks: RootHookObject = {
  afterAll() {
    setTimeout(endAnyway, Number(process.env.TEST_PATIENCE_MS ?? PATIENCE_MS)).unref();
  },
};
