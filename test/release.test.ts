import assert from "node:assert/strict";
import { parseDocument } from "yaml";
import { EditError, finish, release, rollback } from "../release/edit";

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

describe("npm run release, npm run rollback", () => {
  it("rolling: changes the image, keeps the one before, and every comment", () => {
    const file = parseDocument(ROLLING);
    assert.deepEqual(release(file, "shop:v2", false), [
      "new pods run shop:v2; each must be ready before an old one goes",
      "shop:v1 is the way back: npm run rollback",
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
    release(file, "shop:v2", false);
    rollback(file);
    assert.equal(file.getIn(["config", "next-on-eks:app", "image"]), "shop:v1");
    rollback(file);
    assert.equal(file.getIn(["config", "next-on-eks:app", "image"]), "shop:v2");
  });

  it("rolling: refuses what has no meaning there", () => {
    const file = () => parseDocument(ROLLING);
    assert.throws(() => release(file(), "shop:v1", false), /app\.image is 'shop:v1' already/);
    assert.throws(() => release(file(), "shop:v2", true), /--keep-old has no use: .*'rolling'/);
    assert.throws(() => rollback(file()), /previousImage is missing: .*config set --path/);
    assert.throws(() => finish(file()), /rollout\.strategy is 'rolling'/);
    const built = parseDocument("config: { next-on-eks:app: { build: { context: example } } }");
    assert.throws(() => release(built, "shop:v2", false), /app\.image is missing/);
  });

  it("blueGreen: gives the idle colour the image, and makes it live", () => {
    const file = parseDocument(BLUE_GREEN);
    assert.deepEqual(release(file, "shop:v2", false), [
      "green gets shop:v2",
      "1. green comes up, with as many pods as serve now, until all are ready",
      "2. the Service sends visitors to green",
      "3. blue goes down to 0 pods; its image stays as the way back",
      "If green does not become ready, pulumi up fails before step 2, and blue goes on serving.",
    ]);
    assert.equal(
      file.toString({ lineWidth: 0 }),
      BLUE_GREEN.replace(
        'live: blue, images: { blue: "shop:v1" }',
        'live: green, images: { blue: "shop:v1", green: shop:v2 }',
      ),
    );
  });

  it("blueGreen: says which image of the idle colour it replaces", () => {
    const file = parseDocument(BLUE_GREEN);
    release(file, "shop:v2", false);
    assert.equal(release(file, "shop:v3", false)[0], "blue gets shop:v3 (was shop:v1)");
  });

  it("blueGreen: goes back to the other colour", () => {
    const file = parseDocument(BLUE_GREEN);
    release(file, "shop:v2", false);
    const [first, , second] = rollback(file);
    assert.equal(first, "blue runs shop:v1");
    assert.equal(second, "2. the Service sends visitors to blue");
    assert.equal(file.getIn(["config", "next-on-eks:app", "rollout", "live"]), "blue");
  });

  it("blueGreen: keeps the old colour until it is finished", () => {
    const file = parseDocument(BLUE_GREEN);
    assert.match(release(file, "shop:v2", true).join("\n"), /3\. blue keeps its pods, until/);
    assert.deepEqual(finish(file), [
      "green stays live",
      "blue goes down to 0 pods; its image stays as the way back",
    ]);
    assert.equal(file.getIn(["config", "next-on-eks:app", "rollout", "keepOld"]), false);
    assert.throws(() => finish(file), /rollout\.keepOld is not true/);
  });

  it("blueGreen: refuses to go back to a colour that has no image, or from none", () => {
    assert.throws(() => rollback(parseDocument(BLUE_GREEN)), /images\.green is missing/);
    const none = parseDocument(BLUE_GREEN.replace("live: blue, ", ""));
    assert.throws(() => rollback(none), /rollout\.live is missing or neither blue nor green/);
  });

  it("refuses a file that is not a stack's of this project", () => {
    assert.throws(() => release(parseDocument("a: 1"), "shop:v2", false), EditError);
  });
});
