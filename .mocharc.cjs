"use strict";
/*
 * All suites of mocha. `npx mocha` and `npm test` run the unit tests; the variable SUITE names another, which
 * `node test/run.mjs SUITE` sets (`npm run test:SUITE`). Those of Next.js itself have a runner of their own, because they run
 * one check on many servers: test/next/main.ts, runtime/test/main.ts.
 */
const typescript = "ts-node/register/transpile-only";

const suites = {
  unit: {
    require: [typescript, "test/helpers/rejections.ts"],
    spec: ["test/**/*.test.ts", "runtime/test/**/*.test.ts"],
    ignore: ["test/{agent,aws,cluster,next,pod,releases}/**", "test/preview/speed.test.ts"],
    timeout: 20_000,
  },
  speed: { spec: "test/preview/speed.test.ts", timeout: 20_000 },
  pod: { spec: ["test/pod/*.test.ts", "test/pod/*.long.ts"], timeout: 60_000 },
  stores: {
    // Checks of milliseconds: a process that holds the TypeScript compiler starts redis-cli too slowly for them.
    require: ["tsx/cjs", "runtime/test/lib/needs-redis.ts"],
    spec: "runtime/test/**/*.long.ts",
    timeout: 60_000,
  },
  releases: { spec: "test/releases/*.test.ts", timeout: 240_000, slow: 10_000, bail: true },
  agent: { spec: "test/agent/*.test.ts", timeout: 60_000 },
  cluster: { spec: "test/cluster/*.test.ts", timeout: 600_000, bail: true },
  aws: { spec: "test/aws/*.test.ts", timeout: 14_400_000 },
};

const name = process.env.SUITE ?? "unit";
if (!(name in suites)) {
  throw new Error(`there is no suite '${name}'; SUITE is one of ${Object.keys(suites).join(", ")}`);
}
module.exports = { require: [typescript], ...suites[name] };
