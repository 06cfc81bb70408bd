import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Scratch } from "../../pod/volume";
import { FakeGithub, READ_ONLY } from "./fakeGithub";
import { runScript } from "./load";

describe("node scripts/github/slot.mjs", () => {
  let github: FakeGithub;
  const scratch = new Scratch();
  beforeEach(async () => {
    github = new FakeGithub();
    await github.start();
  });
  afterEach(() => github.stop());
  after(() => scratch.clean());

  /** The real command, which waits as it does at GitHub: one run of it. */
  const run = (args: string[], env: NodeJS.ProcessEnv = {}) =>
    runScript("slot.mjs", args, {
      env: { GITHUB_API_URL: github.url, PULL_REQUEST: "7", ...env },
    });
  const file = (text: string) => {
    const path = join(scratch.folder(), "slot.md");
    writeFileSync(path, text);
    return path;
  };

  it("puts the text into the job's summary where the token may not write", async () => {
    github.before = ({ method }) => (method === "POST" ? READ_ONLY : undefined);
    const summary = file("");
    const { code, told } = await run(["site", file("answers at A")], {
      GITHUB_STEP_SUMMARY: summary,
    });
    assert.equal(code, 0, told);
    assert.equal(readFileSync(summary, "utf8"), "answers at A\n");
    assert.match(told, /^::notice::In the job's summary .*fork.*Resource not accessible/);
  });

  it("makes no comment in a closed pull request, and has nothing to remove where there is none", async () => {
    github.pull.state = "closed";
    assert.match((await run(["site", file("A")])).told, /slot site of pull request 7: closed/);
    assert.match((await run(["site", "-"])).told, /slot site of pull request 7: nothing/);
    assert.deepEqual(github.comments, []);
  });

  it("says what is wrong", async () => {
    const text = file("A");
    for (const [args, env, message] of [
      [["site"], {}, /^::error::usage: node/],
      [["Site", text], {}, /slot 'Site' is refused: expected lower-case/],
      [["site", file("x".repeat(2_001))], {}, /slot 'site': 2001 bytes are more than 2000/],
      [["site", text], { PULL_REQUEST: "7; rm" }, /PULL_REQUEST: '7; rm' is refused/],
      [["site", text], { GITHUB_TOKEN: "" }, /GITHUB_TOKEN is not set/],
      [["site", text], { GITHUB_REPOSITORY: "shop" }, /GITHUB_REPOSITORY: 'shop' is refused/],
    ] as const) {
      const { code, told } = await run([...args], env);
      assert.equal(code, 1);
      assert.match(told, message);
    }
    assert.deepEqual(github.comments, []);
  });
});
