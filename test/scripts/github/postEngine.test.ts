import assert from "node:assert/strict";
import { Job, NO_WAITING } from "./job";
import { load, type BodyModule, type PostEngine, type PulumiCli } from "./load";

const SAID = `Previewing update (dev):
  pulumi:pulumi:Stack: (same)
    +-aws:elasticache/replicationGroup:ReplicationGroup: (replace)
Resources:
    + 1 to create
    +-3 to replace
    4 changes. 81 unchanged
`;

describe("node scripts/github/postEngine.mjs", () => {
  const job = new Job();
  let text: BodyModule;
  let script: PostEngine;
  let cli: PulumiCli;
  before(async () => {
    text = await load<BodyModule>("body.mjs");
    script = await load<PostEngine>("postEngine.mjs");
    cli = await load<PulumiCli>("pulumiCli.mjs");
  });
  beforeEach(() => job.start());
  afterEach(() => job.stop());
  after(() => job.clean());

  const result = (
    stack: string,
    more: Partial<{ code: number; said: string; errors: string }> = {},
  ) => ({
    ...{ stack, code: 0, said: SAID, errors: "" },
    ...more,
  });
  const previewed = (...results: ReturnType<typeof result>[]) =>
    job.folder(Object.fromEntries(results.map((it) => [`${it.stack}.json`, JSON.stringify(it)])));
  const post = (folder: string, env = job.env()) =>
    job.run(() => script.postEngine(folder, env, NO_WAITING));
  /** The comment, as the comparison of a run has left it. */
  const comment = (run = 1, more: { main?: string; slots?: Map<string, string> } = {}) =>
    job.github.comment(
      text.print({
        ...{ main: "### worst\n\n- detail", slots: new Map<string, string>(), foot: "f" },
        ...more,
        stamp: { run: 9_000 + run, attempt: 1, commit: "c0ffee1" },
      }),
    );
  const now = () => text.parse(job.github.comments[0]?.body ?? "");

  it("puts each stack beside the comparison, its counts outside of the fold", async () => {
    comment();
    await post(
      previewed(result("dev"), result("prod", { said: "Resources:\n    85 unchanged\n" })),
    );
    const { main, slots } = now();
    assert.equal(main, "### worst\n\n- detail");
    assert.equal(
      slots.get("engine-dev"),
      `**\`pulumi preview\` of dev**: 1 to create, 3 to replace, 4 changes. 81 unchanged · [the whole](https://github.com/acme/shop/actions/runs/9001)

<details><summary>what Pulumi says</summary>

\`\`\`text
${SAID.trim()}
\`\`\`

</details>`,
    );
    assert.match(
      slots.get("engine-prod") ?? "",
      /^\*\*`pulumi preview` of prod\*\*: 85 unchanged · /,
    );
  });

  it("keeps the counts and the end of what is too long for a comment", async () => {
    comment();
    const lines = Array.from({ length: 5_000 }, (_, i) => `    ~ resource ${i}`).join("\n");
    await post(previewed(result("dev", { said: `begin\n${lines}\n${SAID}` })));
    const slot = now().slots.get("engine-dev") ?? "";
    assert.ok(text.bytes(slot) <= 4_000, `${text.bytes(slot)} bytes`);
    assert.match(slot, /of dev\*\*: 1 to create, 3 to replace/);
    assert.match(
      slot,
      /\nbegin\n[^]*\n… \d+ lines are left out …\n[^]*4 changes\. 81 unchanged\n```/,
    );
  });

  it("says that a preview failed, with the error", async () => {
    comment();
    await post(
      previewed(result("dev", { code: 255, said: "Diagnostics:\n", errors: "error: no `x`" })),
    );
    const slot = now().slots.get("engine-dev") ?? "";
    assert.match(
      slot,
      /of dev\*\*: FAILED with exit code 255 · [^]*Diagnostics:\n\nerror: no `x`\n```/,
    );
  });

  it("fits into a comment that is full, with the counts alone if need be", async () => {
    const slots = new Map([["site", "s".repeat(text.SLOT_LIMIT)]]);
    comment(1, { main: `### worst\n\n${"x".repeat(text.BODY_LIMIT - 20)}`, slots });
    const stacks = Array.from({ length: 30 }, (_, i) => result(`s${i}`, { said: SAID.repeat(50) }));
    await post(previewed(...stacks));
    const { slots: all } = now();
    assert.equal(all.size, 31);
    for (const [name, slot] of all) {
      if (name !== "site") assert.match(slot, /1 to create, 3 to replace/);
    }
  });

  it("cannot be broken out of by what Pulumi says", async () => {
    comment();
    const said =
      "```\n</details>\n<!-- next-on-eks: slot site -->\nevil\n<!-- next-on-eks: end of slot site -->\n";
    await post(previewed(result("dev", { said })));
    assert.deepEqual([...now().slots.keys()], ["engine-dev"]);
    assert.match(now().slots.get("engine-dev") ?? "", /\n````text\n```\n<\/details>/);
  });

  it("has a slot for each stack, whatever letters those have", async () => {
    comment();
    const stacks = ["a-b", "a.b", "a_b", "A-b", "a--b", "-a-b", "a-b-"];
    await post(previewed(...stacks.map((stack) => result(stack))));
    const { slots } = now();
    assert.deepEqual(
      [...slots.keys()].filter((name) => name.startsWith("engine-")),
      ["engine-a-b"],
    );
    assert.equal(slots.size, stacks.length);
    for (const stack of stacks)
      assert.ok(
        [...slots.values()].some((slot) => slot.startsWith(`**\`pulumi preview\` of ${stack}**`)),
        stack,
      );
  });

  it("does not stand beside the comparison of another run, or a comment that somebody deleted", async () => {
    const before = comment(2).body;
    await post(previewed(result("dev")));
    assert.equal(job.github.comments[0]?.body, before);
    job.github.comments = [];
    await post(previewed(result("dev")));
    assert.deepEqual(job.github.comments, []);
    job.github.pull.state = "closed";
    await post(previewed(result("dev")));
    assert.equal(job.summary.match(/of dev\*\*: 1 to create/g)?.length, 3);
    assert.match(job.told, /its comment is not of this run[^]*the pull request is closed/);
  });

  it("stands beside the comparison of the same run, where only its own job is run again", async () => {
    comment(1);
    await post(previewed(result("dev")), { ...job.env(), GITHUB_RUN_ATTEMPT: "2" });
    assert.ok(now().slots.has("engine-dev"));
  });

  it("lets a later run take the comment meanwhile", async () => {
    const mine = comment(1);
    const later = { main: "### later", stamp: { run: 9_002, attempt: 1, commit: "c0ffee2" } };
    job.github.after = ({ method }) => {
      if (method === "PATCH") mine.body = text.print({ ...later, slots: new Map(), foot: "" });
      return undefined;
    };
    await post(previewed(result("dev")));
    assert.equal(now().main, "### later");
    assert.equal(now().slots.size, 0);
  });

  it("goes to the summary where the token may not write, and has nothing to say of no stack", async () => {
    comment();
    job.github.grants = {};
    await post(previewed(result("dev")));
    assert.match(job.summary, /of dev\*\*: 1 to create/);
    await post("/nonexistent");
    assert.match(job.told, /No stack was previewed by Pulumi/);
  });

  describe("what Pulumi says", () => {
    it("has counts at its end, or none", () => {
      assert.equal(cli.summaryOf(SAID), "1 to create, 3 to replace, 4 changes. 81 unchanged");
      assert.equal(
        cli.summaryOf(
          "Resources:\n    ~ 2 to update\n    - 1 to delete\n    = 4 to import\n    3 changes. 80 unchanged\n\nmore",
        ),
        "2 to update, 1 to delete, 4 to import, 3 changes. 80 unchanged",
      );
      assert.equal(cli.summaryOf("Resources:\nnothing"), undefined);
      assert.equal(cli.summaryOf("error: no stack"), undefined);
    });

    it("is shortened in its middle, by whole lines", () => {
      assert.equal(cli.shortened("a\nb\n", 200), "a\nb");
      const lines = Array.from({ length: 100 }, (_, i) => `line ${i}`);
      const short = cli.shortened(lines.join("\n"), 300);
      assert.ok(Buffer.byteLength(short) <= 300);
      assert.match(short, /^line 0\n[^]*\n… \d+ lines are left out …\n[^]*\nline 99$/);
      assert.match(cli.shortened("é".repeat(500), 200), /^… 1 lines are left out …$/);
    });

    it("stands in a job's summary with its end, however long it is", () => {
      const long = {
        stack: "dev",
        code: 0,
        said: `${"~ x\n".repeat(400_000)}${SAID}`,
        errors: "e",
      };
      const summary = cli.forSummary("dev", long);
      assert.ok(Buffer.byteLength(summary) < 1024 * 1024);
      assert.match(
        summary,
        /^### dev\n\n```text\n~ x[^]*left out[^]*4 changes\. 81 unchanged\n```$/,
      );
      assert.match(cli.forSummary("dev", { ...long, said: "s", code: 1 }), /\ns\ne\n```$/);
    });

    it("is read from no file that is none; one that cannot be read hides no other", () => {
      const good = result("dev");
      const files = { "notes.txt": "x", "prod.json": "{", "dev.json": JSON.stringify(good) };
      const [dev, prod] = cli.kept(job.folder(files));
      assert.deepEqual(dev, good);
      assert.deepEqual([prod?.stack, prod?.code], ["prod", 255]);
      assert.match(prod?.errors ?? "", /^prod\.json cannot be read: /);
    });
  });
});
