import * as assert from "node:assert/strict";
import { jsonOf } from "../../../review/print/json";
import { textOf } from "../../../review/print/text";
import { propertyLine, valueWord } from "../../../review/print/words";
import { aloneOf, reviewOf } from "../../../review/review";
import { Secret } from "../../../engine/engine";
import { extra, plan, planned, recorded } from "../helpers";

const texts = (...args: Parameters<typeof textOf>) => textOf(...args).map(({ text }) => text);

describe("review: words for values", () => {
  it("are one line each, whatever the value holds", () => {
    assert.equal(valueWord(undefined), "(not set)");
    assert.equal(valueWord(""), '""');
    assert.equal(valueWord([]), "[]");
    assert.equal(valueWord(["a", "b"]), "a, b");
    assert.equal(valueWord({ a: [1] }), '{"a":[1]}');
    assert.equal(valueWord("a\tb\u2028c\u001b[31m"), "a�b�c�[31m");
    assert.equal(valueWord("a\nb\n"), "(text of 2 lines)");
    assert.equal(valueWord(`x@sha256:${"a".repeat(64)}`), `x@sha256:${"a".repeat(12)}…`);
    assert.equal(valueWord("🙂".repeat(200)), `${"🙂".repeat(120)}… (200 characters)`);
  });

  it("show of a variable what its path does not say", () => {
    assert.equal(valueWord({ name: "FEATURE", value: "on" }), "on");
    assert.equal(valueWord({ name: "A", value: 1, more: 2 }), '{"name":"A","value":1,"more":2}');
  });

  it("say how a property changes", () => {
    const line = (kind: "changes" | "secret" | "may change", old: unknown, now: unknown) =>
      propertyLine({ path: "p", kind, old, now });
    assert.equal(line("changes", "a", "b"), "p: a -> b");
    assert.equal(line("changes", "a\nb\nb\n", "a\nb\nc\nd\n"), "p: text, +2 -1 lines");
    assert.equal(line("secret", "[secret]", "[secret]"), "p: changes, value hidden");
    assert.equal(line("secret", undefined, "[secret]"), "p: is set, value hidden");
    assert.equal(line("secret", "[secret]", undefined), "p: is removed, value hidden");
    assert.equal(line("may change", "[computed]", "[computed]"), "p: may change");
    assert.equal(line("may change", "vpc-1", "[computed]"), "p: may change (now vpc-1)");
  });
});

describe("review: text and JSON", () => {
  it("show what becomes of protection, beside what else differs", () => {
    const key = (protect: boolean, enableKeyRotation: boolean) =>
      plan(recorded("aws:kms/key:Key", "k", { protect, inputs: { enableKeyRotation } }));
    const shown = (before: boolean, now: boolean, rotation = true) =>
      texts([reviewOf(key(before, true), key(now, rotation))]).slice(2, -1);
    assert.deepEqual(shown(true, false), [
      "  updated Key k",
      "    Pulumi no longer refuses to delete k",
      "    protect: true -> false",
      "  0 resources do not change",
    ]);
    assert.deepEqual(shown(false, true, false).slice(1, 4), [
      "    Pulumi refuses to delete k from now on",
      "    protect: false -> true",
      "    enableKeyRotation: true -> false",
    ]);
  });

  it("say of encrypted values whether they are new, gone or others", () => {
    const encrypted = (["added", "removed", "changed"] as const).map((change) => ({
      key: "app.secretEnv.A",
      change,
    }));
    const [head, , ...about] = texts([reviewOf(plan(), plan(), { encrypted })]);
    assert.equal(head, "test: 3 encrypted values");
    assert.deepEqual(about.slice(0, 3), [
      "  app.secretEnv.A: an encrypted value is added",
      "  app.secretEnv.A: an encrypted value is removed",
      "  app.secretEnv.A: its encrypted value is another, and the plan is shown as if the secret were; encrypting the same secret again looks like this too",
    ]);
  });

  it("say all of it, the worst stack first", async () => {
    const reviews = [
      reviewOf(await planned("dev"), await planned("dev")),
      reviewOf(
        await planned("local"),
        await planned("local", { "next-on-eks:app.replicas": { min: 3, max: 4 } }),
      ),
    ];
    assert.deepEqual(texts(reviews), [
      "local: web has 3 to 4 pods, and had 2 to 4",
      "  1 updated",
      "  updated HorizontalPodAutoscaler web",
      "    web has 3 to 4 pods, and had 2 to 4",
      "    spec.minReplicas: 2 -> 3",
      "  28 resources do not change",
      "",
      "no change in dev",
    ]);
  });

  it("say what others say, and what is now where there is nothing to compare with", () => {
    const sections = [extra({ fails: "a waiver is over" })];
    const reviews = [
      reviewOf(plan(), plan(), { sections }),
      aloneOf({ ...plan(recorded("aws:sqs/queue:Queue", "q")), warnings: ["w"] }, "why\nnot"),
    ];
    assert.deepEqual(texts(reviews), [
      "test: about +$127 a month (a waiver is over)",
      "  no change",
      "  Cost: about +$127 a month",
      "  a waiver is over",
      "  Cost",
      "    nodes: $300 to $400",
      "    NAT: $38",
      "  0 resources do not change",
      "",
      "test: cannot be planned before this change; what is now is checked alone",
      "  why",
      "  not",
      "  1 resources are planned now",
      "  warning: w",
      "",
    ]);
    const { stacks } = JSON.parse(jsonOf(reviews)) as { stacks: { sections: unknown }[] };
    assert.deepEqual(stacks[0]?.sections, sections);
  });

  it("show no secret", () => {
    const secret = (value: string) =>
      plan(
        recorded("aws:sqs/queue:Queue", "q", {
          inputs: { a: { b: new Secret(value) }, c: new Secret(value) },
        }),
      );
    const review = reviewOf(plan(), secret("HUNTER2"));
    for (const one of [review, reviewOf(secret("HUNTER1"), secret("HUNTER2"))]) {
      const all = texts([one]).join("\n") + jsonOf([one]);
      assert.doesNotMatch(all, /HUNTER/);
    }
    assert.match(jsonOf([reviewOf(secret("HUNTER1"), secret("HUNTER2"))]), /"a\.b"/);
  });
});
