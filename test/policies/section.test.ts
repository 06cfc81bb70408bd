import * as assert from "node:assert/strict";
import type { Plan } from "../../plan/plan";
import { rulesBetween } from "../../preview/against/rules";
import type { ExtraSection } from "../../review/extraSections";
import { changing, planOfStack, server, TODAY } from "./helpers";

const told = (key: string, rule: string) => `next-on-eks:${key}: a warning. (rule ${rule})`;
const between = (now: Plan, before: Plan): ExtraSection | undefined =>
  rulesBetween({ plan: now, config: {} }, { plan: before, config: {} }, TODAY);

describe("what a pull request does to the rules", () => {
  const withoutProbe = async () =>
    changing(await planOfStack("prod"), {
      "Deployment web": ({ inputs }) => void delete server(inputs).livenessProbe,
    });

  it("is nothing where no rule has anything to say", async () => {
    const prod = await planOfStack("prod");
    assert.equal(between(prod, prod), undefined);
  });

  it("names what is new, with a remedy, and fails for an error", async () => {
    const section = between(await withoutProbe(), await planOfStack("prod"));
    assert.equal(section?.summary, "1 error new");
    assert.equal(section?.fails, "it breaks the rule pod-probes");
    assert.match(section?.lines.join("\n") ?? "", /has no livenessProbe\.\n {4}set the probes/);
  });

  it("counts what was there before, and what is mended", async () => {
    const [prod, broken] = [await planOfStack("prod"), await withoutProbe()];
    const same = between(broken, broken);
    assert.deepEqual([same?.summary, same?.changed], ["nothing new, 1 as before", false]);
    assert.equal(between(prod, broken)?.summary, "nothing new, 1 mended");
  });

  it("counts what the config tells of both, too", async () => {
    const dev = await planOfStack("dev");
    const old = { ...dev, warnings: [told("ingress.tls", "https")] };
    const now = { ...dev, warnings: [...old.warnings, told("app.replicas.min", "one-pod")] };
    // One that the plan finds, and one that the config tells; the new one stands among the new warnings.
    assert.equal(between(now, old)?.summary, "1 warning new, 2 as before");
    assert.equal(between(old, now)?.summary, "nothing new, 2 as before, 1 mended");
  });
});
