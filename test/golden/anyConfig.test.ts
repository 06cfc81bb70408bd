import * as assert from "node:assert/strict";
import * as fc from "fast-check";
import { ConfigError } from "../../config/messages/problems";
import { costOf } from "../../cost/cost";
import { costTable } from "../../cost/words";
import { planOf } from "../../plan/plan";
import { findingsIn, type RawConfig } from "../../policies/scene";
import { offlineAnswers } from "../../preview/answers";
import { report } from "../../preview/report";
import { changed, configOf, wire } from "../helpers/configs";
import { program } from "../helpers/programs";
import { record } from "../helpers/recording";
import { forgive } from "../helpers/rejections";
import { configsOf, type Drawn } from "./anyConfig";

/** More with CONFIG_RUNS=2000, others with CONFIG_SEED=1. */
const RUNS = Number(process.env.CONFIG_RUNS ?? 25);
const SEED = Number(process.env.CONFIG_SEED ?? 2026);

/** What a value looks like that should not have been printed. */
const ODD = /\b(undefined|NaN|null)\b|\[object |Infinity/;

const stacks = ["dev", "prod", "local"] as const;

/** All that the preview says of a config; undefined: it is refused. */
async function said(
  stack: string,
  config: RawConfig,
): Promise<{ text: string; findings: number } | undefined> {
  let run;
  try {
    const answers = offlineAnswers(config["aws:region"] ?? "", config);
    run = await record(program, { stack, config, preview: true, answers });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    await forgive();
    for (const { key, message, remedy } of error.problems) {
      assert.doesNotMatch(message, ODD, key);
      assert.match(remedy, /\S/, key);
      assert.doesNotMatch(remedy, ODD, key);
    }
    return undefined;
  }
  const plan = planOf({ stack, warnings: [] }, run);
  const findings = findingsIn({ plan, config }, new Date("2026-12-01"));
  const cost = costOf({ plan, config }, new Date("2026-12-01"));
  const table = cost ? costTable(cost.estimate, cost.usage) : [];
  const text = [report(plan, { width: 100, colour: false, findings }), ...table].join("\n");
  return { text, findings: findings.open.length + plan.warnings.length };
}

describe("any config that the schema takes", function () {
  this.timeout(20_000 + RUNS * 2_000);
  it("shows in what it prints where a value is missing", () => {
    assert.match("traffic through NAT gateways: NaN GB", ODD);
    assert.match("web: runs 'undefined', a tag", ODD);
    assert.doesNotMatch("about $340 a month in eu-west-1", ODD);
  });

  for (const stack of stacks) {
    it(`is refused in words or previewed, with rules and cost: ${stack}`, async () => {
      const base = configOf(stack);
      let [accepted, found] = [0, 0];
      const property = fc.asyncProperty(
        configsOf(stack === "local" ? "existing" : "aws"),
        async (drawn: Drawn) => {
          const all = await said(stack, wire(changed(base, drawn)) as RawConfig);
          if (!all) return;
          accepted++;
          if (all.findings > 0) found++;
          const odd = all.text.split("\n").filter((line) => ODD.test(line));
          assert.deepEqual(odd, []);
        },
      );
      await fc.assert(property, { seed: SEED, numRuns: RUNS });
      assert.ok(accepted > RUNS / 5 && accepted < RUNS, `${accepted} of ${RUNS} were accepted`);
      assert.ok(found > 0, "no rule found anything");
    });
  }
});
