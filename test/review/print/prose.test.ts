import * as assert from "node:assert/strict";
import { wrapMessage } from "../../../cli/wrap";
import { isCommand } from "../../../model/isCommand";
import { inTheCode } from "../../../policies/remedies";
import { proseOf } from "../../../review/print/prose";

/** As a finding is printed: its remedy stands below it. */
const below = (remedy: string): string[] => [
  "pod-probes (error): Deployment web: has no readiness probe.",
  ...remedy.split("\n").map((line) => `  ${line}`),
];
const REMEDY = inTheCode("give the container a readinessProbe", "readinessProbe");

describe("messages in Markdown", () => {
  it("have the command of each remedy in a block, also of what only code can mend", () => {
    const text = proseOf(below(REMEDY)).join("\n");
    const command = REMEDY.split("\n").find(isCommand);
    assert.ok(command?.startsWith("grep "));
    assert.match(text, /```/);
    assert.ok(
      text.split("\n").some((line) => line.trim() === command),
      text,
    );
  });

  it("take a sentence for no command, and wrap it on a terminal", () => {
    const sentence = `nodes of the cluster ${"are private ".repeat(20)}`;
    assert.equal(isCommand(sentence), false);
    assert.ok(wrapMessage(sentence).split("\n").length > 1);
    assert.doesNotMatch(proseOf(below(sentence)).join("\n"), /```/);
  });
});
