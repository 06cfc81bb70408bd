import assert from "node:assert/strict";
import { rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { COMMENT_LIMIT } from "../../../review/print/markdown";
import { Job, NO_WAITING } from "./job";
import { load, type BodyModule, type PostPreview } from "./load";

describe("node scripts/github/postPreview.mjs", () => {
  const job = new Job();
  let text: BodyModule;
  let script: PostPreview;
  before(async () => {
    text = await load<BodyModule>("body.mjs");
    script = await load<PostPreview>("postPreview.mjs");
  });
  beforeEach(() => job.start());
  afterEach(() => job.stop());
  after(() => job.clean());

  const compared = (headline: string, label = "changes") =>
    job.folder({
      "preview.md": `${text.MARKER}\n### ${headline}\n\n- detail\n`,
      "preview.json": JSON.stringify({ label, stacks: [] }),
    });
  const post = (folder: string, env = job.env()) =>
    job.run(() => script.postPreview(folder, env, NO_WAITING));
  const only = () => {
    assert.equal(job.github.comments.length, 1);
    return job.github.comments[0]?.body ?? "";
  };

  it("has room for what others put into the comment", () => {
    assert.equal(text.BODY_LIMIT, COMMENT_LIMIT);
    assert.ok(text.LIMIT - text.BODY_LIMIT > text.SLOT_LIMIT + 3 * 4_000);
  });

  it("posts the comparison with the run and the files, and sets the label", async () => {
    await post(compared("dev: 1 updated"), {
      ...job.env(12),
      ARTIFACT_URL: "https://github.com/acme/shop/actions/runs/9012/artifacts/5",
    });
    assert.equal(
      only(),
      `${text.MARKER}
### dev: 1 updated

- detail

<!-- next-on-eks: made by {"run":9012,"attempt":1,"commit":"c0ffee1","label":"changes"} -->
<sub>For c0ffee1 · [all files](https://github.com/acme/shop/actions/runs/9012/artifacts/5) · [run](https://github.com/acme/shop/actions/runs/9012)</sub>`,
    );
    assert.deepEqual(job.github.labels, ["changes"]);
    assert.equal(job.told, "");
  });

  it("edits it for the next commit: of an engine's preview nothing is left, the site stays", async () => {
    const slots = new Map([
      ["site", "answers at A"],
      ["engine-dev", "3 to create"],
    ]);
    const stamp = { run: 1, attempt: 1, commit: "c0ffee1" };
    job.github.comment(text.print({ main: "### old", slots, stamp, foot: "" }));
    job.github.labels = ["destroys-state"];
    await post(compared("no change in dev, prod", "no-changes"), job.env(2));
    const { main, slots: left } = text.parse(only());
    assert.equal(main, "### no change in dev, prod\n\n- detail");
    assert.deepEqual([...left], [["site", "answers at A"]]);
    assert.deepEqual(job.github.labels, ["no-changes"]);
  });

  it("writes no comment and no label in a fork: the job's summary has it", async () => {
    job.github.grants = {};
    await post(compared("dev: 1 updated"));
    assert.deepEqual([job.github.comments, job.github.labels], [[], []]);
    assert.match(job.summary, /### dev: 1 updated/);
    assert.match(job.told, /^::notice::In the job's summary .*as in a pull request from a fork/);
  });

  it("says that a comparison failed, and why, and does not call that harmless", async () => {
    job.github.labels = ["no-changes"];
    await post(job.folder({ "failure.txt": "npm error ``` <details>" }));
    assert.match(
      only(),
      /### Not compared: the comparison failed\n[^]*Nobody knows what this changes[^]*\n````text\nnpm error ``` <details>\n````\n/,
    );
    assert.deepEqual(job.github.labels, ["changes"]);
  });

  it("takes no label from a comparison whose text is not there", async () => {
    job.github.labels = ["no-changes"];
    await post(job.folder({ "preview.json": '{"label":"no-changes"}' }));
    assert.match(only(), /### Not compared/);
    assert.deepEqual(job.github.labels, ["changes"]);
  });

  it("says so too where the job before left nothing at all", async () => {
    await post("/nonexistent");
    assert.match(only(), /### Not compared: the comparison failed/);
  });

  it("posts no file that a link leads to: what the job before left is the pull request's", async () => {
    const folder = compared("dev: 1 updated");
    rmSync(join(folder, "preview.md"));
    symlinkSync("/proc/self/environ", join(folder, "preview.md"));
    symlinkSync("/proc/self/environ", join(folder, "failure.txt"));
    await post(folder);
    assert.match(only(), /### Not compared/);
    assert.doesNotMatch(only(), /PATH=/);
  });

  it("keeps the headline of a text that is too long", async () => {
    const long = `### prod: Redis is REPLACED\n\n${"é".repeat(text.BODY_LIMIT)}`;
    await post(job.folder({ "preview.md": long, "preview.json": '{"label":"destroys-state"}' }));
    assert.match(
      only(),
      /### prod: Redis is REPLACED\n\n_?\n?_Too long for a comment: \[the run\]/,
    );
  });

  it("posts nothing into a closed pull request, and nothing of a commit that is not the newest", async () => {
    job.github.pull.state = "closed";
    await post(compared("late"));
    job.github.pull.state = "open";
    await post(compared("later"), job.env(1, "abcdef0"));
    assert.deepEqual([job.github.comments, job.github.labels], [[], []]);
    assert.match(job.summary, /### late[^]*### later/);
    assert.match(job.told, /the pull request is closed[^]*it has a newer commit or run/);
  });

  it("leaves the label to a later run that writes meanwhile", async () => {
    const later = { run: 9_002, attempt: 1, commit: "c0ffee1", label: "destroys-state" };
    let done = false;
    job.github.after = ({ method, path }) => {
      const [comment] = job.github.comments;
      if (!done && comment && method === "POST" && path.endsWith("/7/labels")) {
        done = true;
        comment.body = text.print({ main: "### n", slots: new Map(), stamp: later, foot: "" });
        job.github.labels = ["changes", "destroys-state"];
      }
      return undefined;
    };
    await post(compared("dev: 1 updated"));
    assert.deepEqual(job.github.labels, ["destroys-state"]);
  });

  it("does not fail for a label that cannot be made", async () => {
    job.github.grants = { "pull-requests": "write" };
    await post(compared("dev: 1 updated"));
    only();
    assert.match(job.told, /^::warning::The label changes is not set: .*gh label create changes/);
  });

  it("does not fail where GitHub fails once the comment is written: the label is not set", async () => {
    let written = false;
    job.github.after = ({ method, path }) => {
      written ||= method === "GET" && path.endsWith("/comments") && job.github.comments.length > 0;
      return undefined;
    };
    job.github.before = () => (written ? { status: 502 } : undefined);
    await post(compared("dev: 1 updated"));
    assert.match(only(), /### dev: 1 updated/);
    assert.match(job.told, /^::warning::The label of the comment is not set: .*502/);
  });

  it("calls a limit of GitHub's no missing right", async () => {
    const limited = { status: 403, body: { message: "You have exceeded a secondary rate limit." } };
    job.github.before = ({ method }) => (method === "POST" ? limited : undefined);
    await post(compared("dev: 1 updated"));
    assert.match(job.summary, /### dev: 1 updated/);
    assert.match(job.told, /GitHub did not take it\. POST .* \(a limit of GitHub for \d+ s\)/);
    assert.doesNotMatch(job.told, /fork/);
  });

  for (const [what, json] of [
    ["that is cut off", '{"label":"no-ch'],
    ["with a label that is not ours", '{"label":"sudo"}'],
    ["with a label of every object", '{"label":"constructor"}'],
    ["without a label", "null"],
  ] as const) {
    it(`replaces the older comment where there is a preview.json ${what}, and does not call that harmless`, async () => {
      await post(compared("no change in dev", "no-changes"));
      const folder = job.folder({ "preview.md": "### dev: 1 updated\n", "preview.json": json });
      await post(folder, job.env(2));
      assert.match(only(), /^### dev: 1 updated\n\n_`preview\.json` .* names no label, or one /m);
      assert.deepEqual(job.github.labels, ["changes"]);
    });
  }

  it("gives up with GitHub's answer, and the text in the summary, where GitHub fails", async () => {
    job.github.before = ({ method }) => (method === "GET" ? undefined : { status: 503 });
    await assert.rejects(post(compared("dev: 1 updated")), /after 6 tries its comment still/);
    job.github.before = () => ({ status: 404, body: { message: "Not Found" } });
    await assert.rejects(post(compared("dev: 2 updated")), /404 Not Found/);
    assert.match(job.summary, /### dev: 1 updated[^]*### dev: 2 updated/);
    job.github.before = () => ({ status: 500 });
    await post(compared("unreachable"));
    assert.match(job.summary, /### unreachable/);
    assert.match(job.told, /GitHub did not take it/);
  });
});
