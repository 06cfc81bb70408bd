import * as assert from "node:assert/strict";
import { parseArgs } from "node:util";
import { badArguments } from "../../model/badArguments";

function refusal(...args: string[]): string {
  try {
    parseArgs({ args, options: { stack: { type: "string" } } });
  } catch (error) {
    return badArguments(error);
  }
  throw new assert.AssertionError({ message: "was accepted" });
}

describe("why arguments are refused", () => {
  it("is one sentence of Node.js", () => {
    assert.equal(refusal("--stak", "dev"), "Unknown option '--stak'");
    assert.match(refusal("--stack"), /^Option '--stack <value>' argument missing$/);
  });

  it("says what npm does with options that it keeps for itself", () => {
    assert.match(
      refusal("prod"),
      /^Unexpected argument 'prod'; npm hands on only options behind --$/,
    );
  });
});
