import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../helpers/configs";
import type { Label } from "../../../review/gate";
import { BOT, FakeGithub, READ_ONLY } from "./fakeGithub";
import { load, type Api, type Labels } from "./load";

describe("labels of a pull request", () => {
  let github: FakeGithub;
  let api: Api;
  let labels: Labels;
  before(async () => {
    api = await load<Api>("api.mjs");
    labels = await load<Labels>("labels.mjs");
  });
  beforeEach(async () => {
    github = new FakeGithub();
    await github.start();
  });
  afterEach(() => github.stop());

  const place = () => ({
    client: api.client({ token: "t", url: github.url, sleep: () => Promise.resolve() }),
    repository: "acme/shop",
    pull: 7,
    author: BOT,
  });
  const set = (label: string) => labels.setLabel(place(), label);

  it("are those of the comparison, and of the docs", () => {
    const known: Record<Label, true> = {
      "no-changes": true,
      changes: true,
      "destroys-state": true,
    };
    assert.deepEqual(Object.keys(labels.LABELS), Object.keys(known));
    const docs = readFileSync(join(ROOT, "docs/pull-requests.md"), "utf8");
    for (const [name, { description }] of Object.entries(labels.LABELS)) {
      assert.ok(
        docs.split("\n").some((line) => line.includes(`\`${name}\``) && line.includes(description)),
        `docs/pull-requests.md has no row for ${name}: ${description}`,
      );
    }
  });

  it("are made where the repository has none, with colour and description", async () => {
    await set("changes");
    assert.deepEqual(github.labels, ["changes"]);
    assert.deepEqual(github.repositoryLabels, [{ name: "changes", ...labels.LABELS.changes }]);
  });

  it("take each other's place, and leave those of others alone", async () => {
    github.labels = ["bug", "changes"];
    await set("destroys-state");
    assert.deepEqual(github.labels, ["bug", "destroys-state"]);
    await set("destroys-state");
    assert.equal(github.asked.filter((it) => !it.startsWith("GET")).length, 3);
  });

  it("that are there keep the colour that somebody gave them", async () => {
    github.repositoryLabels = [{ name: "changes", color: "ffffff", description: "mine" }];
    await set("changes");
    assert.equal(github.repositoryLabels[0]?.color, "ffffff");
  });

  it("are the same in another case, in which the repository keeps them: there is one all the same", async () => {
    github.repositoryLabels = ["Changes", "No-Changes"].map((name) => ({
      ...{ name, color: "ffffff", description: "mine" },
    }));
    for (const [label, expected] of [
      ["no-changes", "No-Changes"],
      ["changes", "Changes"],
      ["changes", "Changes"],
      ["destroys-state", "destroys-state"],
    ] as const) {
      await set(label);
      assert.deepEqual(github.labels, [expected]);
    }
    assert.equal(github.repositoryLabels.length, 3);
  });

  it("are made by one of two runs, and set by both", async () => {
    github.before = ({ method, path }) => {
      if (method === "POST" && path === "/repos/acme/shop/labels") {
        github.repositoryLabels = [{ name: "changes", color: "1d76db", description: "" }];
      }
      return undefined;
    };
    await set("changes");
    assert.deepEqual(github.labels, ["changes"]);
  });

  it("that somebody takes away meanwhile are no error", async () => {
    github.labels = ["changes"];
    github.before = ({ method }) => {
      if (method === "DELETE") github.labels = ["no-changes"];
      return undefined;
    };
    await set("no-changes");
    assert.deepEqual(github.labels, ["no-changes"]);
  });

  it("that the token may not make say the command, and other refusals are errors as they are", async () => {
    github.grants = { "pull-requests": "write" };
    await assert.rejects(set("changes"), (error: InstanceType<Api["ApiError"]>) => {
      assert.match(
        error.message,
        /no label 'changes', and the token may not make it \(issues: write\); once: gh label create changes --repo acme\/shop --color 1d76db --description 'Stacks change; no state is lost'/,
      );
      return error.refused;
    });
    github.before = () => READ_ONLY;
    await assert.rejects(set("changes"), /^ApiError: GET .*403/);
    github.before = () => ({ status: 404, body: { message: "Not Found" } });
    await assert.rejects(set("changes"), /404/);
    await assert.rejects(
      set("Changes"),
      /label 'Changes' is refused: expected no-changes, changes/,
    );
  });
});
