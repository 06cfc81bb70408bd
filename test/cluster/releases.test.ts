import assert from "node:assert/strict";
import { command, get, kubectl, output, until } from "./commands";
import { INGRESS_NAMESPACE, missing, NAMESPACE, settings } from "./settings";
import { readyPods, request } from "./site";
import { TestStack } from "./stack";

interface Counts {
  requests: number;
  bad: string[];
}

/*
 * Three releases in a row on real pods, under load, then what is pruned; then the cache claim is emptied.
 */
describe("releases on the shared volume", () => {
  let stack: TestStack;
  let address: string;
  const chunks: Record<string, string[]> = {};

  before(async () => {
    const lacking = missing();
    if (settings.releaseImages.length !== 3) {
      lacking.push(
        "TEST_RELEASE_IMAGES names no three images: build the example with RELEASE_ID=v1, v2 and v3, and name them with commas between",
      );
    }
    if (lacking.length > 0) throw new Error(`test:cluster cannot run:\n  ${lacking.join("\n  ")}`);
    for (const namespace of [NAMESPACE, INGRESS_NAMESPACE]) {
      const there = await command("kubectl", ["get", "namespace", namespace]);
      assert.notEqual(there.code, 0, `namespace ${namespace} is there already: kubectl delete it`);
    }
    stack = await TestStack.create();
    deploy("v1", 0);
    const { code, text } = await stack.up();
    assert.equal(code, 0, text);
    address = (await stack.outputs()).loadBalancer ?? "";
    await until("two pods ready", 60, async () => (await readyPods()).length === 2);
    chunks.v1 = await staticFiles();
  });

  after(async () => {
    if (!stack) return;
    stack.configure({ protect: false });
    const { code, text } = await stack.destroy();
    stack.removeFolder();
    assert.equal(code, 0, text);
  });

  function deploy(id: string, index: number): void {
    const app = stack.group("app");
    stack.configure({
      app: { ...app, image: settings.releaseImages[index] ?? id },
      files: { ...stack.group("files"), releasesKept: 2 },
    });
  }

  async function inPod(script: string, pod?: string): Promise<string> {
    const name = pod ?? (await readyPods())[0] ?? assert.fail("no pod");
    const args = ["exec", "-n", NAMESPACE, name, "-c", "next", "--", "sh", "-c", script];
    return (await output("kubectl", args)).trim();
  }

  /** Files below `.next/static` of the image that runs, without the folder of the build id. */
  async function staticFiles(): Promise<string[]> {
    const text = await inPod("cd .next/static && find . -type f");
    const files = text.split("\n").map((path) => path.replace(/^\.\//, ""));
    return files.filter((path) => !path.startsWith("build-"));
  }

  const releases = async () =>
    (await inPod("ls /shared/cache/releases")).split("\n").filter(Boolean).sort();

  async function loadFiles(id: string, counts: Counts): Promise<void> {
    for (const path of chunks[id] ?? assert.fail(id)) {
      const answer = await request(address, `/_next/static/${path}?dpl=${id}`).catch(String);
      counts.requests += 1;
      if (typeof answer === "string" || answer.status !== 200) {
        counts.bad.push(`${path}: ${typeof answer === "string" ? answer : answer.status}`);
      }
    }
  }

  /** Visitors who open pages and load what the HTML names. */
  async function visitWhile(work: () => Promise<void>): Promise<Counts> {
    const counts: Counts = { requests: 0, bad: [] };
    const state = { done: false };
    const loop = async () => {
      while (!state.done) {
        const page = await request(address, "/uploads").catch(String);
        counts.requests += 1;
        if (typeof page === "string" || page.status !== 200) {
          counts.bad.push(`/uploads: ${typeof page === "string" ? page : page.status}`);
          continue;
        }
        const named = new Set(page.body.match(/\/_next\/static\/[^"\\\s]+/g));
        for (const path of named) {
          const answer = await request(address, path).catch(String);
          counts.requests += 1;
          if (typeof answer === "string" || answer.status !== 200) {
            counts.bad.push(`${path}: ${typeof answer === "string" ? answer : answer.status}`);
          }
        }
        await new Promise((resolve) => setTimeout(resolve, 30));
      }
    };
    const loops = [loop(), loop()];
    try {
      await work();
    } finally {
      state.done = true;
      await Promise.all(loops);
    }
    return counts;
  }

  it("publishes the first release on an empty volume, and nginx serves it", async () => {
    assert.deepEqual(await releases(), ["v1"]);
    const path = chunks.v1?.find((name) => name.endsWith(".js")) ?? assert.fail("no chunk");
    const answer = await request(address, `/_next/static/${path}?dpl=v1`);
    assert.equal(answer.status, 200);
    assert.equal(answer.headers["cache-control"], "public, max-age=31536000, immutable");
    // Next.js says so itself: what tells nginx apart is its kind of entity tag and the file on the volume.
    assert.match(String(answer.headers.etag), /^"[0-9a-f]+-[0-9a-f]+"$/);
    const none = await request(address, "/_next/static/chunks/none.js");
    assert.equal(none.status, 404);
    assert.equal(none.headers["cache-control"], "no-store");
  });

  it("runs two pods of nginx that cannot write, on the claim that they only read", async () => {
    const pods = await get("pods", "-n", NAMESPACE, "-l", "app.kubernetes.io/name=static-assets");
    assert.equal(pods.length, 2);
    const name = pods[0]?.metadata.name ?? "";
    for (const path of ["/x", "/shared/cache/x", "/shared/cache/static/x"]) {
      const touch = ["exec", "-n", NAMESPACE, name, "--", "touch", path];
      const { code, text } = await command("kubectl", touch);
      assert.notEqual(code, 0);
      assert.match(text, /Read-only file system/);
    }
  });

  for (const [index, id] of [
    [1, "v2"],
    [2, "v3"],
  ] as const) {
    it(`deploys ${id} under load: 0 bad, and what was open before still loads`, async () => {
      const counts = await visitWhile(async () => {
        deploy(id, index);
        const { code, text } = await stack.up();
        assert.equal(code, 0, text);
      });
      chunks[id] = await staticFiles();
      const own = chunks[id].filter((path) => !chunks.v1?.includes(path));
      assert.ok(own.length > 0, "its chunks differ from those of v1");
      await loadFiles("v1", counts);
      await loadFiles(id, counts);
      console.log(`      ${counts.bad.length} bad of ${counts.requests}`);
      assert.deepEqual(counts.bad, []);
      assert.ok(counts.requests > 100);
    });
  }

  it("prunes the oldest when its pods are gone, and nothing else", async () => {
    assert.deepEqual(await releases(), ["v1", "v2", "v3"], "its last heartbeat is minutes old");
    const dry = await inPod("node /pod/publish.mjs --prune --dry-run");
    assert.match(dry, /would go: 0 releases/);
    const old = "new Date(Date.now() - 2 * 3600e3)";
    const folders = ["v1", "v2"].map((id) => `/shared/cache/releases/${id}`);
    for (const folder of folders) {
      await inPod(
        `node -e 'const fs = require("fs"); const all = ["${folder}", "${folder}/manifest.json", "${folder}/seen",
          ...fs.readdirSync("${folder}/heartbeats").map((name) => "${folder}/heartbeats/" + name)];
          for (const path of all) if (fs.existsSync(path)) fs.utimesSync(path, ${old}, ${old});'`,
      );
    }
    await inPod("touch /shared/cache/releases/v2/manifest.json");
    const plan = await inPod("node /pod/publish.mjs --prune --dry-run");
    assert.match(plan, /^would go {2}v1: no pod, and not one of the last$/m);
    assert.deepEqual(await releases(), ["v1", "v2", "v3"]);
    await inPod("node /pod/publish.mjs --prune");
    assert.deepEqual(await releases(), ["v2", "v3"]);

    const counts: Counts = { requests: 0, bad: [] };
    await loadFiles("v2", counts);
    await loadFiles("v3", counts);
    assert.deepEqual(counts.bad, []);
    const gone = (chunks.v1 ?? []).filter(
      (path) => !chunks.v2?.includes(path) && !chunks.v3?.includes(path),
    );
    assert.ok(gone.length > 0);
    // nginx has files open for ten seconds.
    await new Promise((resolve) => setTimeout(resolve, 12_000));
    for (const path of gone) {
      assert.equal((await request(address, `/_next/static/${path}?dpl=v1`)).status, 404);
    }
  });

  it("goes on while every file of the cache claim is deleted, and the files come back", async () => {
    const counts = await visitWhile(async () => {
      await inPod("rm -rf /shared/cache/* /shared/cache/.[!.]*");
      await new Promise((resolve) => setTimeout(resolve, 15_000));
      const [pod = ""] = await readyPods();
      await kubectl("delete", "pod", pod, "-n", NAMESPACE, "--wait=true");
      await until("two pods ready", 90, async () => (await readyPods()).length >= 2);
    });
    console.log(`      ${counts.bad.length} bad of ${counts.requests}`);
    assert.deepEqual(counts.bad, []);
    assert.ok(counts.requests > 100);
    assert.deepEqual(await releases(), ["v3"]);
    await loadFiles("v3", counts);
    assert.deepEqual(counts.bad, []);
  });

  it("names the claim where the image is of another build under the same id", async () => {
    // A release of the same name with other files, as two images with one id would leave.
    const manifest = "/shared/cache/releases/v3/manifest.json";
    await inPod(`sed -i 's/"sha256":"[^"]*"/"sha256":"other"/' ${manifest}`);
    const app = stack.group("app");
    const timeouts = stack.group("timeouts");
    stack.configure({ app: { ...app, env: { RESTART: "1" } }, timeouts: { ...timeouts, app: 20 } });
    const { code } = await stack.up();
    assert.notEqual(code, 0);
    const pods = await get("pods", "-n", NAMESPACE, "-l", "app.kubernetes.io/name=web");
    const texts = await Promise.all(
      pods.map(({ metadata }) =>
        command("kubectl", ["logs", "-n", NAMESPACE, metadata.name, "-c", "publish"]),
      ),
    );
    assert.match(
      texts.map(({ text }) => text).join(""),
      /another build with this id is on the volume/,
    );
    assert.equal((await request(address, "/api/health")).status, 200, "the site goes on");
    await inPod(`rm ${manifest}`);
    stack.configure({ app, timeouts });
    const mended = await stack.up();
    assert.equal(mended.code, 0, mended.text);
  });
});
