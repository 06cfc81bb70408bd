import * as assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BOT, FakeGithub } from "../scripts/github/fakeGithub";
import { load, type BodyModule } from "../scripts/github/load";
import { Expressions } from "./expressions";
import { FakePulumi, Repository, type Pushed } from "./repository";
import { DEPENDABOT, Runner, type RunEnded } from "./runner";
import { readWorkflow } from "./workflow";

const ENVIRONMENTS = {
  preview: {
    vars: { AWS_PREVIEW_ROLE: "arn:aws:iam::111122223333:role/preview" },
    secrets: { PULUMI_CONFIG_PASSPHRASE: "p" },
  },
};
const LONG = Array.from({ length: 3_000 }, (_, i) => `    ~ resource ${i}`).join("\n");
const ENGINE = `Previewing update (dev):\n${LONG}\nResources:\n    ~ 2 to update\n    83 unchanged\n`;

/** preview.yml, from a push to the comment as GitHub gets it: one story, whose steps build on each other. */
describe("a pull request, by the steps of preview.yml", function () {
  this.timeout(300_000);
  const github = new FakeGithub();
  const pulumi = new FakePulumi();
  let runner: Runner;
  let repository: Repository;
  let body: BodyModule;
  let number = 0;

  before(async () => {
    await github.start();
    runner = new Runner(await Expressions.load(), github);
    repository = new Repository();
    body = await load<BodyModule>("body.mjs");
    pulumi.says({ dev: { text: ENGINE } });
    github.comment("#### :tropical_drink: `preview` on next-on-eks/gone\n\n<details>");
    github.comment(`${body.MARKER}\n### mine`, "mallory");
  });
  after(() => {
    github.stop();
    runner.remove();
    repository.remove();
    pulumi.remove();
  });

  interface More {
    readonly workflow?: string;
    readonly fork?: boolean;
    readonly actor?: string;
    readonly environments?: typeof ENVIRONMENTS;
    readonly vars?: Readonly<Record<string, string>>;
    /** Of the event, such as what is edited. */
    readonly event?: object;
  }
  async function run(
    { head, merge, base }: Pushed,
    { event = { action: "synchronize" }, ...more }: More = {},
  ): Promise<RunEnded> {
    github.pull.head.sha = head;
    number += 1;
    const repo = { full_name: more.fork ? "mallory/shop" : "acme/shop" };
    return runner.run({
      ...{ workflow: "preview", number, repository: repository.folder, commit: merge },
      event: {
        ...event,
        pull_request: { number: 7, head: { sha: head, repo }, base: { sha: base } },
      },
      tools: pulumi.folder,
      ...more,
      vars: { PULUMI_BACKEND_URL: "s3://state", ...more.vars },
    });
  }
  const ours = () => github.comments.filter(({ user }) => user.login === BOT);
  const only = () => {
    const [comment, ...others] = ours();
    assert.deepEqual(others, []);
    return comment?.body ?? "";
  };

  it("gets one comment with the worst first, the label, and what Pulumi says with its counts", async () => {
    repository.edit("Pulumi.dev.yaml", "10.20.0.0/16", "10.30.0.0/16");
    repository.edit("Pulumi.local.yaml", "min: 2, max: 4", "min: 3, max: 4");
    const ended = await run(repository.push("another network"), { environments: ENVIRONMENTS });
    assert.deepEqual(ended.results, {
      test: "success",
      compare: "success",
      comment: "success",
      engine: "success",
      "engine-comment": "success",
    });
    const { main, slots, stamp, foot } = body.parse(only());
    assert.match(main, /^### dev: .*(REPLACED|DELETED)/);
    assert.match(main, /next-on-eks:network\.cidr/);
    assert.match(main, /^- no change: prod$/m);
    assert.match(
      slots.get("engine-dev") ?? "",
      /^\*\*`pulumi preview` of dev\*\*: 2 to update, 83 unchanged · [^]*\npreview --diff --suppress-progress --stack dev [^]*left out[^]*83 unchanged\n```/,
    );
    assert.equal(stamp?.label, "destroys-state");
    assert.match(foot, /\[all files\]\(https:\/\/github\.com\/.*\/preview\) · \[run\]/);
    assert.deepEqual(github.labels, ["destroys-state"]);
    assert.ok(github.comments.some(({ user }) => user.login === "mallory"));
    assert.match(ended.summaries.engine ?? "", /resource 1500\n/);
    assert.equal(github.repositoryLabels[0]?.name, "destroys-state");
  });

  it("has the same comment after the next push, and Pulumi's preview of the commit before is gone", async () => {
    const [before] = ours();
    repository.edit("Pulumi.dev.yaml", "10.30.0.0/16", "10.20.0.0/16");
    const ended = await run(repository.push("the network stays"));
    assert.deepEqual(
      [ended.results.engine, ended.results["engine-comment"]],
      ["success", "success"],
    );
    assert.match(
      ended.told.engine ?? "",
      /::notice title=dev is not previewed by Pulumi::The environment 'preview' has no AWS_PREVIEW_ROLE/,
    );
    const { main, slots } = body.parse(only());
    assert.equal(ours()[0]?.id, before?.id);
    assert.match(main, /^### local: /);
    assert.match(main, /^- no change: dev, prod$/m);
    assert.equal(slots.size, 0);
    assert.deepEqual(github.labels, ["changes"]);
  });

  it("keeps nothing of a stack that is removed, but that it is", async () => {
    rmSync(repository.file("dev"));
    const vars = { PREVIEW_STACKS: '["prod"]', PREVIEW_FAIL_ON: "changes" };
    pulumi.says({ prod: { text: "", errors: "error: no stack named 'prod' found\n", code: 6 } });
    const ended = await run(repository.push("no dev"), { environments: ENVIRONMENTS, vars });
    const { main, slots } = body.parse(only());
    assert.match(main, /dev: its file is removed; what runs stays until `?pulumi destroy/);
    assert.doesNotMatch(main, /network/);
    assert.deepEqual([...slots.keys()], ["engine-prod"]);
    assert.match(
      slots.get("engine-prod") ?? "",
      /FAILED with exit code 6 [^]*no stack named 'prod'/,
    );
    assert.equal(ended.results.engine, "failure");
    // What the check fails for is in the comment all the same.
    assert.equal(ended.results.compare, "failure");
    assert.match(
      ended.told.compare ?? "",
      /::error::dev: its file is removed.* \(fails because .* PREVIEW_FAIL_ON \(Settings, .*\) is changes\)/,
    );
  });

  it("says that a stack can no longer be planned, and fails", async () => {
    repository.edit("Pulumi.prod.yaml", "min: 3", "min: 300");
    const ended = await run(repository.push("too many"));
    assert.equal(ended.results.compare, "failure");
    assert.equal(ended.results.comment, "success");
    assert.match(only(), /### prod: cannot be planned with this change/);
    repository.edit("Pulumi.prod.yaml", "min: 300", "min: 3");
  });

  it("gets no comment from a fork, whose run has no secret, no variable and no token that writes", async () => {
    const before = JSON.stringify([github.comments, github.labels]);
    const pushed = repository.push("by a stranger");
    const vars = { PREVIEW_FAIL_ON: "changes" }; // which a fork's run does not have
    const ended = await run(pushed, { fork: true, environments: ENVIRONMENTS, vars });
    assert.equal(JSON.stringify([github.comments, github.labels]), before);
    assert.deepEqual(ended.results, {
      test: "success",
      compare: "success",
      comment: "success",
      engine: "skipped",
      "engine-comment": "skipped",
    });
    assert.match(ended.summaries.comment ?? "", /### dev: its file is removed[^]*local: 1 updated/);
    assert.match(ended.told.comment ?? "", /::notice::.*as in a pull request from a fork/);
  });

  it("gets its comment from Dependabot, whose run has no secret, and no preview that fails for that", async () => {
    writeFileSync(join(repository.folder, "NEWS.md"), "newer packages\n");
    const pushed = repository.push("newer packages");
    const ended = await run(pushed, { actor: DEPENDABOT, environments: ENVIRONMENTS });
    assert.deepEqual([ended.results.comment, ended.results.engine], ["success", "success"]);
    assert.match(only(), new RegExp(pushed.head.slice(0, 9)));
    assert.match(
      ended.told.engine ?? "",
      /::notice title=dev is not previewed by Pulumi::Dependabot's runs have secrets of their own/,
    );
    assert.doesNotMatch(ended.told.engine ?? "", /no credentials/);
  });

  it("says what is wrong where nothing could be compared", async () => {
    repository.edit("Pulumi.local.yaml", "min: 3, max: 4", "min: 3, max: 5");
    const ended = await run(repository.push("again"), { vars: { PREVIEW_FAIL_ON: "state" } });
    assert.deepEqual([ended.results.compare, ended.results.comment], ["failure", "success"]);
    assert.match(
      only(),
      /### Not compared[^]*PREVIEW_FAIL_ON \(Settings.*: 'state' is refused: expected changes/,
    );
  });

  it("compares with the new base branch where that is changed, and does nothing for a new title", async () => {
    repository.git("checkout", "--quiet", "-B", "next", "main");
    repository.git("checkout", "change", "--", "Pulumi.local.yaml");
    repository.commit("the same for local");
    repository.git("checkout", "--quiet", "change");
    const pushed = repository.merged("next");
    const before = only();
    const edited = (changes: object) =>
      run(pushed, { workflow: "preview-base", event: { action: "edited", changes } });
    const { results } = await edited({ title: { from: "old" } });
    assert.deepEqual(new Set(Object.values(results)), new Set(["skipped"]));
    assert.equal(only(), before);
    const ended = await edited({ base: { ref: { from: "main" } } });
    assert.deepEqual(ended.results, { "compare-again": "success", "comment-again": "success" });
    assert.match(only(), /### dev: its file is removed[^]*^- no change: local, prod$/m);
    // The next push has an id after that run's, whatever its own workflow counts.
    repository.edit("Pulumi.local.yaml", "min: 3, max: 5", "min: 3, max: 6");
    await run(repository.push("after the new base"));
    assert.match(only(), /^- no change: prod$/m);
  });

  it("ends no comparison with the new base branch for a new title", async () => {
    const { concurrency } = readWorkflow("preview-base");
    const expressions = await Expressions.load();
    const group = (changes: object) =>
      expressions.text(concurrency?.group ?? "", {
        github: { event: { changes }, ref: "refs/pull/7/merge" },
      });
    assert.equal(group({ base: {} }), "preview-base-refs/pull/7/merge");
    assert.equal(group({ title: {} }), "preview-base-refs/pull/7/merge-edited");
  });

  it("runs no script of the pull request with a token that writes", async () => {
    const script = "scripts/github/postPreview.mjs";
    repository.edit(
      script,
      "await script(",
      'console.log("pwned", process.env.GITHUB_TOKEN);\nawait script(',
    );
    const ended = await run(repository.push("a script"), { vars: { PREVIEW_FAIL_ON: "state" } });
    assert.equal(ended.results.comment, "success");
    assert.doesNotMatch(ended.told.comment ?? "", /pwned/);
    // The base branch from before there were scripts: nothing to run, and that is said.
    const base = repository.git("rev-list", "--max-parents=0", "main").trim();
    const first = await run(
      { ...repository.merged("main"), base },
      { vars: { PREVIEW_FAIL_ON: "state" } },
    );
    assert.equal(first.results.comment, "success");
    assert.match(
      first.told.comment ?? "",
      /^::notice title=No comment::The base branch has no scripts\/github\/postPreview\.mjs,/m,
    );
  });
});
