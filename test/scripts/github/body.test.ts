import assert from "node:assert/strict";
import fc from "fast-check";
import { load, type BodyModule } from "./load";

describe("the text of the comment", () => {
  let text: BodyModule;
  before(async () => {
    text = await load<BodyModule>("body.mjs");
  });
  const stamp = { run: 3, attempt: 1, commit: "c0ffee1" };

  it("has the site below the headline, and the other slots after the comparison", () => {
    const slots = new Map([
      ["engine-prod", "P"],
      ["site", "S"],
      ["engine-dev", "D"],
    ]);
    assert.equal(
      text.print({ main: "### worst\n\n- detail", slots, stamp, foot: "For c0ffee1" }),
      `${text.MARKER}
### worst

<!-- next-on-eks: slot site -->
S
<!-- next-on-eks: end of slot site -->

- detail

<!-- next-on-eks: slot engine-dev -->
D
<!-- next-on-eks: end of slot engine-dev -->

<!-- next-on-eks: slot engine-prod -->
P
<!-- next-on-eks: end of slot engine-prod -->

<!-- next-on-eks: made by {"run":3,"attempt":1,"commit":"c0ffee1"} -->
For c0ffee1`,
    );
  });

  it("is read as it was written, whatever stands in it, markers included", () => {
    const part = fc
      .array(
        fc.oneof(
          fc.string(),
          fc.constantFrom(
            "<!-- next-on-eks: slot site -->",
            "<!-- next-on-eks: end of slot site -->",
            '<!-- next-on-eks: made by {"run":99,"attempt":1,"commit":"x"} -->',
            "</details>",
            "```",
          ),
        ),
        { maxLength: 6 },
      )
      .map((lines) => lines.join("\n"));
    const clean = (it: string) => text.disarmed(it).trim();
    fc.assert(
      fc.property(part, part, part, (main, site, engine) => {
        const slots = new Map([
          ["site", site],
          ["engine-dev", engine],
        ]);
        const printed = text.print({ main: `### x${main}`, slots, stamp, foot: "f" });
        const read = text.parse(printed);
        assert.deepEqual(read.stamp, stamp);
        assert.equal(read.foot, "f");
        assert.deepEqual([...read.slots].map(([name, content]) => [name, content.trim()]).sort(), [
          ["engine-dev", clean(engine)],
          ["site", clean(site)],
        ]);
        assert.equal(text.print(text.parse(printed)), printed);
      }),
      { numRuns: 200 },
    );
  });

  it("is read where somebody edited it in a browser, which ends lines in another way", () => {
    const slots = new Map([["site", "S"]]);
    const printed = text.print({ main: "### worst", slots, stamp, foot: "f" });
    const read = text.parse(printed.replace(/\n/g, "\r\n"));
    assert.deepEqual([read.main, read.slots.get("site"), read.stamp], ["### worst", "S", stamp]);
  });

  it("takes a stamp that is none for none", () => {
    for (const json of ["{}", '{"run":"1","attempt":1,"commit":"x"}', "{no"]) {
      const read = text.parse(`${text.MARKER}\n### a\n\n<!-- next-on-eks: made by ${json} -->\nf`);
      assert.equal(read.stamp, undefined, json);
    }
  });

  it("is refused where it is longer than GitHub takes", () => {
    const main = "é".repeat(text.LIMIT / 2);
    assert.throws(
      () => text.print({ main, slots: new Map(), stamp, foot: "" }),
      /bytes; GitHub takes 65536/,
    );
  });
});
