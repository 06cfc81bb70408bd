import * as assert from "node:assert/strict";
import type { ChangeKind } from "../../../config/changes";
import { harmsNothingElse } from "../../helpers/refusals";
import { SAFE, together, verdictOn } from "../../../config/changes/verdict";

const rule = (key: string, kind: ChangeKind, remedy?: string) => ({
  key,
  kind,
  check: (old: string, now: string) => ({ message: `${old} to ${now}.`, remedy }),
});
const RULES = [rule("a", "refused", "go back"), rule("b.c", "asked"), rule("d", "warned")];
const confirmed = (...keys: string[]) => ({ confirmed: keys, protect: false });
const NOTHING = confirmed();

describe("what is said of a change", () => {
  it("is nothing where all facts are the same", () => {
    const facts = { a: "1", "b.c": "1", d: "1" };
    assert.deepEqual(verdictOn("dev", RULES, facts, facts, NOTHING), {
      refusal: undefined,
      warnings: [],
    });
  });

  it("is nothing of facts that an older state does not know, or that have no meaning any more", () => {
    for (const [old, now] of [
      [{}, { a: "1", "b.c": "1" }],
      [{ a: "1", "b.c": "1" }, {}],
    ]) {
      assert.deepEqual(verdictOn("dev", RULES, old as never, now as never, NOTHING), {
        refusal: undefined,
        warnings: [],
      });
    }
  });

  it("is nothing where the rule lets this change pass", () => {
    const lenient = [{ key: "a", kind: "refused" as const, check: () => undefined }];
    assert.equal(verdictOn("dev", lenient, { a: "1" }, { a: "2" }, NOTHING).refusal, undefined);
  });

  it("is all at once, with the commands behind the confirmations that are there", () => {
    assert.deepEqual(
      verdictOn(
        "dev",
        [...RULES, rule("e", "asked", "go back too")],
        { a: "1", "b.c": "1", d: "1", e: "1" },
        { a: "2", "b.c": "2", d: "2", e: "2" },
        confirmed("other"),
      ),
      {
        refusal: `3 changes of stack 'dev' cannot be made as they are; nothing was changed.
  next-on-eks:a: 1 to 2.
    go back
  next-on-eks:b.c: 1 to 2.
    pulumi config set --stack dev --path 'next-on-eks:confirm[1]' b.c
  next-on-eks:e: 1 to 2.
    pulumi config set --stack dev --path 'next-on-eks:confirm[2]' e
    or
    go back too`,
        warnings: ["next-on-eks:d: 1 to 2."],
      },
    );
  });

  it("is a warning where the change is confirmed; what is refused cannot be", () => {
    assert.deepEqual(verdictOn("dev", RULES, { "b.c": "1" }, { "b.c": "2" }, confirmed("b.c")), {
      refusal: undefined,
      warnings: ["next-on-eks:b.c: 1 to 2."],
    });
    assert.equal(
      verdictOn("dev", RULES, { a: "1" }, { a: "2" }, confirmed("a")).refusal,
      `1 change of stack 'dev' cannot be made as it is; nothing was changed.
  next-on-eks:a: 1 to 2.
    go back`,
    );
  });

  it("says how what is protected goes, asked and confirmed alike, where protect is on", () => {
    const deletes = (protect: boolean, ...keys: string[]) => {
      const check = () => ({ message: "goes.", remedy: "go back", deletesProtected: true });
      const rules = [{ key: "b.c", kind: "asked" as const, check }];
      return verdictOn("dev", rules, { "b.c": "1" }, { "b.c": "2" }, { confirmed: keys, protect });
    };
    const first = `
    protect is on, and Pulumi does not delete what it protects. First, with the old value:
    pulumi config set --stack dev --path 'next-on-eks:protect' false && pulumi up --stack dev`;
    assert.deepEqual(deletes(true, "b.c").warnings, [`next-on-eks:b.c: goes.${first}`]);
    assert.deepEqual(deletes(false, "b.c").warnings, ["next-on-eks:b.c: goes."]);
    const ways =
      "\n    pulumi config set --stack dev --path 'next-on-eks:confirm[0]' b.c\n    or\n    go back";
    assert.ok(deletes(true).refusal?.endsWith(`goes.${first}\n    then:${ways}`));
    assert.ok(deletes(false).refusal?.endsWith(`goes.${ways}`));
    harmsNothingElse(deletes(true).refusal ?? "", { protect: true, b: { c: "2" } }, "dev");
  });

  it("is joined with what is found elsewhere", () => {
    const [one, other] = ["one", "other"].map((word) => ({ refusal: word, warnings: [word] }));
    assert.ok(one && other);
    assert.deepEqual(together(SAFE, SAFE), SAFE);
    assert.deepEqual(together(one, SAFE, other), {
      refusal: "one\nother",
      warnings: ["one", "other"],
    });
  });
});
