import * as assert from "node:assert/strict";
import { projectStacksIn, readStackConfig } from "../../cli/stackConfig";
import { planOf } from "../../plan/plan";
import { findingsIn } from "../../policies/scene";
import { offlineAnswers } from "../../preview/answers";
import { ROOT } from "../helpers/configs";
import { program } from "../helpers/programs";
import { record } from "../helpers/recording";

/** The stacks as they are committed, and not those for tests: a team's own break no rule without a waiver either. */
describe("the committed stacks", () => {
  for (const stack of projectStacksIn(ROOT)) {
    it(`${stack} breaks no rule but those that the config tells, or that it waives`, async () => {
      const stackConfig = readStackConfig(ROOT, stack);
      const { config } = stackConfig;
      const answers = offlineAnswers(config["aws:region"] ?? "", config);
      const run = await record(program, { ...stackConfig, preview: true, answers });
      const { open, unused } = findingsIn({ plan: planOf(stackConfig, run), config }, new Date());
      assert.deepEqual(
        open.map(({ rule, resource, message }) => `${rule}: ${resource.name}: ${message}`),
        [],
      );
      assert.deepEqual(unused, []);
    });
  }
});
