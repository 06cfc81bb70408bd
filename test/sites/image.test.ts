import assert from "node:assert/strict";
import type { RunOptions } from "../../sites/commands";
import { imageOf, type Build } from "../../sites/image";
import { FakeCommands } from "./fakeCommands";

const DIGEST = `sha256:${"a".repeat(64)}`;

describe("the image of a review site", () => {
  let fake: FakeCommands;
  let given: RunOptions[];
  beforeEach(() => {
    fake = new FakeCommands();
    given = [];
  });
  afterEach(() => fake.clean());

  const image = (build: Build, secrets: Record<string, string> = {}, repository = "r.test/shop") =>
    imageOf(build, {
      repository,
      secrets,
      run: (name, args, options) => {
        if (options?.env) given.push(options);
        return fake.run(name, args, options);
      },
    });

  it("is built as the other stack builds it, for the nodes that it has", async () => {
    const build = {
      context: "example",
      dockerfile: "example/Dockerfile",
      contexts: { runtime: "runtime" },
      args: { PACKAGE_MANAGER: "npm" },
    };
    assert.equal(await image(build), `r.test/shop@${DIGEST}`);
    const [status, commit, look, made = ""] = fake.asked;
    assert.deepEqual(
      [status, commit],
      ["git status --porcelain --untracked-files=no", "git rev-parse HEAD"],
    );
    assert.match(look ?? "", /^docker buildx imagetools inspect r\.test\/shop:(c0ffee){6}c0ff /);
    assert.equal(
      made,
      `docker buildx build --push --tag r.test/shop:${"c0ffee".repeat(7).slice(0, 40)} --platform linux/amd64 --provenance=false --file example/Dockerfile --build-context runtime=runtime --build-arg PACKAGE_MANAGER=npm example`,
    );
    assert.deepEqual(given, []);
  });

  it("gets secrets by name, never as an argument, and a key for server actions of its own", async () => {
    const secrets = { server_actions_key: { secure: "dev's" }, npmrc: { secure: "dev's" } };
    await image({ context: ".", secrets }, { npmrc: "NPMRC" });
    assert.match(
      fake.asked.at(-2) ?? "",
      /--secret id=npmrc,env=NPMRC --secret id=server_actions_key,env=(\w+) \.$/,
    );
    const [key = ""] = Object.values(given[0]?.env ?? {});
    assert.equal(Buffer.from(key, "base64").length, 32);
    assert.ok(!fake.asked.some((command) => command.includes(key)));
  });

  for (const [what, build, secrets, message] of [
    [
      "a secret whose value nobody gives",
      { context: ".", secrets: { npmrc: "" } },
      {},
      /^app\.build\.secrets has npmrc, .*\n {2}--build-secret npmrc=VARIABLE$/,
    ],
    [
      "a secret that there is not",
      { context: "." },
      { x: "X" },
      /has no such id\. It has: none\.$/,
    ],
  ] as const) {
    it(`refuses ${what}, and runs nothing`, async () => {
      await assert.rejects(image(build, secrets), { message });
      assert.deepEqual(fake.asked, []);
    });
  }

  it("refuses what is no repository", async () => {
    for (const repository of ["shop", "r.test/shop:v1", "r.test/Shop", "-x/y z"])
      await assert.rejects(
        image({ context: "." }, {}, repository),
        /^UsageError|--build '.*' is refused/,
      );
  });

  it("is not named after a commit whose files are changed", async () => {
    fake.changes = " M example/app/page.tsx\n";
    await assert.rejects(
      image({ context: "." }),
      /not committed:\n M example\/app\/page\.tsx\n {2}git commit/,
    );
    assert.equal(fake.images.size, 0);
  });

  it("is none where Docker fails, or names no digest", async () => {
    fake.instead = (command) =>
      command.includes(" build ") ? { code: 1, stdout: "", text: "no space" } : undefined;
    await assert.rejects(image({ context: "." }), /docker buildx build failed with exit code 1/);
    fake.instead = (command) =>
      command.includes("imagetools") ? { code: 0, stdout: "<no value>", text: "" } : undefined;
    await assert.rejects(
      image({ context: "." }),
      /shop:\w+ is built, but the registry names no dig/,
    );
  });
});
