import assert from "node:assert/strict";
import { join } from "node:path";
import { run } from "./lib/processes";
import type { Suite } from "./lib/suite";

const ROOT = join(__dirname, "../..");
const SPEC = join(__dirname, "stores/redis-store.long.ts");

/** The contract of stores on a real Redis: the part that `npm test` leaves out, since it needs a redis-server. */
export async function storeContract(suite: Suite): Promise<void> {
  await suite.check("stores: Redis fulfils the contract", async () => {
    const mocha = [require.resolve("mocha/bin/mocha.js"), "--no-config", "--timeout", "20000"];
    const typescript = ["--require", "ts-node/register/transpile-only"];
    const said = await run(process.execPath, [...mocha, ...typescript, SPEC], { cwd: ROOT });
    const passed = Number(/(\d+) passing/.exec(said)?.[1]);
    assert.ok(passed > 0, `nothing was tested: ${said}`);
    console.log(`        ${passed} cases`);
  });
}
