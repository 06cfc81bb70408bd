import fc from "fast-check";
import type { Plan } from "../../../plan/plan";
import { SECTIONS } from "../../../review/consequences";
import { aloneOf, reviewOf, type Compared, type StackReview } from "../../../review/review";
import { plan, recorded } from "../helpers";

/*
 * Reviews of plans in which every name and value does its worst to a comment.
 */

const TYPES = [
  "aws:elasticache/replicationGroup:ReplicationGroup",
  "aws:ec2/securityGroup:SecurityGroup",
  "kubernetes:apps/v1:Deployment",
  "kubernetes:core/v1:ConfigMap",
  "aws:ec2/subnet:Subnet",
];

/** What is markup, a name or a link on GitHub, or ends a line, a block or a list. */
export const MARKUP = [
  ...[
    "```",
    "````\n```",
    "~~~",
    "`",
    "`` ` ``",
    "</details>",
    "<!-- x -->",
    "<img src=x onerror=a>",
  ],
  ...["@everyone", "cc @acme/team", "fixes #123", "acme/shop#1", "GH-12", "&#64;team", "\\@team"],
  ...["https://evil.test/a", "www.evil.test", "a@b.test", "[x](http://a.test)", "![x](//a.test)"],
  ...[
    "| a |",
    "# b",
    "a\n\n# b",
    "a\r\n- b",
    "a\r@team",
    "x\n  ```\n@team",
    "---",
    "1. a",
    "**a**",
    "[^1]",
  ],
  ...[
    "\u202eb",
    "\ud800",
    "\u0000",
    "\u2028",
    "👩‍👩‍👧",
    "日本語".repeat(40),
    "\u001b[31m",
    "$&",
    "$x$",
  ],
];

const nasty = fc.oneof(
  fc.string(),
  fc.string({ unit: "binary" }),
  fc.constantFrom(...MARKUP),
  fc.array(fc.constantFrom(...MARKUP), { maxLength: 5 }).map((all) => all.join(" ")),
  fc.string({ minLength: 5 }).map((text) => text.repeat(30)),
  fc
    .array(fc.constantFrom("```", "text", "  - x"), { maxLength: 40 })
    .map((lines) => lines.join("\n")),
);
const inputs = fc.record({
  texts: fc.dictionary(fc.constantFrom("description", "engine", "data", "tags", "x`y"), nasty, {
    minKeys: 4,
  }),
  // What tells their items apart is a part of the path.
  named: fc.uniqueArray(fc.record({ name: nasty, image: nasty }), {
    selector: ({ name }) => name,
    maxLength: 2,
  }),
});
const name = fc.oneof(
  fc.integer({ min: 0, max: 90 }).map((index) => `resource-${index}`),
  fc.string({ minLength: 1, maxLength: 60, unit: "grapheme-ascii" }),
  fc.constantFrom(...MARKUP),
);
const resource = fc.record({
  type: fc.constantFrom(...TYPES),
  name,
  inputs,
  later: fc.oneof({ weight: 4, arbitrary: inputs }, fc.constant(null)),
  gone: fc.oneof({ weight: 3, arbitrary: fc.constant(false) }, fc.constant(true)),
  protect: fc.boolean(),
});
type Resource = typeof resource extends fc.Arbitrary<infer T> ? T : never;

function planOf(all: readonly Resource[], now: boolean, warnings: readonly string[]): Plan {
  const made = all.flatMap(({ type, name: of, inputs: was, later, gone, protect }) => {
    if (now && gone) return [];
    const { texts, named } = now ? (later ?? was) : was;
    const own = { ...texts, ...(named.length > 0 && { containers: named }) };
    return [recorded(type, of, { inputs: own, protect: protect && !now })];
  });
  return { ...plan(...made), warnings: now ? [...warnings] : [] };
}

/** What others say: of any danger, some of it long. */
const sections = fc.array(
  fc.record({
    id: fc.constant("x"),
    title: fc.oneof(
      fc.constant("Rules"),
      nasty.map((text) => `x${text.slice(0, 20)}`),
    ),
    summary: fc.nat().map((count) => `<b>summary ${count}`),
    lines: fc.array(nasty, { maxLength: 30 }),
    danger: fc.constantFrom(...SECTIONS),
    changed: fc.boolean(),
  }),
  { maxLength: 4 },
);

/** Two plans of a stack: some resources are in one of them, some differ. */
export const comparedStacks: fc.Arbitrary<Compared> = fc
  .record({
    all: fc.uniqueArray(resource, {
      selector: (it) => `${it.type} ${it.name}`,
      minLength: 30,
      maxLength: 70,
      size: "max",
    }),
    said: sections,
    causes: fc.array(nasty, { maxLength: 2 }),
    keys: fc.array(nasty, { maxLength: 2 }),
    warnings: fc.array(nasty, { maxLength: 3 }),
  })
  .map(({ all, said, causes, keys, warnings }) =>
    reviewOf(planOf(all, false, []), planOf(all, true, warnings), {
      causesOf: () => causes,
      encrypted: keys.map((key) => ({ key, change: "changed" })),
      sections: said,
    }),
  );

/** Stacks without two plans. */
export const otherStacks: fc.Arbitrary<StackReview[]> = fc.array(
  fc.oneof(
    nasty.map((why): StackReview => ({ stack: "failed", kind: "failed", why })),
    nasty.map((why): StackReview => aloneOf({ ...plan(), warnings: [why] }, why)),
    fc.constant<StackReview>({ stack: "old", kind: "removed" }),
  ),
  { maxLength: 2 },
);
