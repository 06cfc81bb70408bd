import * as assert from "node:assert/strict";
import { platforms } from "../../config/platforms";
import { commonRules, severities, toldIn } from "../../config/rules";
import { PLAN_RULES, SHARED_RULES } from "../../config/waivers";
import { policies } from "../../policies";
import { findingsOf, newIn } from "../../policies/findings";
import { isProduction, waiversIn } from "../../policies/scene";
import { adding, changing, found, messages, planOfStack, server, TODAY, without } from "./helpers";

const waiver = (rule: string) => ({ rule, reason: "of this test", until: "2027-01-01" });

describe("findings of policies", () => {
  it("are more severe in production", async () => {
    const change = {
      "Deployment web": ({ inputs }: { inputs: Record<string, unknown> }) =>
        void delete server(inputs).livenessProbe,
    };
    const severityIn = async (stack: string) =>
      found(changing(await planOfStack(stack), change))
        .filter(({ rule }) => rule === "pod-probes")
        .map(({ severity }) => severity);
    assert.deepEqual(await severityIn("prod"), ["error"]);
    assert.deepEqual(await severityIn("dev"), ["warning"]);
  });

  it("leave out what the stack waives, and what the config has told", async () => {
    const plan = await planOfStack("dev");
    const scene = { plan, production: false, today: TODAY };
    const rules = (findings: readonly { rule: string }[]) =>
      findings.map(({ rule }) => rule).sort();
    assert.deepEqual(rules(findingsOf(scene).open), ["https", "server-actions-key"]);
    const { open, waived, unused } = findingsOf(scene, [waiver("https"), waiver("one-pod")]);
    assert.deepEqual([rules(open), rules(waived)], [["server-actions-key"], ["https"]]);
    assert.deepEqual(unused, ["one-pod"]);
    const told = [{ rule: "https", key: "ingress.tls" }];
    assert.deepEqual(rules(findingsOf(scene, [], told).open), ["server-actions-key"]);
  });

  it("are told beside what the config has told of another key", async () => {
    const plan = changing(await planOfStack("dev"), {
      "HorizontalPodAutoscaler web": ({ inputs }) => void (inputs.spec.minReplicas = 1),
      "Deployment static-assets": ({ inputs }) => void (inputs.spec.replicas = 1),
    });
    const scene = { plan, production: false, today: TODAY };
    const told = toldIn([
      "next-on-eks:app.replicas.min: 1: the loss of one pod is an outage. (rule one-pod)\n    a remedy",
      "next-on-eks:protect: of another kind",
    ]);
    assert.deepEqual(told, [{ rule: "one-pod", key: "app.replicas.min" }]);
    assert.deepEqual(messages(findingsOf(scene, [], told).open, "one-pod"), [
      "static-assets: runs a single pod: its loss is an outage until the next is up.",
    ]);
  });

  it("of a Deployment that the config does not know are told although it has told the rule", async () => {
    const plan = adding(await planOfStack("dev"), "kubernetes:apps/v1:Deployment", "extra", {
      kind: "Deployment",
      metadata: { namespace: "other" },
      spec: { template: { spec: { containers: [] } } },
    });
    const scene = { plan, production: false, today: TODAY };
    const told = ["app.replicas.min", "assets.replicas"].map((key) => ({ rule: "one-pod", key }));
    assert.deepEqual(messages(findingsOf(scene, [], told).open, "one-pod"), [
      "extra: runs a single pod: its loss is an outage until the next is up.",
    ]);
  });

  it("ask no second pod of the site of a pull request, which may not have one", async () => {
    const one = changing(await planOfStack("dev"), {
      "HorizontalPodAutoscaler web": ({ inputs }) => void (inputs.spec.minReplicas = 1),
    });
    assert.equal(messages(found(one), "one-pod").length, 1);
    assert.deepEqual(messages(found({ ...one, stack: "pr-12" }), "one-pod"), []);
  });

  it("do not call a waiver unused of which one plan says nothing", async () => {
    const scene = { plan: await planOfStack("dev"), production: false, today: TODAY };
    const waivers = [waiver("state-replaced"), waiver("files-off")];
    assert.deepEqual(findingsOf(scene, waivers).unused, []);
  });

  it("are new only if the base does not have them, however their words differ", async () => {
    const plan = await planOfStack("prod");
    const base = found(without(plan, "PodDisruptionBudget web"));
    const reworded = base.map((finding) => ({ ...finding, message: "otherwise" }));
    assert.deepEqual(newIn(base, reworded), []);
    assert.deepEqual(newIn(base, []), base);
    const two = found(
      without(plan, "PodDisruptionBudget web", "PodDisruptionBudget static-assets"),
    );
    assert.deepEqual(
      newIn(two, base).map(({ resource }) => resource.name),
      ["static-assets"],
    );
  });
});

describe("names of policies", () => {
  const configRules = [
    ...commonRules(() => []),
    ...Object.values(platforms).flatMap(({ rules }) => rules as readonly { id: string }[]),
  ].map(({ id }) => id);

  it("are those that waivers may name", () => {
    const own = policies.map(({ id }) => id).filter((id) => !configRules.includes(id));
    assert.deepEqual([...own].sort(), [...PLAN_RULES].sort());
    assert.deepEqual([...new Set(own)], own);
  });

  it("are of rules that refuse everywhere only where these can be waived", () => {
    const shared = policies
      .filter(({ id, severity }) => configRules.includes(id) && severity.elsewhere === "error")
      .map(({ id }) => id);
    assert.deepEqual(shared, [...SHARED_RULES]);
  });

  it("have the severity of the rule of the config with that name", () => {
    const https = policies.find(({ id }) => id === "https");
    const rule = commonRules(() => []).find(({ id }) => id === "https");
    assert.ok(rule);
    assert.deepEqual(https?.severity, severities(rule));
  });

  it("say in one sentence why", () => {
    for (const { id, why } of policies) {
      assert.match(id, /^[a-z]+(-[a-z]+)*$/);
      assert.match(why, /^[A-Z`].*\.$/, id);
    }
  });
});

describe("the config that policies read", () => {
  it("is for production by its name or by what it says", () => {
    assert.equal(isProduction("prod", {}), true);
    assert.equal(isProduction("prod", { "next-on-eks:production": "false" }), false);
    assert.equal(isProduction("shop", { "next-on-eks:production": "true" }), true);
    assert.equal(isProduction("shop", {}), false);
  });

  it("has waivers, or none that this version can read", () => {
    const config = (value: unknown) => ({ "next-on-eks:waivers": JSON.stringify(value) });
    assert.deepEqual(waiversIn(config([waiver("https")])), [waiver("https")]);
    assert.deepEqual(waiversIn(config([{ id: "https" }])), []);
    assert.deepEqual(waiversIn({ "next-on-eks:waivers": "{" }), []);
    assert.deepEqual(waiversIn({}), []);
  });
});
