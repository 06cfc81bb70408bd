import * as assert from "node:assert/strict";
import { changesSince, factsOf, type ChangeKind, type Verdict } from "../../../config/changes";
import { changed, load, type Groups } from "../../helpers/configs";
import { either, harmsNothingElse, set, told as problem } from "../../helpers/refusals";

/** A change of a stack, and what is said of it. */
export interface Case {
  readonly name: string;
  readonly kind: ChangeKind | "safe";
  /** What the stack was, beyond the least config. */
  readonly old?: Groups;
  readonly now?: Groups;
  readonly key?: string;
  readonly message?: string;
  readonly remedy?: string;
  readonly regions?: readonly [string, string];
}

/** A test for each case, and for each that is asked about another with the confirmation. */
export function judges(base: Groups, cases: readonly Case[]): void {
  for (const one of cases) {
    const { name, kind, key = "", message = "", remedy } = one;
    const told = `next-on-eks:${key}: ${message}`.replace("next-on-eks:aws:", "aws:");
    it(`${kind}: ${name}`, async () => {
      const { refusal, warnings } = await verdict(base, one);
      assert.deepEqual(warnings, kind === "warned" ? [told] : []);
      const ways = [
        ...(kind === "asked" ? [set("confirm[0]", key)] : []),
        ...(remedy === undefined ? [] : [remedy]),
      ];
      assert.equal(
        refusal,
        kind === "refused" || kind === "asked"
          ? `1 change of stack 'test' cannot be made as it is; nothing was changed.\n${problem(key, message, either(...ways))}`
          : undefined,
      );
      if (refusal === undefined) return;
      const [, ...lines] = refusal.split("\n");
      // Of what a change is, a remedy may take back whatever it names.
      harmsNothingElse(
        [`changes: ${lines.join(" ")}`, ...lines].join("\n"),
        changed(base, one.now ?? {}),
      );
    });
    if (kind !== "asked") continue;
    it(`warned, once confirmed: ${name}`, async () => {
      const now = { ...one.now, confirm: [key] };
      assert.deepEqual(await verdict(base, { ...one, now }), {
        refusal: undefined,
        warnings: [told],
      });
    });
  }
}

async function verdict(base: Groups, { old = {}, now = {}, regions }: Case): Promise<Verdict> {
  const [region, next] = regions ?? ["eu-west-1", "eu-west-1"];
  const facts = factsOf(await load(changed(base, old), { region }));
  // Back to the defaults, unless it is said.
  return changesSince(facts, await load(changed(base, now), { region: next }));
}
