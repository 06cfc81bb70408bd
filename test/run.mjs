/*
 * node test/run.mjs SUITE [OPTION OF MOCHA]...: one suite of .mocharc.cjs.
 */
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";

const [suite, ...options] = process.argv.slice(2);
const mocha = createRequire(import.meta.url).resolve("mocha/bin/mocha.js");
const { status } = spawnSync(process.execPath, [mocha, ...options], {
  env: { ...process.env, SUITE: suite },
  stdio: "inherit",
});
process.exitCode = status ?? 1;
