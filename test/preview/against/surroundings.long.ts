import * as assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { text } from "node:stream/consumers";
import type { Readable } from "node:stream";
import { Project } from "./project";

/* What else goes on where a comparison runs: signals, another run, a repository around it, another lock file. */

const MORE_PODS = /^local: web has 3 to 4 pods, and had 2 to 4$/m;

async function ended(child: ChildProcess): Promise<{ code: number | null; stdout: string }> {
  const [stdout, [code]] = await Promise.all([
    text(child.stdout as Readable),
    once(child, "close") as Promise<[number | null]>,
  ]);
  return { code, stdout };
}

describe("preview --against: surroundings", function () {
  this.timeout(300_000);
  let project: Project;
  before(() => {
    project = new Project();
    project.edit("Pulumi.local.yaml", "min: 2, max: 4", "min: 3, max: 4");
  });
  after(() => project.remove());

  /** The checkout of the base, as soon as there is one. */
  async function checkout(): Promise<string> {
    for (let attempt = 0; attempt < 600; attempt++) {
      const [folder] = project.checkouts();
      if (folder !== undefined && existsSync(join(folder, "index.ts"))) return folder;
      await sleep(50);
    }
    return assert.fail("no checkout of the base within 30 s");
  }

  for (const signal of ["SIGINT", "SIGTERM"] as const)
    it(`leaves nothing after ${signal}`, async () => {
      const child = project.startPreview("--against", "main");
      const end = ended(child);
      const folder = await checkout();
      child.kill(signal);
      assert.equal((await end).code, 130);
      assert.deepEqual(project.checkouts(), []);
      assert.ok(!existsSync(folder));
    });

  it("goes on beside another run of the same project, and after one that was killed", async () => {
    const killed = project.startPreview("--against", "main");
    const end = ended(killed);
    const left = await checkout();
    killed.kill("SIGKILL");
    await end;
    assert.ok(existsSync(left), "(control) a killed run cleans up nothing");
    const runs = [1, 2].map(() => project.startPreview("--against", "main", "--stack", "local"));
    for (const { code, stdout } of await Promise.all(runs.map(ended))) {
      assert.equal(code, 0);
      assert.match(stdout, MORE_PODS);
    }
    assert.deepEqual(project.checkouts(), []);
  });

  it("takes a project that is a part of its repository, and no review site that somebody made there", () => {
    const part = new Project("sites/shop");
    try {
      cpSync(part.file("local"), part.file("pr-7"));
      part.edit("Pulumi.local.yaml", "min: 2, max: 4", "min: 3, max: 4");
      const { code, stdout, stderr } = part.preview("--against", "main");
      assert.deepEqual([code, stderr], [0, ""]);
      assert.match(stdout, MORE_PODS);
      assert.match(stdout, /^no change in dev, prod$/m);
      assert.doesNotMatch(stdout, /pr-7/);
      assert.deepEqual(part.checkouts(), []);
    } finally {
      part.remove();
    }
  });

  it("says the same of a base with another lock file, whose dependencies it installs beside yours", () => {
    project.edit(
      "Pulumi.local.yaml",
      "image: web:local\n",
      "image: web:local\n    secretEnv: { TOKEN: HUNTER2 }\n",
    );
    project.commit("a secret");
    project.edit("Pulumi.local.yaml", "HUNTER2", "HUNTER3");
    project.edit("Pulumi.local.yaml", "max: 4", "max: 5");
    project.edit("index.ts", '"files",', '"shares",');
    const same = project.preview("--against", "HEAD", "--stack", "local");
    assert.deepEqual([same.code, same.stderr], [0, ""]);
    for (const [what, words] of Object.entries({
      "a cause": /by next-on-eks:app\.replicas\.max$/m,
      "a rename": /looks like a rename: /,
      "a secret": /stringData: changes, value hidden$/m,
      "what depends on others": /: may change$/m,
    })) {
      assert.match(same.stdout, words, what);
    }
    // the same packages in another file
    writeFileSync(
      join(project.folder, "package-lock.json"),
      `${project.git("show", "HEAD:package-lock.json").trimEnd()}\n\n`,
    );
    const { code, stdout, stderr } = project.preview("--against", "HEAD", "--stack", "local");
    assert.equal(stderr, "The base has other dependencies: npm ci installs them beside yours.\n");
    assert.equal(code, 0);
    // The lock file is a file of the code, too.
    assert.equal(stdout.replaceAll("index.ts, package-lock.json", "index.ts"), same.stdout);
    assert.deepEqual(project.checkouts(), []);
  });
});
