import assert from "node:assert/strict";
import * as fs from "node:fs";
import { join } from "node:path";
import { POD } from "../helpers/podFolder";
import { namesIn, publish, releasesIn, Scratch } from "../pod/volume";
import { freePort } from "../../runtime/test/lib/processes";
import {
  each,
  get,
  missing,
  Processes,
  startAssets,
  startNext,
  startNginx,
  type Started,
} from "./servers";
import { buildSite, makePod, missingModules, PAGES, type Site } from "./site";

interface Pod {
  readonly site: Site;
  readonly folder: string;
  readonly port: number;
  readonly server: Started;
}

/**
 * Two real builds, real servers of Next.js, a real nginx for the static files and one as the ingress. The stock setup is
 * the same pods at the same moment, reached without the static-assets nginx: what fails there is what this prevents.
 */
describe("a deploy and a roll back with real builds", () => {
  const scratch = new Scratch();
  const processes = new Processes();
  let volume: string;
  let v1: Site;
  let v2: Site;
  /** The ingress, with the static-assets nginx. */
  let port: number;
  /** The ingress of a stock setup: everything goes to the pods. */
  let stock: number;
  let front: Started;
  let setPods: (pods: Pod[]) => Promise<void>;
  let running: Pod[] = [];

  before(async () => {
    const lacking = [...missing(["nginx"]), ...missingModules()];
    if (lacking.length > 0) throw new Error(`test:releases cannot run:\n  ${lacking.join("\n  ")}`);
    volume = scratch.folder();
    v1 = buildSite(scratch.folder(), "v1");
    v2 = buildSite(scratch.folder(), "v2");

    port = await freePort();
    stock = await freePort();
    const assets = await startAssets(processes, scratch.folder(), { volume, appPort: stock });
    const frontFolder = scratch.folder();
    const frontConf = (ports: number[]) => `
${process.getuid?.() === 0 ? "user root;" : ""}
worker_processes 1; pid ${frontFolder}/pid; error_log stderr crit;
events { worker_connections 1024; }
http {
  access_log off;
  client_body_temp_path ${frontFolder}/body; proxy_temp_path ${frontFolder}/proxy;
  fastcgi_temp_path ${frontFolder}/f; uwsgi_temp_path ${frontFolder}/u; scgi_temp_path ${frontFolder}/s;
  upstream pods { ${ports.map((pod) => `server 127.0.0.1:${pod};`).join(" ")} }
  server { listen 127.0.0.1:${stock}; location / { proxy_pass http://pods; } }
  server {
    listen 127.0.0.1:${port};
    location / { proxy_pass http://pods; }
    location /_next/static { proxy_pass http://127.0.0.1:${assets}; }
  }
}`;
    setPods = async (pods) => {
      running = pods;
      fs.writeFileSync(join(frontFolder, "nginx.conf"), frontConf(pods.map((pod) => pod.port)));
      front.child.kill("SIGHUP");
      await new Promise((resolve) => setTimeout(resolve, 500));
    };
    running = [await startPod(v1, "a"), await startPod(v1, "b")];
    front = await startNginx(
      processes,
      frontFolder,
      frontConf(running.map((pod) => pod.port)),
      stock,
    );
  });

  after(async () => {
    await processes.stopAll();
    scratch.clean();
  });

  /** As Kubernetes does: the init container, then the server. */
  async function startPod(site: Site, name: string): Promise<Pod> {
    const folder = makePod(site, scratch.folder());
    const pod = `web-${site.id}-${name}`;
    const run = await publish(volume, { directory: folder, files: {} }, { env: { POD_NAME: pod } });
    assert.equal(run.code, 0, run.err);
    return startServer(site, folder);
  }

  async function startServer(site: Site, folder: string): Promise<Pod> {
    const preload = { NODE_OPTIONS: `--require ${join(POD, "image-cache.cjs")}` };
    return { site, folder, ...(await startNext(processes, folder, preload)) };
  }

  async function replaceAll(site: Site): Promise<void> {
    for (const name of ["a", "b"]) {
      const [old, ...others] = running;
      await setPods([...others, await startPod(site, name)]);
      if (old) await processes.stop(old.server.child);
    }
  }

  const url = (site: Site, path: string) => `/_next/static/${path}?dpl=${site.id}`;

  /** Requests for the files that a page of a release loads sooner or later, and how many went wrong. */
  async function load(at: number, site: Site, count: number): Promise<number> {
    const files = [...site.files];
    let bad = 0;
    await each([...Array(count).keys()], async (index) => {
      const [path, content] = files[index % files.length] ?? assert.fail();
      const answer = await get(at, url(site, path)).catch(() => undefined);
      if (answer?.status !== 200 || !answer.body.equals(content)) bad += 1;
    });
    return bad;
  }

  interface Visits {
    requests: number;
    bad: number;
  }

  /** A visitor opens a page and loads what its HTML names, and one file that it loads later. */
  async function visit(at: number, page: string, visits: Visits): Promise<void> {
    const html = await get(at, `/${page}`).catch(() => undefined);
    visits.requests += 1;
    const text = html?.body.toString() ?? "";
    const id = /data-release="(v\d)"/.exec(text)?.[1];
    const site = [v1, v2].find((known) => known.id === id);
    if (html?.status !== 200 || site === undefined) {
      visits.bad += 1;
      return;
    }
    const named = [...new Set(text.match(/\/_next\/static\/[^"\\?]+/g))];
    const later = [...site.files.keys()][visits.requests % site.files.size] ?? "";
    for (const path of [...named.map((name) => name.slice("/_next/static/".length)), later]) {
      const answer = await get(at, url(site, path)).catch(() => undefined);
      visits.requests += 1;
      const content = site.files.get(path);
      if (answer?.status !== 200 || !content || !answer.body.equals(content)) visits.bad += 1;
    }
  }

  async function visitWhile(work: Promise<void>): Promise<{ ours: Visits; stock: Visits }> {
    const [ours, theirs] = [
      { requests: 0, bad: 0 },
      { requests: 0, bad: 0 },
    ];
    const state = { done: false };
    const visitors = [
      [port, ours],
      [stock, theirs],
    ] as const;
    const loops = visitors.map(async ([at, visits]) => {
      for (let turn = 0; !state.done; turn += 1) {
        await visit(at, PAGES[turn % PAGES.length] ?? "", visits);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    });
    try {
      await work;
    } finally {
      state.done = true;
      await Promise.all(loops);
    }
    return { ours, stock: theirs };
  }

  it("knows two builds whose chunks differ in part", () => {
    const common = [...v1.files.keys()].filter((path) => v2.files.has(path));
    assert.ok(v1.files.size - common.length > 6, `${v1.files.size} files, ${common.length} common`);
    assert.ok(common.length > 3);
    for (const path of common) {
      if (path.startsWith("build-")) continue;
      assert.ok(v1.files.get(path)?.equals(v2.files.get(path) ?? Buffer.alloc(0)), path);
    }
    assert.deepEqual(releasesIn(volume), ["v1"]);
  });

  it("new visitors during the deploy of v2: 0 bad", async () => {
    const { ours, stock: theirs } = await visitWhile(replaceAll(v2));
    console.log(`      ${say(ours)}; stock: ${say(theirs)}`);
    assert.equal(ours.bad, 0);
    assert.ok(ours.requests > 200);
    assert.ok(theirs.bad > 0, "the stock setup fails");
  });

  it("pages of v1 that are open load all of their files after the deploy: 0 bad of 4,000", async () => {
    assert.ok(
      running.every((pod) => pod.site === v2),
      "no pod of v1 is left",
    );
    const bad = await load(port, v1, 4000);
    const stockBad = await load(stock, v1, 400);
    console.log(`      ${bad} bad of 4000; stock: ${stockBad} bad of 400`);
    assert.equal(bad, 0);
    assert.ok(stockBad > 100);
  });

  it("roll back to v1: 0 bad for new visitors and for open pages of v2", async () => {
    const { ours, stock: theirs } = await visitWhile(replaceAll(v1));
    const bad = await load(port, v2, 1000);
    const stockBad = await load(stock, v2, 400);
    console.log(
      `      ${say(ours)}, then ${bad} bad of 1000; stock: ${say(theirs)}, then ${stockBad} bad of 400`,
    );
    assert.deepEqual([ours.bad, bad], [0, 0]);
    assert.ok(theirs.bad + stockBad > 100);
  });

  it("asks the pods while the volume is empty, and finds all again after the next publication", async () => {
    for (const name of namesIn(volume)) fs.rmSync(join(volume, name), { recursive: true });
    // nginx has files open for ten seconds; they are the same.
    assert.equal(await load(port, v1, 200), 0);
    const bad = await load(stock, v2, 50);
    assert.ok(bad > 10, "v2 is nowhere any more");
    for (const pod of running) {
      const run = await publish(volume, { directory: pod.folder, files: {} });
      assert.equal(run.code, 0, run.err);
    }
    assert.deepEqual(releasesIn(volume), ["v1"]);
    assert.equal(await load(port, v1, 200), 0);
  });

  describe("images", () => {
    const IMAGE = "/_next/image?url=%2Flogo.png&w=384&q=75";
    const accept = { accept: "image/webp" };
    const cached = (at: number) =>
      get(at, IMAGE, accept).then((answer) => {
        assert.equal(answer.status, 200, answer.body.toString());
        return { cache: answer.headers["x-nextjs-cache"], body: answer.body };
      });

    it("three pods encode an image once", async () => {
      const pods = [...running, await startPod(v1, "c")];
      const first = await cached(pods[0]?.port ?? 0);
      assert.equal(first.cache, "MISS");
      for (const pod of pods) {
        const again = await cached(pod.port);
        assert.equal(again.cache, "HIT");
        assert.ok(again.body.equals(first.body));
      }
      assert.equal(namesIn(join(volume, "images/v1")).length, 1);
      assert.deepEqual(namesIn(join(volume, "images/.tmp")), []);
      await processes.stop(pods[2]?.server.child ?? assert.fail());
    });

    it("each pod encodes it where they share nothing", async () => {
      for (const name of ["d", "e"]) {
        const folder = makePod(v1, scratch.folder());
        const pod = await startServer(v1, folder);
        assert.equal((await cached(pod.port)).cache, "MISS", name);
        await processes.stop(pod.server.child);
      }
    });

    it("a picture that v2 replaced under the same name is the new one", async () => {
      const before = await cached(running[0]?.port ?? 0);
      const pod = await startPod(v2, "f");
      const after = await cached(pod.port);
      assert.equal(after.cache, "MISS");
      assert.ok(!after.body.equals(before.body));
      await processes.stop(pod.server.child);
    });

    it("an image that a pod left empty or unreadable is encoded again", async () => {
      const folder = join(volume, "images/v1");
      const [key = ""] = namesIn(folder);
      const [name = ""] = namesIn(join(folder, key));
      fs.truncateSync(join(folder, key, name), 0);
      const answer = await cached(running[0]?.port ?? 0);
      assert.equal(answer.cache, "MISS");
      fs.rmSync(join(folder, key), { recursive: true });
      assert.equal((await cached(running[1]?.port ?? 0)).cache, "MISS");
    });

    it("images are served, though not kept, while the folder is gone", async () => {
      fs.rmSync(join(volume, "images"), { recursive: true });
      const [one, other] = running;
      assert.equal((await cached(one?.port ?? 0)).cache, "MISS");
      await publish(volume, { directory: one?.folder ?? "", files: {} });
      assert.equal((await cached(one?.port ?? 0)).cache, "MISS");
      assert.equal((await cached(other?.port ?? 0)).cache, "HIT");
    });
  });
});

function say({ requests, bad }: { requests: number; bad: number }): string {
  return `${bad} bad of ${requests}`;
}
