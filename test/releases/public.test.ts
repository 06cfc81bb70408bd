import assert from "node:assert/strict";
import { join } from "node:path";
import { POD } from "../helpers/podFolder";
import { publish, Scratch } from "../pod/volume";
import { freePort } from "../../runtime/test/lib/processes";
import {
  get,
  missing,
  Processes,
  startAssets,
  startNext,
  startNginx,
  type Answer,
} from "./servers";
import { buildSite, makePod, missingModules, png, type Site } from "./site";

/** Of each kind that browsers treat in a way of its own, and some that no table has. */
const OLD: Readonly<Record<string, string | Buffer>> = {
  "old.png": png(300, 200, "old"),
  "old.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
  "old.json": '{"of":"v1"}',
  "old page.html": "<h1>v1</h1>",
  "sw.js": "self.addEventListener('fetch', () => undefined);",
  "film.mp4": Buffer.alloc(600_000, "film"),
  "model.glb": "glTF",
  "app.webmanifest": "{}",
  "nothing.unknown": "?",
  "no-extension": "?",
  ".well-known/assetlinks.json": "[]",
  "deep/er/å.txt": "v1",
};

/** Real builds with the agent, behind nginx as the ingress, and beside them the stock answers. */
describe("files of public/ after a deploy with real builds", () => {
  const scratch = new Scratch();
  const processes = new Processes();
  let volume: string;
  let v1: Site;
  /** A pod of v1, which has the files. */
  let own: number;
  /** The ingress in front of a pod of v2, and a stock pod of v2. */
  let port: number;
  let stock: number;

  before(async function () {
    // Two builds, one after the other.
    this.timeout(600_000);
    const lacking = [...missing(["nginx"]), ...missingModules()];
    if (lacking.length > 0) throw new Error(`test:releases cannot run:\n  ${lacking.join("\n  ")}`);
    volume = scratch.folder();
    const inPublic = Object.entries(OLD).map(([path, content]) => [`public/${path}`, content]);
    v1 = buildSite(scratch.folder(), "v1", {
      ...(Object.fromEntries(inPublic) as Record<string, string | Buffer>),
      "public/taken.json": '"a file of v1"',
      "public/caught/page.txt": "a file of v1",
      "app/pic.png": png(300, 200, "pic"),
      "app/pic/page.jsx": `import pic from "../pic.png";\nexport default () => <img src={pic.src} />;`,
    });
    const v2 = buildSite(scratch.folder(), "v2", {
      "app/taken.json/route.js": `export const GET = () => Response.json("a route of v2");`,
      "app/caught/[slug]/page.jsx": `import { notFound } from "next/navigation";
export default async function Page({ params }) {
  if ((await params).slug !== "page.txt") notFound();
  return <p>a page of v2</p>;
}`,
    });
    own = await startPod(v1, true);
    const pod = await startPod(v2, true);
    stock = await startPod(v2, false);

    const assets = await startAssets(processes, scratch.folder(), { volume, appPort: pod });
    port = await freePort();
    const front = scratch.folder();
    const ingress = `
worker_processes 1; pid ${front}/pid; error_log stderr crit;
events { worker_connections 1024; }
http {
  access_log off;
  client_body_temp_path ${front}/b; proxy_temp_path ${front}/p;
  fastcgi_temp_path ${front}/f; uwsgi_temp_path ${front}/u; scgi_temp_path ${front}/s;
  server {
    listen 127.0.0.1:${port};
    proxy_buffering off;
    location / { proxy_pass http://127.0.0.1:${pod}; }
    location /_next/static { proxy_pass http://127.0.0.1:${assets}; }
  }
}`;
    await startNginx(processes, front, ingress, port);
  });

  after(async () => {
    await processes.stopAll();
    scratch.clean();
  });

  async function startPod(site: Site, agent: boolean): Promise<number> {
    const folder = makePod(site, scratch.folder());
    if (agent) {
      const run = await publish(volume, { directory: folder, files: {} });
      assert.equal(run.code, 0, run.err);
    }
    const env: Record<string, string> = {
      AGENT_PORT: String(await freePort()),
      SHARED_CACHE_DIR: volume,
      ...(agent && { NODE_OPTIONS: `--require ${join(POD, "agent.cjs")}` }),
    };
    return (await startNext(processes, folder, env)).port;
  }

  const url = (path: string) => `/${path.split("/").map(encodeURIComponent).join("/")}`;
  const ofTheFile = ({ headers }: Answer) =>
    Object.fromEntries(
      Object.entries(headers).filter(
        // Next.js may compress its own; what is kept goes out as it is.
        ([name]) => !["connection", "date", "keep-alive", "server", "vary"].includes(name),
      ),
    );

  for (const path of Object.keys(OLD)) {
    it(`${path} is answered as the pods of its own release answer it`, async () => {
      const expected = await get(own, url(path));
      assert.equal(expected.status, 200);
      const answer = await get(port, url(path));
      assert.equal(answer.status, 200);
      assert.ok(answer.body.equals(expected.body));
      assert.deepEqual(ofTheFile(answer), ofTheFile(expected));
      assert.equal(answer.headers["cache-control"], "public, max-age=0");
      assert.equal((await get(stock, url(path))).status, 404, "the stock pod has none (control)");
    });
  }

  it("ranges and conditions are answered as the pods of its own release answer them", async () => {
    const { headers } = await get(own, "/film.mp4");
    const etag = String(headers.etag);
    const since = String(headers["last-modified"]);
    const all: Record<string, string>[] = [
      { range: "bytes=5-99" },
      { range: "bytes=599990-" },
      { range: "bytes=-7" },
      { range: "bytes=0-1,5-6" },
      { range: "bytes=5-99", "if-range": etag },
      { range: "bytes=5-99", "if-range": since },
      { range: "bytes=5-99", "if-range": 'W/"other"' },
      { "if-none-match": etag },
      { "if-none-match": 'W/"other", W/"more"' },
      { "if-modified-since": since },
      { "if-none-match": etag, "cache-control": "no-cache" },
    ];
    for (const asked of all) {
      const [expected, answer] = [
        await get(own, "/film.mp4", asked),
        await get(port, "/film.mp4", asked),
      ];
      const what = JSON.stringify(asked);
      assert.equal(answer.status, expected.status, what);
      assert.ok(answer.body.equals(expected.body), what);
      assert.deepEqual(ofTheFile(answer), ofTheFile(expected), what);
    }
    // Next.js 16.4 looks for a page of that number, and answers 500.
    assert.equal((await get(port, "/film.mp4", { range: "bytes=700000-" })).status, 416);
  });

  it("a route of the current release stays, and so does its own 404", async () => {
    assert.equal((await get(port, "/taken.json?dpl=v1")).body.toString(), '"a route of v2"');
    const page = await get(port, "/caught/page.txt?dpl=v1");
    assert.match(page.body.toString(), /a page of v2/);
    const [none, stocks] = [await get(port, "/none.png"), await get(stock, "/none.png")];
    assert.equal(none.status, 404);
    assert.equal(none.body.toString(), stocks.body.toString());
    assert.equal((await get(port, "/old.svg?dpl=v2")).status, 404);
  });

  it("the optimizer leads old pages to their pictures, of public/ and of the build", async () => {
    const media = [...v1.files.keys()].find((path) => /^media\/pic\..*png$/.test(path));
    for (const [source, content] of [
      ["/old.png", OLD["old.png"]],
      [`/_next/static/${media}`, v1.files.get(media ?? "")],
    ] as const) {
      const asked = `/_next/image?url=${encodeURIComponent(source)}&w=384&q=75&dpl=v1`;
      assert.equal((await get(own, asked)).status, 200, "a pod of v1 makes it smaller");
      assert.ok((await get(stock, asked)).status >= 400, "the stock pod has none (control)");
      const answer = await get(port, asked);
      assert.equal(answer.status, 307);
      const picture = await get(port, String(answer.headers.location));
      assert.equal(picture.status, 200);
      assert.ok(picture.body.equals(content as Buffer));
    }
    const current = await get(port, "/_next/image?url=%2Flogo.png&w=384&q=75&dpl=v1");
    assert.equal(current.status, 200, "v2 has one of its own");
  });

  it("nothing but the files of public/ is reached", async () => {
    for (const path of [
      "/public.json",
      "/releases/v1/public.json",
      "/..%2fmanifest.json?dpl=v1",
      "/%2e%2e/%2e%2e/etc/passwd",
      "/deep/../../releases/v1/public.json",
      "/_next/static/..%2fpublic.json?dpl=v1",
      "/_next/static/%2e%2e/public.json?dpl=v1",
    ]) {
      assert.ok((await get(port, path)).status >= 400, path);
    }
  });
});
