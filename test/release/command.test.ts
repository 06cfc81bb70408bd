import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { UsageError } from "../../cli/stackConfig";
import { execute } from "../../release/command";
import type { LiveReader } from "../../release/live";
import { ROOT, Scratch } from "../preview/helpers";

const DIGEST = `registry.test/shop@sha256:${"1".repeat(64)}`;
const STACK = `config:
  next-on-eks:platform: existing
  next-on-eks:cluster: { context: kind }
  next-on-eks:files: { storageClass: nfs }
  next-on-eks:redis: { inCluster: true }
  next-on-eks:ingress: { tls: { secretName: shop-tls } }
  next-on-eks:app: { image: "registry.test/shop@sha256:${"0".repeat(64)}", host: shop.test } # one line
`;

describe("npm run release, npm run rollback: the commands", () => {
  const scratch = new Scratch();
  after(() => scratch.remove());

  /** A stack that no up has finished yet, where a test says no other. */
  let known: LiveReader = async () => ({ live: undefined });

  /** What is told of a file with that text, and the text after it. */
  async function told(verb: string, text: string, ...args: string[]): Promise<[string, string]> {
    const file = scratch.write("stack.yaml", text);
    const lines = await execute(verb, ["--config-file", file, ...args], known).catch(
      (error: unknown) => {
        assert.ok(error instanceof UsageError, String(error));
        return `refused: ${error.message}`;
      },
    );
    return [lines, readFileSync(file, "utf8")];
  }

  /** Why nothing was done. */
  async function refusal(verb: string, text: string, ...args: string[]): Promise<string> {
    const [lines, after] = await told(verb, text, ...args);
    assert.match(lines, /^refused: /);
    assert.equal(after, text, "the file is changed");
    return lines.slice("refused: ".length);
  }

  it("change the file, and say what to run", async () => {
    const [lines, text] = await told("release", STACK, "--stack", "prod", "--image", DIGEST);
    assert.match(
      lines,
      /^stack\.yaml is changed\. pulumi up --stack prod will do this:\n {2}new pods/,
    );
    assert.match(lines, /\nRun:\n {2}pulumi up --stack prod$/);
    assert.match(text, new RegExp(`image: "?${DIGEST}"?, .*previousImage: .*0000.*# one line`));
    const [, back] = await told("rollback", text, "--stack", "prod");
    assert.match(back, /image: "?registry\.test\/shop@sha256:0000/);
    const named = DIGEST.replaceAll("1", "2");
    const [, other] = await told("rollback", text, "--stack", "prod", "--image", named);
    assert.ok(other.includes(`image: ${named}`) || other.includes(`image: "${named}"`));
  });

  for (const verb of ["release", "rollback"]) {
    it(`refuse what is no image: ${verb}`, async () => {
      for (const image of ["", "Foo Bar"]) {
        assert.equal(
          await refusal(verb, STACK, "--stack", "dev", "--image", image),
          `--image '${image}' is refused: expected an image reference, best by digest: registry/name@sha256:….`,
        );
      }
    });

    it(`refuse a tag in production by the config's own rule: ${verb}`, async () => {
      const message = await refusal(verb, STACK, "--stack", "prod", "--image", "shop:v2");
      assert.match(message, /app\.image: 'shop:v2' is a tag, which/);
      assert.match(message, /\nNothing is changed\.$/);
      const [lines] = await told(verb, STACK, "--stack", "dev", "--image", "shop:v2");
      assert.match(lines, /^stack\.yaml is changed/);
    });

    it(`explain themselves: ${verb}`, async () => {
      assert.match(await execute(verb, ["--help"]), /^npm run release -- --stack STACK /);
      const message = await refusal(verb, STACK, "--bogus");
      assert.match(message, /^Unknown option '--bogus'\.\nnpm run release -- --stack STACK /);
      assert.match(await refusal(verb, STACK, "--image", "a"), /^--stack is missing\.\nnpm run/);
    });
  }

  it("say what they assume where the state cannot be read, and take --live instead", async () => {
    known = async () => ({ unknown: "there is no pulumi on the PATH" });
    const [lines] = await told("release", STACK, "--stack", "dev", "--image", "shop:v2");
    assert.match(
      lines,
      /^It is not known what serves visitors: there is no pulumi on the PATH\.\nThe file says registry\.test.*add --live IMAGE\./,
    );
    const args = ["--stack", "dev", "--image", "shop:v3", "--live", "shop:v1"];
    const [given, text] = await told("release", STACK, ...args);
    assert.doesNotMatch(given, /not known/);
    assert.match(text, /previousImage: shop:v1/);
    known = async () => ({ live: undefined });
  });

  it("refuse a config that pulumi up would refuse", async () => {
    const wrong = STACK.replace("host: shop.test", "host: shop_test");
    const message = await refusal("release", wrong, "--stack", "dev", "--image", DIGEST);
    assert.match(message, /^The config of stack 'dev' has 1 problem:\n {2}next-on-eks:app\.host: /);
  });

  it("refuse options of the other", async () => {
    const args = ["--stack", "dev"];
    assert.match(await refusal("release", STACK, ...args), /^release needs either --image/);
    assert.match(
      await refusal("rollback", STACK, ...args, "--finish"),
      /^rollback accepts neither/,
    );
    assert.match(
      await refusal("rollback", STACK, ...args, "--keep-old"),
      /^rollback accepts neither/,
    );
  });

  it("tell one thing about YAML that is none, or a file that is not there", async () => {
    const message = await refusal("rollback", "config: [1", "--stack", "dev");
    assert.match(message, /^stack\.yaml: .* at line 1, column \d+$/);
    await assert.rejects(execute("release", ["--stack", "nope", "--image", "a"]), {
      message: "there is no Pulumi.nope.yaml: name the stack by --stack, or its --config-file.",
    });
  });

  it("end with 0 for help and with 1 for what is refused, without a stack trace", () => {
    const end = (...args: string[]) =>
      spawnSync(
        process.execPath,
        ["--require", "./scripts/typescript.cjs", "release/main.ts", ...args],
        {
          cwd: ROOT,
          encoding: "utf8",
        },
      );
    const help = end("rollback", "--help");
    assert.equal(help.status, 0);
    assert.match(help.stdout, /^npm run release/);
    const refused = end("release", "--bogus");
    assert.equal(refused.status, 1);
    assert.match(refused.stderr, /^Unknown option/);
    assert.doesNotMatch(refused.stderr, /\n\s+at /);
  });
});
