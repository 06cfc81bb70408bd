import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Build, makeBuild, publish, Scratch, summary } from "./volume";

const DEFAULT = { unoptimized: false, loader: "default" };

describe("the publisher and pictures that Next.js cannot scale (next and sharp are stand-ins)", () => {
  const scratch = new Scratch();
  after(() => scratch.clean());

  /** A build with Next.js beside it, and sharp where `sharp` is its code. */
  function build(sharp: string | undefined, images: object | undefined, next = true): Build {
    const made = makeBuild(scratch.folder(), { deploymentId: "v1", images });
    const install = (name: string, code: string) => {
      const folder = join(made.directory, "node_modules", name);
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, "package.json"), JSON.stringify({ name, main: "index.js" }));
      writeFileSync(join(folder, "index.js"), code);
    };
    if (next) install("next", "");
    if (sharp !== undefined) install("sharp", sharp);
    return made;
  }

  async function warnings(made: Build, env: Record<string, string> = {}): Promise<string[]> {
    const run = await publish(scratch.folder(), made, { env });
    assert.equal(run.code, 0, run.err);
    assert.equal(summary(run).outcome, "published");
    return run.lines.filter(({ level }) => level === "warn").map(({ message }) => String(message));
  }

  it("warns of a library that the image lacks, with the reason and the remedy", async () => {
    const broken =
      'throw new Error("Could not load the \\"sharp\\" module\\nlibvips-cpp.so: cannot open shared object file\\nPossible…")';
    const [message = "", ...more] = await warnings(build(broken, DEFAULT));
    assert.deepEqual(more, []);
    assert.match(message, /^\/_next\/image sends images as they are/);
    assert.match(message, /Could not load the "sharp" module: libvips-cpp\.so: cannot open/);
    assert.doesNotMatch(message, /Possible/);
    assert.match(message, /Remedy: .*optionalDependencies.*outputFileTracingIncludes/);
  });

  it("warns where there is no sharp at all, and publishes all the same", async () => {
    const [message = "", ...more] = await warnings(build(undefined, DEFAULT));
    assert.deepEqual(more, []);
    assert.match(message, /Cannot find module 'sharp'/);
  });

  it("control: is silent where sharp loads, where the server scales nothing, and where Next.js is not found", async () => {
    assert.deepEqual(await warnings(build("", DEFAULT)), []);
    assert.deepEqual(await warnings(build(undefined, { ...DEFAULT, unoptimized: true })), []);
    assert.deepEqual(await warnings(build(undefined, { ...DEFAULT, loader: "custom" })), []);
    assert.deepEqual(await warnings(build(undefined, undefined)), []);
    assert.deepEqual(await warnings(build(undefined, DEFAULT, false)), []);
  });

  it("a library that ends the process that loads it does not end the publisher", async () => {
    assert.deepEqual(await warnings(build("process.abort()", DEFAULT)), []);
  });
});
