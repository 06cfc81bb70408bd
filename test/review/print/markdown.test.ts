import * as assert from "node:assert/strict";
import fc from "fast-check";
import { COMMENT_LIMIT, MARKER, markdownOf } from "../../../review/print/markdown";
import { resourceWord } from "../../../review/print/words";
import { aloneOf, reviewOf, type Compared, type StackReview } from "../../../review/review";
import { extra, plan, planned, recorded } from "../helpers";
import { flaws } from "./commentFlaws";
import { comparedStacks, otherStacks } from "./generated";

const lostIn = ({ rows }: Compared) =>
  rows
    .filter(({ fate }) => ["deleted", "replaced", "perhaps replaced"].includes(fate))
    .flatMap(({ changes }) => changes.map(resourceWord));

describe("review: the comment of a pull request", function () {
  this.timeout(120_000);

  it("says the worst first, then each stack, then those that do not change", async () => {
    const image = { "next-on-eks:app.image": "web:v2" };
    const reviews = [
      reviewOf(await planned("local"), await planned("local", image)),
      reviewOf(
        await planned("prod"),
        await planned("prod", { "next-on-eks:redis.sessions": "shared" }),
      ),
      reviewOf(await planned("dev"), await planned("dev")),
    ];
    const lines = markdownOf(reviews).split("\n");
    assert.deepEqual(lines.slice(0, 6), [
      MARKER,
      "### prod: the sessions' Redis is DELETED: all visitors are logged out (pulumi up refuses this as it is)",
      "",
      "- local: pods of web are replaced, new ones ready before old ones stop",
      "- no change: dev",
      "",
    ]);
    assert.ok(lines.includes("#### local: 1 updated"));
    assert.ok(
      lines.includes("  spec.template.spec.containers[next].image: web:local -> web:v2"),
      lines.join("\n"),
    );
  });

  it("gives each of several changes that are refused an item of its own, with its commands", async () => {
    const changes = {
      "next-on-eks:redis.sessions": "shared",
      "next-on-eks:network.cidr": "10.50.0.0/16",
    };
    const review = reviewOf(await planned("prod"), await planned("prod", changes));
    const lines = markdownOf([review]).split("\n");
    const items = lines.filter((line) => line.startsWith("* "));
    assert.match(items[0] ?? "", /^\* 2 changes of stack 'prod' cannot be made as they are/);
    assert.match(items[1] ?? "", /^\* next-on-eks:network\.cidr: /);
    assert.match(items[2] ?? "", /^\* next-on-eks:redis\.sessions: /);
    const commands = lines.map((line) => line.trim());
    for (const key of ["network.cidr' 10.40.0.0/16", "confirm[0]' redis.sessions"])
      assert.ok(
        commands.includes(`pulumi config set --stack prod --path 'next-on-eks:${key}`),
        commands.join("\n"),
      );
    assert.ok(!lines.some((line) => line.includes("more") && line.startsWith("* …")));
  });

  it("leaves nothing out of the whole", () => {
    const warnings = Array.from(
      { length: 20 },
      (_, index) => `warning ${index}: ${"w".repeat(400)}`,
    );
    const review = reviewOf(plan(), { ...plan(), warnings });
    const shown = (page: string) => warnings.filter((it) => page.split("\n").includes(it)).length;
    assert.equal(shown(markdownOf([review], { limit: Infinity })), 20);
    assert.match(markdownOf([review]), /^… and 8 more$/m);
  });

  it("is one line where nothing changes", async () => {
    const review = reviewOf(await planned("local"), await planned("local"));
    assert.equal(markdownOf([review]).trim(), `${MARKER}\n### no change in local`);
  });

  it("says why a stack cannot be planned, and that one is removed", () => {
    const failed: StackReview = { stack: "dev", kind: "failed", why: "a `key`\n```" };
    const page = markdownOf([failed, { stack: "old", kind: "removed" }]);
    assert.match(page, /### dev: cannot be planned with this change/);
    assert.match(page, /- old: its file is removed/);
    assert.deepEqual(flaws(page, COMMENT_LIMIT, ["a `key`"]), []);
  });

  it("stays within the limit, balanced, and names all that is lost, whatever changes", () => {
    const seen = { cut: 0, lost: 0, properties: 0, hostile: 0 };
    const limits = fc.integer({ min: 12_000, max: 20_000 });
    fc.assert(
      fc.property(comparedStacks, otherStacks, limits, (review, others, limit) => {
        const [lost, page] = [lostIn(review), markdownOf([review, ...others], { limit })];
        const summaries = review.sections.map(({ summary }) => summary.replace("<b>", "\\<b\\>"));
        assert.deepEqual(flaws(page, limit, [...lost, ...summaries]), []);
        seen.cut += Number(page.includes("Too long for a comment"));
        seen.lost += lost.length;
        seen.properties += (page.match(/containers\[/g) ?? []).length;
        seen.hostile += lost.filter((it) => /[@#<]/.test(it)).length;
      }),
      { numRuns: 40 },
    );
    assert.ok(seen.cut > 5 && seen.lost > 400, JSON.stringify(seen));
    assert.ok(seen.properties > 20 && seen.hostile > 20, JSON.stringify(seen));
  });

  it("says what others say: the summary first, the detail as long as there is room", () => {
    const [before, after] = [plan(), plan(recorded("aws:sqs/queue:Queue", "q"))];
    const nodes = Array.from({ length: 20 }, (_, index) => `node ${index}: $30`);
    const cost = extra({ danger: "rest", lines: [...nodes, "NAT: $38"] });
    const rules = extra({ title: "Rules", summary: "1 new: a <b>", lines: ["<i>", "a\nb"] });
    const review = reviewOf(before, after, { sections: [cost, rules] });
    const page = markdownOf([review]);
    assert.match(
      page,
      /^- \*\*Cost\*\*: about \+\$127 a month\n- \*\*Rules\*\*: 1 new: a \\<b\\>$/m,
    );
    assert.match(page, /^\*\*Cost\*\*\n\n\* node 0: \$30\n[^`]*\n\* NAT: \$38$/m);
    assert.match(page, /\*\*Rules\*\*\n\n\* \\<i\\>\n\* a b$/m);
    const smaller = markdownOf([review], { limit: Buffer.byteLength(page) - 1 });
    assert.match(smaller, /- \*\*Cost\*\*: about/);
    assert.doesNotMatch(smaller, /NAT/);
    assert.match(smaller, /^\* \\<i\\>$/m);
  });

  it("has messages that wrap on a narrow screen, and commands that can be copied", () => {
    const remedy = [
      "    This says more than fits beside a command, and so it wraps with the sentence before.",
      "    if it is meant:",
      "    pulumi config set --stack prod a b",
      "    or, where that is not what you want because there is something that you want to keep:",
      "    npm run x",
    ];
    const lines = ["https (error): Ingress site serves *all*.", ...remedy, "another"];
    const page = markdownOf([
      reviewOf(plan(), plan(), { sections: [extra({ title: "Rules", lines })] }),
    ]);
    const printed = [
      "* https (error): Ingress site serves \\*all\\*. This says more than fits beside a command, and so it wraps with the sentence before.",
      "  ```",
      "  # if it is meant:",
      "  pulumi config set --stack prod a b",
      "  # or, where that is not what you want because there is something that",
      "  # you want to keep:",
      "  npm run x",
      "  ```",
      "* another",
    ];
    assert.ok(page.includes(`\n${printed.join("\n")}\n`), page);
  });

  it("has one line for what only has a name to say, where it follows each other", () => {
    const [queue, topic] = ["aws:sqs/queue:Queue", "aws:sns/topic:Topic"];
    const gone = reviewOf(plan(recorded(queue, "a"), recorded(topic, "b")), plan());
    assert.match(markdownOf([gone]), /^- \*\*DELETED\*\* `Queue a`, `Topic b`$/m);
  });

  it("has one line for what may change by the same cause, with the properties", async () => {
    const review = reviewOf(
      await planned("prod"),
      await planned("prod", { "next-on-eks:network.cidr": "10.50.0.0/16" }),
    );
    const page = markdownOf([review]);
    assert.match(
      page,
      /^- \*\*perhaps replaced\*\* `Route network-public-internet`, [^\n]*`NatGateway network-nat-2`, [^\n]* \(`routeTableId`, [^\n]* may change\)$/m,
    );
    assert.match(
      page,
      /^- \*\*perhaps replaced\*\* `Cluster cluster-eks` — [^\n]* \(`privateSubnetIds`, `vpcId` may change\)$/m,
    );
    assert.match(page, /`Subnet network-public-0`[^\n]*\n {2}```\n {2}cidrBlock: 10/);
    for (const name of lostIn(review)) assert.ok(page.includes(name), name);
  });

  it("says nothing of what only the JSON needs", () => {
    const now = plan(recorded("aws:sqs/queue:Queue", "q"));
    const same = extra({ changed: false, quiet: true });
    const page = markdownOf([reviewOf(plan(), now, { sections: [same] })]);
    assert.doesNotMatch(page, /Cost/);
  });

  it("is about what others say where nothing else changes", () => {
    const said = [
      extra({ id: "a", summary: "cheaper", danger: "rest" }),
      extra({
        id: "b",
        summary: "a waiver is over",
        danger: "state",
        fails: "waiver of x is over",
      }),
    ];
    const page = markdownOf([reviewOf(plan(), plan(), { sections: said })]);
    assert.match(page, /^### test: a waiver is over \(waiver of x is over\)$/m);
    assert.match(page, /: a waiver is over — waiver of x is over$/m);
  });

  it("checks what is now alone where the base cannot be planned", () => {
    const now = plan(recorded("aws:sqs/queue:Queue", "q"));
    const page = markdownOf([aloneOf({ ...now, warnings: ["<w>"] }, "a `key`", [extra()])]);
    assert.deepEqual(flaws(page, COMMENT_LIMIT, ["a `key`", "<w>", "$127", "NAT"]), []);
    assert.match(
      page,
      /^### test: cannot be planned before this change; what is now is checked alone$/m,
    );
    assert.match(page, /^#### test: 1 resources are planned now$/m);
  });

  it("leaves detail out from the least dangerous end", async () => {
    const before = await planned("prod");
    const after = await planned("prod", {
      "next-on-eks:redis.sessions": "shared",
      "next-on-eks:app.env": { FEATURE: "on", TEXT: "x".repeat(100) },
      "next-on-eks:network.cidr": "10.50.0.0/16",
    });
    const review = reviewOf(before, after);
    const whole = markdownOf([review]);
    const small = markdownOf([review], { limit: 4000, whole: "review.md" });
    assert.ok(whole.length > 5000, `${whole.length}`);
    assert.deepEqual(flaws(small, 4000, lostIn(review)), []);
    assert.match(small, /the whole is in review\.md/);
    assert.match(small, /cidrBlock: 10\.40\.0\.0\/16 -> 10\.50\.0\.0\/16/);
  });

  it("says how many it could not name where even names are too long", () => {
    const many = Array.from({ length: 400 }, (_, index) =>
      recorded("aws:ec2/securityGroup:SecurityGroup", `group-${index}`),
    );
    const page = markdownOf([reviewOf(plan(...many), plan())], { limit: 4000 });
    const named = (page.match(/^- /gm) ?? []).length;
    assert.ok(Buffer.byteLength(page) <= 4000);
    assert.ok(page.includes(`${400 - named} more are not named here.`), page.slice(-300));
  });

  it("has the worst as its heading where only another section is too long", () => {
    const long = extra({ title: "Rules", summary: "s".repeat(5000), lines: [] });
    const sections = Array.from({ length: 12 }, () => long);
    const now = plan(recorded("aws:sqs/queue:Queue", "q"));
    const page = markdownOf([reviewOf(plan(), now, { sections })], { limit: 3000 });
    assert.match(page, /^### test: created Queue q$/m);
    assert.doesNotMatch(page, /0 resources|deleted or replaced/);
    const gone = markdownOf([reviewOf(now, plan(), { sections })], { limit: 3000 });
    assert.match(gone, /^### test: deleted Queue q$/m);
    assert.match(gone, /^1 resource is deleted or replaced:$/m);
  });

  it("is checked by rules that can fail", () => {
    assert.deepEqual(flaws("```\na", 100, []), ["a fence is open at the end"]);
    assert.deepEqual(flaws("a <b>", 100, []), ["HTML: a <b>"]);
    assert.deepEqual(flaws("abc", 2, ["x"]), ["3 > 2", "not named: x"]);
    assert.deepEqual(flaws("`<b>`\n````\n```\n````", 100, []), []);
    assert.deepEqual(flaws("- a\n  ```\nb\n  ```", 100, []), ["leaves its list: b"]);
    assert.deepEqual(flaws("a \ud800", 100, []), ["half a character"]);
    for (const [what, text] of Object.entries({
      "a mention": "cc @team",
      "an issue": "fixes \\#12",
      "a link": "https://a.test",
      "a line that is no other's": "a\u2028b",
    })) {
      assert.deepEqual(flaws(text, 100, []), [`${what}: ${text}`]);
      assert.deepEqual(flaws(`\`${text.replace("\u2028", " ")}\``, 100, []), []);
    }
  });
});
