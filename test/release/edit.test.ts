import assert from "node:assert/strict";
import { parseDocument } from "yaml";
import { EditError, finish, release, rollback, type ReleaseRequest } from "../../release/edit";
import { liveIn, type Live } from "../../release/live";

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
