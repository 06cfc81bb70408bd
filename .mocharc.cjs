"use strict";
/*
 * All suites of mocha. `npx mocha` and `npm test` run the unit tests; the variable SUITE names another, which
 * `node test/run.mjs SUITE` sets (`npm run test:SUITE`). Those of Next.js itself have a runner of their own, because they run
 * one check on many servers: test/next/main.ts, runtime/test/main.ts.
 */
const common = ["tsx/cjs", "test/helpers/ending.ts"];
/** For plans by the dozen, loaded as the preview loads them: with long stack traces each takes three times as long. */
const planning = [...common, "./cli/startup.ts"];

const suites = {
  unit: {
    require: [...common, "test/helpers/rejections.ts"],
    spec: ["test/**/*.test.ts", "runtime/test/**/*.test.ts"],
    ignore: [
      "test/{agent,aws,checkov,cluster,golden,next,pod,pulls,releases}/**",
      "test/preview/speed.test.ts",
    ],
    timeout: 20_000,
  },
  against: { spec: "test/preview/against/*.long.ts", timeout: 300_000 },
  pulls: { spec: "test/pulls/*.test.ts", timeout: 300_000 },
  golden: { require: planning, spec: "test/golden/*.test.ts", timeout: 60_000 },
  speed: { spec: "test/preview/speed.test.ts", timeout: 20_000 },
  checkov: { spec: "test/checkov/*.test.ts", timeout: 120_000 },
  pod: { spec: ["test/pod/*.test.ts", "test/pod/*.long.ts"], timeout: 60_000 },
  stores: {
    require: [...common, "runtime/test/lib/needs-redis.ts"],
    spec: "runtime/test/**/*.long.ts",
    timeout: 60_000,
  },
  releases: { spec: "test/releases/*.test.ts", timeout: 240_000, slow: 10_000, bail: true },
  agent: { spec: "test/agent/*.test.ts", timeout: 60_000 },
  cluster: { spec: "test/cluster/*.test.ts", timeout: 600_000, bail: true },
  aws: { require: planning, spec: "test/aws/*.test.ts", timeout: 14_400_000 },
};

const name = process.env.SUITE ?? "unit";
if (!(name in suites)) {
  throw new Error(`there is no suite '${name}'; SUITE is one of ${Object.keys(suites).join(", ")}`);
}
module.exports = { require: common, ...suites[name] };
