import * as assert from "node:assert/strict";
import { stripVTControlCharacters } from "node:util";
import { factsOf, hasFacts } from "../../preview/facts";
import { render, wantsColour } from "../../preview/paint";
import { planOf } from "../../plan/plan";
import type { PolicyFinding } from "../../policies/findings";
import { report } from "../../preview/report";
import { findingLines } from "../../preview/rulesFound";
import { componentType, providerOf, shortType } from "../../plan/typeNames";
import { wrap, wrapCommand, wrapPhrases } from "../../cli/wrap";
import { recorded, runOf, tooWide, unknown } from "./helpers";

const plan = planOf(
  { stack: "test", warnings: ["key: text\n    pulumi config set --path 'a:b' VALUE"] },
  {
    ...runOf(
      recorded("next-on-eks:aws:Network", "network", { urn: "urn:network", custom: false }),
      recorded("aws:ec2/vpc:Vpc", "vpc", {
        parent: "urn:network",
        protect: true,
        inputs: { cidrBlock: "10.0.0.0/16" },
      }),
      recorded("next-on-eks:aws:Inner", "inner", { urn: "urn:inner", parent: "urn:network" }),
      recorded("aws:ec2/subnet:Subnet", "subnet", {
        parent: "urn:inner",
        inputs: { cidrBlock: unknown, availabilityZone: "eu-west-1a" },
      }),
      recorded("aws:sqs/queue:Queue", "queue", { inputs: { fifo: true, tags: {} } }),
    ),
    outputs: { url: "http://x" },
  },
);

describe("preview: the tree", () => {
  it("groups by component, in order, with the inputs that matter", () => {
    assert.equal(
      report(plan, { width: 100, colour: false }),
      `Plan of stack test
[computed]: known after pulumi up. [secret]: never shown.

Network network
├─ aws.ec2.Vpc  vpc  protected, 10.0.0.0/16
└─ Inner inner
   └─ aws.ec2.Subnet  subnet  [computed], zone eu-west-1a

aws.sqs.Queue  queue  fifo true

3 resources (aws 3) in 2 components, 1 of them protected.

Outputs
  url  http://x

1 warning
  key: text
      pulumi config set --path 'a:b' VALUE
`,
    );
  });

  it("colours without moving a character", () => {
    const coloured = report(plan, { width: 100, colour: true });
    assert.ok(coloured.includes("\x1b[33mprotected\x1b[0m"));
    assert.equal(stripVTControlCharacters(coloured), report(plan, { width: 100, colour: false }));
  });

  it("is coloured on a terminal alone, unless its user objects", () => {
    assert.ok(wantsColour({ isTTY: true }, {}));
    assert.ok(!wantsColour({}, {}));
    assert.ok(!wantsColour({ isTTY: true }, { NO_COLOR: "1" }));
    assert.ok(!wantsColour({ isTTY: true }, { TERM: "dumb" }));
    assert.equal(render([[{ text: "a", style: "heading" }]], true), "\x1b[1ma\x1b[0m\n");
  });

  it("fits any width, whatever the names and values are", () => {
    const long = "x".repeat(130);
    const wide = planOf(
      {
        stack: "test",
        warnings: [`${long} ${long}\n    pulumi config set ${"v ".repeat(60)} 'a b' c`],
      },
      {
        ...runOf(
          recorded("aws:ec2/vpc:Vpc", long, { inputs: { cidrBlock: long } }),
          recorded("aws:ec2/vpc:Vpc", "y".repeat(70), { inputs: { cidrBlock: `${long}/${long}` } }),
        ),
        outputs: { [`output`]: long },
      },
    );
    for (const width of [60, 100]) {
      assert.deepEqual(tooWide(report(wide, { width, colour: false }), width), []);
    }
    // The check can fail.
    assert.equal(tooWide(report(wide, { width: 140, colour: false }), 100).length > 0, true);
    assert.deepEqual(tooWide("├".repeat(100), 100), []);
  });
});

describe("preview: what rules found", () => {
  it("has one remedy below all findings that it is for", () => {
    const finding = (name: string, remedy: string): PolicyFinding => ({
      rule: "protection-removed",
      severity: "warning",
      resource: { urn: name, type: "aws:kms/key:Key", name },
      message: "holds state.",
      remedy,
    });
    const lines = findingLines([
      finding("a", "npm run one"),
      finding("b", "npm run one"),
      finding("c", "npm run other"),
    ]);
    assert.deepEqual(lines, [
      ["protection-removed (warning): Key a: holds state."],
      ["protection-removed (warning): Key b: holds state.", "    npm run one"],
      ["protection-removed (warning): Key c: holds state.", "    npm run other"],
    ]);
  });
});

describe("preview: words", () => {
  it("shortens types", () => {
    assert.equal(shortType("aws:eks/addon:Addon"), "aws.eks.Addon");
    assert.equal(shortType("random:index/randomPassword:RandomPassword"), "random.RandomPassword");
    assert.equal(shortType("docker-build:index:Image"), "docker-build.Image");
    assert.equal(shortType("kubernetes:networking.k8s.io/v1:Ingress"), "Ingress");
    assert.equal(shortType("kubernetes:helm.sh/v3:Release"), "helm.Release");
    assert.equal(shortType("pulumi:providers:kubernetes"), "kubernetes provider");
    assert.equal(shortType("pulumi:index:Stash"), "Stash");
    assert.equal(componentType("next-on-eks:aws:Network"), "Network");
    assert.equal(providerOf("pulumi:providers:kubernetes"), "kubernetes");
    assert.equal(providerOf("pulumi:index:Stash"), "pulumi");
  });

  it("shows the first plain inputs of a type that nobody chose facts for", () => {
    const type = "aws:new/thing:Thing";
    assert.ok(!hasFacts(type));
    const inputs = { list: [1], a: "one", b: 2, c: false, d: "four" };
    assert.deepEqual(factsOf({ type, inputs }), ["a one", "b 2", "c false"]);
    assert.deepEqual(factsOf({ type, inputs, read: true }), ["read, not made"]);
  });

  it("wraps at spaces, and cuts what is wider than a line", () => {
    assert.deepEqual(wrap("aa bb cc", 5), ["aa bb", "cc"]);
    assert.deepEqual(wrap("registry.example.com/shop@sha256:0123", 28), [
      "registry.example.com/shop@",
      "sha256:0123",
    ]);
    assert.deepEqual(wrapPhrases(["one two", "three four"], 12), ["one two,", "three four"]);
  });

  it("keeps a command fit to be pasted", () => {
    const command = "pulumi config set --path 'a:b' --json '[\"1 2\"]'";
    assert.deepEqual(wrapCommand(command, 100), [command]);
    assert.deepEqual(wrapCommand(command, 32), [
      "pulumi config set --path 'a:b' \\",
      "  --json '[\"1 2\"]'",
    ]);
    // A word that were cut would be two words for the shell.
    const image = `registry.example.com/shop@sha256:${"9".repeat(64)}`;
    assert.deepEqual(wrapCommand(`npm run release -- --image ${image}`, 60), [
      "npm run release -- --image \\",
      `  ${image}`,
    ]);
  });
});
