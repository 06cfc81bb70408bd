import * as assert from "node:assert/strict";
import type { ChangeKind } from "../../../config/changes";
import { verdictOn } from "../../../config/changes/verdict";

const rule = (key: string, kind: ChangeKind, remedy?: string) => ({
  key,
  kind,
  check: (old: string, now: string) => ({ message: `${old} to ${now}.`, remedy }),
});
const RULES = [rule("a", "refused", "go back"), rule("b.c", "asked"), rule("d", "warned")];

describe("what is said of a change", () => {
  it("is nothing where all facts are the same", () => {
    const facts = { a: "1", "b.c": "1", d: "1" };
    assert.deepEqual(verdictOn("dev", RULES, facts, facts, []), {
      refusal: undefined,
      warnings: [],
    });
  });

  it("is nothing of facts that an older state does not know, or that have no meaning any more", () => {
    for (const [old, now] of [
      [{}, { a: "1", "b.c": "1" }],
      [{ a: "1", "b.c": "1" }, {}],
    ]) {
      assert.deepEqual(verdictOn("dev", RULES, old as never, now as never, []), {
        refusal: undefined,
        warnings: [],
      });
    }
  });

  it("is nothing where the rule lets this change pass", () => {
    const lenient = [{ key: "a", kind: "refused" as const, check: () => undefined }];
    assert.equal(verdictOn("dev", lenient, { a: "1" }, { a: "2" }, []).refusal, undefined);
  });

  it("is all at once, with the commands behind the confirmations that are there", () => {
    assert.deepEqual(
      verdictOn(
        "dev",
        [...RULES, rule("e", "asked", "go back too")],
        { a: "1", "b.c": "1", d: "1", e: "1" },
        { a: "2", "b.c": "2", d: "2", e: "2" },
        ["other"],
      ),
      {
        refusal: `3 changes of stack 'dev' cannot be made as they are; nothing is touched.
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
    assert.deepEqual(verdictOn("dev", RULES, { "b.c": "1" }, { "b.c": "2" }, ["b.c"]), {
      refusal: undefined,
      warnings: ["next-on-eks:b.c: 1 to 2."],
    });
    assert.equal(
      verdictOn("dev", RULES, { a: "1" }, { a: "2" }, ["a"]).refusal,
      `1 change of stack 'dev' cannot be made as it is; nothing is touched.
  next-on-eks:a: 1 to 2.
    go back`,
    );
  });
});
