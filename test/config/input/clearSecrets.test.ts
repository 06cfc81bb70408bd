import * as assert from "node:assert/strict";
import { SECRET_PLACEHOLDER } from "../../../config/schema/secrets";
import { changed, existing, load, type Groups, type LoadOptions } from "../../helpers/configs";
import { failureOf } from "../../helpers/recording";
import { prod, told, withTls } from "../../helpers/refusals";

const URL = "redis://:hush@redis.test:6379";
const base = changed(existing, {
  ...withTls,
  redis: { url: URL, sessionUrl: URL },
  "app.secretEnv": { TOKEN: "hush", OTHER: "hush" },
});
const REMEDIES = {
  "app.secretEnv.TOKEN": "VALUE",
  "app.secretEnv.OTHER": "VALUE",
  "redis.url": "rediss://:PASSWORD@redis.internal:6379",
  "redis.sessionUrl": "rediss://:PASSWORD@sessions.internal:6379",
};
const remedies = (stack: string) =>
  Object.entries(REMEDIES).map(([key, value]): [string, string] => [
    key,
    `pulumi config set --stack ${stack} --path 'next-on-eks:${key}' --secret ${value}`,
  ]);

/** Keys that a warning calls an unencrypted secret. */
async function warned(groups: Groups, options?: LoadOptions): Promise<string[]> {
  const { warnings } = await load(groups, options);
  return warnings.flatMap(
    (text) => /^next-on-eks:(\S+): is an unencrypted secret/.exec(text)?.[1] ?? [],
  );
}

describe("secrets in clear", () => {
  it("are a warning with the command that encrypts each", async () => {
    const { warnings } = await load(base);
    assert.deepEqual(
      warnings.filter((text) => text.includes("unencrypted")),
      remedies("test").map(
        ([key, remedy]) =>
          `next-on-eks:${key}: is an unencrypted secret: whoever reads the stack's file can read it.\n    ${remedy}`,
      ),
    );
    assert.ok(!warnings.join().includes("hush"));
  });

  it("are refused in production", async () => {
    const message = await failureOf(load(base, prod));
    const problems = remedies("prod").map(([key, remedy]) =>
      told(key, "is an unencrypted secret; production requires it encrypted.", remedy),
    );
    assert.equal(message, `The config of stack 'prod' has 4 problems:\n${problems.join("\n")}`);
  });

  it("are those of groups that Pulumi does not call secret", async () => {
    assert.deepEqual(await warned(base, { secret: ["app", "redis"] }), []);
    assert.deepEqual(await warned(base, { secret: ["app"] }), ["redis.url", "redis.sessionUrl"]);
    assert.equal((await load(base, { ...prod, secret: ["app", "redis"] })).production, true);
  });

  it("are seen offline beside an encrypted one of the same group", async () => {
    const mixed = changed(base, { "app.secretEnv.TOKEN": SECRET_PLACEHOLDER });
    assert.deepEqual(await warned(mixed, { secret: ["app", "redis"] }), ["app.secretEnv.OTHER"]);
  });
});
