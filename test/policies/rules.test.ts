import * as assert from "node:assert/strict";
import type { Plan } from "../../plan/plan";
import { policies } from "../../policies";
import { differenceOf } from "../../review/difference";
import { allCases } from "./cases";
import { SWITCHED_OFF } from "./cases/data";
import { adding, changing, found, messages, planOfStack, server, type Inputs } from "./helpers";

const EMPTY: Plan = { stack: "prod", resources: [], outputs: {}, warnings: [] };

describe("policies", () => {
  for (const { rule, stack = "prod", breaks, by, says, scene, compared, already } of allCases) {
    it(`${rule}: finds ${breaks}`, async () => {
      const own = await planOfStack(stack);
      if (!already) assert.deepEqual(messages(found(own), rule), []);
      const plan = by(own);
      const comparison = { before: own, changes: differenceOf(own, plan).changes };
      const findings = found(plan, { ...(compared && { comparison }), ...scene });
      assert.deepEqual(messages(findings, rule), [...says].sort());
    });
  }

  it("have a case each", () => {
    const tested = new Set(allCases.map(({ rule }) => rule));
    const untested = policies.map(({ id }) => id).filter((id) => !tested.has(id));
    assert.deepEqual(untested, []);
  });

  it("have remedies, whose commands name the stack", async () => {
    for (const { stack = "prod", by, scene } of allCases) {
      for (const { remedy, rule } of found(by(await planOfStack(stack)), scene)) {
        assert.match(remedy, /\S/, rule);
        for (const line of remedy.split("\n").filter((it) => it.startsWith("pulumi"))) {
          assert.match(line, new RegExp(`--stack ${stack}\\b`), rule);
        }
      }
    }
  });

  it("find a switch of AWS that is turned off, of any type", () => {
    const [before, after] = [SWITCHED_OFF.before, SWITCHED_OFF.after].map((types) =>
      Object.entries<Inputs>(types).reduce(
        (plan, [type, it]) => adding(plan, type, "own", it),
        EMPTY,
      ),
    ) as [Plan, Plan];
    const comparison = { before, changes: differenceOf(before, after).changes };
    assert.deepEqual(messages(found(after, { comparison }), "protection-removed"), [
      "own: has deletionProtection off: AWS does not refuse to delete it.",
    ]);
    assert.deepEqual(messages(found(after), "protection-removed"), []);
  });

  it("do not judge what only a deployment knows", async () => {
    const plan = changing(await planOfStack("prod"), {
      "FileSystem files-efs": ({ inputs }) => void (inputs.encrypted = "[computed]"),
      "Cluster cluster-eks": ({ inputs }) => void (inputs.publicAccessCidrs = "[computed]"),
      "Deployment web": ({ inputs }) => void (server(inputs).image = "[computed]"),
    });
    assert.deepEqual(found(plan), []);
  });

  it("take a promotion across registries, by its digest, and ask only where one is needed", async () => {
    const digest = "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    assert.deepEqual(found(await planOfStack("prod"), { tried: () => new Set([digest]) }), []);
    const tried = () => assert.fail("nobody needs it");
    found(await planOfStack("dev"), { tried });
  });

  it("see the key that a build has", async () => {
    const plan = changing(await planOfStack("dev"), {
      "Image app-image": ({ options }) =>
        void (options.secretMaps = { secrets: ["server_actions_key"] }),
    });
    assert.deepEqual(messages(found(plan), "server-actions-key"), []);
  });

  it("leave alone what only looks like a secret", async () => {
    const plan = changing(await planOfStack("prod"), {
      "Deployment web": ({ inputs }) =>
        void server(inputs).env.push(
          { name: "TOKEN", valueFrom: { secretKeyRef: { name: "web", key: "TOKEN" } } },
          { name: "CACHE_KEY", value: "v2" },
          { name: "PASSWORD_MIN_LENGTH", value: "12" },
          { name: "SECRET", value: "" },
          { name: "TOKEN_FILE", value: "/run/token" },
          { name: "DB_SECRET", value: "arn:aws:secretsmanager:eu-west-1:1:secret:x" },
        ),
    });
    assert.deepEqual(messages(found(plan), "secret-in-clear"), []);
  });
});
