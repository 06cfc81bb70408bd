import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { parseDocument } from "yaml";
import { readFileSync } from "node:fs";
import { execute } from "../release/command";
import { EditError, finish, release, rollback, type ReleaseRequest } from "../release/edit";
import { liveIn, type Live, type LiveReader } from "../release/live";
import { UsageError } from "../cli/stackConfig";
import { ROOT, Scratch } from "./preview/helpers";

const ROLLING = `# A shop.
config:
  next-on-eks:app:
    # What visitors meet.
    image: shop:v1 # never latest
    host: shop.example.com
`;
const BLUE_GREEN = `config:
  next-on-eks:app:
    host: shop.example.com
    # See docs/rollouts.md.
    rollout: { strategy: blueGreen, live: blue, images: { blue: "shop:v1" } }
`;

const to = (image: string): ReleaseRequest => ({ stack: "shop", image });

describe("npm run release, npm run rollback", () => {
  it("rolling: changes the image, keeps the one before, and every comment", () => {
    const file = parseDocument(ROLLING);
    assert.deepEqual(release(file, to("shop:v2")), [
      "new pods run shop:v2; each must be ready before an old one stops",
      "shop:v1 is what to go back to: npm run rollback -- --stack shop",
    ]);
    assert.equal(
      file.toString(),
      `# A shop.
config:
  next-on-eks:app:
    # What visitors meet.
    image: shop:v2 # never latest
    host: shop.example.com
    rollout:
      previousImage: shop:v1
`,
    );
  });

  it("rolling: goes back to the image before, and forward again", () => {
    const file = parseDocument(ROLLING);
    release(file, to("shop:v2"));
    rollback(file, "shop");
    assert.equal(file.getIn(["config", "next-on-eks:app", "image"]), "shop:v1");
    rollback(file, "shop");
    assert.equal(file.getIn(["config", "next-on-eks:app", "image"]), "shop:v2");
  });

  it("rolling: says what to do where no update came between two releases", () => {
    const file = parseDocument(ROLLING);
    release(file, to("shop:v2"));
    const told = release(file, to("shop:v3"), { image: "shop:v1" });
    assert.deepEqual(told.slice(1), [
      "shop:v2 is skipped: no pulumi up has switched visitors to it",
      "shop:v1 is what to go back to: npm run rollback -- --stack shop",
    ]);
    assert.deepEqual(rollback(file, "shop", "shop:v1")[0]?.split(";")[0], "new pods run shop:v1");
    assert.equal(file.getIn(["config", "next-on-eks:app", "image"]), "shop:v1");
  });

  it("rolling: refuses what has no meaning there", () => {
    const file = () => parseDocument(ROLLING);
    assert.throws(() => release(file(), to("shop:v1")), /app\.image is 'shop:v1' already/);
    assert.throws(
      () => release(file(), { ...to("shop:v2"), keepOld: true }),
      /--keep-old has no effect: .*'rolling'/,
    );
    assert.throws(
      () => rollback(file(), "shop"),
      /previousImage is missing: .*\n {2}npm run rollback -- --stack shop --image IMAGE$/,
    );
    assert.throws(() => finish(file(), "shop"), /rollout\.strategy is 'rolling'/);
    const built = parseDocument("config: { next-on-eks:app: { build: { context: example } } }");
    assert.throws(
      () => release(built, to("shop:v2")),
      /this stack builds 'example', and pulumi up --stack shop releases .*\nTo release .*:\n {2}pulumi config set --stack shop --path 'next-on-eks:app\.image' .* && pulumi config rm --stack shop --path 'next-on-eks:app\.build'$/,
    );
    const neither = parseDocument("config: { next-on-eks:app: { host: x } }");
    assert.throws(() => release(neither, to("shop:v2")), /app\.image is missing\.\n.*config set/);
  });

  it("blueGreen: gives the idle colour the image, and makes it live", () => {
    const file = parseDocument(BLUE_GREEN);
    assert.deepEqual(release(file, to("shop:v2")), [
      "green gets shop:v2",
      "1. green starts with as many pods as serve now, until all are ready",
      "2. the Service sends visitors to green",
      "3. blue is scaled to 0 pods; its image stays for a roll-back",
      "If green does not become ready, pulumi up fails before step 2, and blue keeps serving.",
    ]);
    assert.equal(
      file.toString({ lineWidth: 0 }),
      BLUE_GREEN.replace(
        'live: blue, images: { blue: "shop:v1" }',
        'live: green, images: { blue: "shop:v1", green: shop:v2 }, previousImage: shop:v1',
      ),
    );
  });

  it("blueGreen: says which image of the idle colour it replaces", () => {
    const file = parseDocument(BLUE_GREEN);
    release(file, to("shop:v2"));
    const told = release(file, to("shop:v3"));
    assert.equal(told[0], "blue gets shop:v3 (was shop:v1)");
  });

  it("blueGreen: goes back to the other colour", () => {
    const file = parseDocument(BLUE_GREEN);
    release(file, to("shop:v2"));
    const [first, , second] = rollback(file, "shop");
    assert.equal(first, "blue runs shop:v1");
    assert.equal(second, "2. the Service sends visitors to blue");
    assert.equal(file.getIn(["config", "next-on-eks:app", "rollout", "live"]), "blue");
  });

  it("blueGreen: goes back to an image by its name", () => {
    const file = parseDocument(BLUE_GREEN);
    assert.equal(rollback(file, "shop", "shop:v0")[0], "green gets shop:v0");
    assert.equal(file.getIn(["config", "next-on-eks:app", "rollout", "live"]), "green");
  });

  it("blueGreen: keeps the old colour until it is finished", () => {
    const file = parseDocument(BLUE_GREEN);
    assert.match(
      release(file, { ...to("shop:v2"), keepOld: true }).join("\n"),
      /3\. blue keeps its pods, until/,
    );
    assert.deepEqual(finish(file, "shop"), [
      "green stays live",
      "blue is scaled to 0 pods; its image stays for a roll-back",
    ]);
    assert.equal(file.getIn(["config", "next-on-eks:app", "rollout", "keepOld"]), false);
    assert.throws(() => finish(file, "shop"), /rollout\.keepOld is not true/);
  });

  it("blueGreen: refuses to go back to a colour that has no image, or from none", () => {
    assert.throws(() => rollback(parseDocument(BLUE_GREEN), "shop"), /images\.green is missing/);
    const none = parseDocument(BLUE_GREEN.replace("live: blue, ", ""));
    assert.throws(
      () => rollback(none, "shop"),
      /rollout\.live is missing or neither blue nor green/,
    );
  });

  const V1: Live = { colour: "blue", image: "shop:v1" };
  const rolloutOf = (file: ReturnType<typeof parseDocument>) =>
    (file.toJS() as { config: Record<string, { rollout: object }> }).config["next-on-eks:app"]
      ?.rollout;

  it("blueGreen: after failed ups every release goes to the colour that is not live, and rollback to the last good image", () => {
    const file = parseDocument(BLUE_GREEN);
    for (const image of ["shop:v2", "shop:v3", "shop:v4"]) {
      assert.match(release(file, to(image), V1).join("\n"), new RegExp(`green gets ${image}`));
      assert.deepEqual(rolloutOf(file), {
        strategy: "blueGreen",
        live: "green",
        images: { blue: "shop:v1", green: image },
        previousImage: "shop:v1",
      });
    }
    const [told] = rollback(file, "shop", undefined, V1);
    assert.match(told ?? "", /^visitors stay on blue, which runs shop:v1/);
    assert.deepEqual(rolloutOf(file), {
      strategy: "blueGreen",
      live: "blue",
      images: { blue: "shop:v1", green: "shop:v4" },
      previousImage: "shop:v1",
    });
    // green holds one that never served: there is nothing before v1.
    assert.throws(
      () => rollback(file, "shop", undefined, V1),
      /green runs shop:v4, which did not serve visitors/,
    );
  });

  it("blueGreen: gives the live colour back what a file without the state had taken from it", () => {
    const file = parseDocument(BLUE_GREEN);
    release(file, to("shop:v2"));
    release(file, to("shop:v3"));
    const told = release(file, to("shop:v4"), V1);
    assert.match(
      told[0] ?? "",
      /^blue, which serves visitors, keeps shop:v1; the file had shop:v3/,
    );
    assert.match(told.join("\n"), /green gets shop:v4/);
  });

  it("rolling: after three failed ups the way back is the last good image", () => {
    const file = parseDocument(ROLLING);
    const live = { image: "shop:v1" };
    for (const image of ["shop:v2", "shop:v3", "shop:v4"]) release(file, to(image), live);
    assert.equal(file.getIn(["config", "next-on-eks:app", "rollout", "previousImage"]), "shop:v1");
    assert.match(
      rollback(file, "shop", undefined, live)[0] ?? "",
      /shop:v1, which serves visitors: .* shop:v4$/,
    );
    assert.equal(file.getIn(["config", "next-on-eks:app", "image"]), "shop:v1");
  });

  it("reads what is live from the state: what visitors have, not what a failed up was to do", () => {
    const stash = (input: object) => ({
      type: "pulumi:index:Stash",
      urn: "urn:pulumi:prod::next-on-eks::next-on-eks:kubernetes:NextApp$pulumi:index:Stash::web-live",
      inputs: { input },
    });
    const state = (...resources: { type: string; urn: string }[]) => ({
      deployment: { resources },
    });
    const blue = { track: "blue", image: "shop:v1" };
    assert.deepEqual(liveIn(state(stash(blue))), { live: V1 });
    assert.deepEqual(liveIn(state(stash({ ...blue, track: "rolling" }))), {
      live: { image: "shop:v1" },
    });
    assert.deepEqual(liveIn({}), { live: undefined });
    const older = { type: "kubernetes:apps/v1:Deployment", urn: "urn::web" };
    assert.match(
      JSON.stringify(liveIn(state(older))),
      /"unknown":"the last pulumi up was by a version/,
    );
  });

  it("refuses a file that is not a stack's of this project", () => {
    assert.throws(() => release(parseDocument("a: 1"), to("shop:v2")), EditError);
  });
});

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
