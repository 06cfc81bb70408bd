import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { init, openTelemetry, PRELOADS, remove, runFolder } from "./helpers/container";
import { fixture } from "./helpers/fixture";
import { AGENT, Server } from "./helpers/server";
import { freePort } from "../../runtime/test/lib/processes";
import { NEXT_VERSION, NODE_VERSIONS, nodeFolder } from "./helpers/versions";

/** What an image has in NODE_OPTIONS, through the init container, in the server. */
describe("NODE_OPTIONS of the image", () => {
  const folders: string[] = [];
  let server: Server | undefined;
  let otel = "";
  const made = (folder: string) => (folders.push(folder), folder);
  before(function () {
    this.timeout(300_000);
    fixture(NEXT_VERSION);
    otel = openTelemetry();
    for (const node of NODE_VERSIONS) nodeFolder(node);
  });
  afterEach(async () => {
    // Its first process may stand in for another, which outlives it when it is killed.
    server?.signal();
    await server?.exitWithin(10);
    server = undefined;
  });
  after(() => folders.forEach(remove));

  /** A server in an image with these options, after its init container. */
  async function start(image: string, env: Record<string, string> = {}, node?: string) {
    const folder = made(runFolder());
    const { standalone } = fixture(NEXT_VERSION);
    assert.equal(init(folder, image, { cwd: standalone }).status, 0);
    server = await Server.start({
      cwd: standalone,
      node,
      env: { NODE_OPTIONS: PRELOADS, AGENT_DIR: folder, AGENT_WARMUP_PATHS: "/", ...env },
    });
    await server.ready();
    return server;
  }

  for (const node of NODE_VERSIONS) {
    it(`OpenTelemetry as a preload: its spans and metrics are there beside the agent, in one process: Node ${node}`, async () => {
      const port = String(await freePort());
      const running = await start(
        `--require ${otel}/tracing.cjs`,
        { OTEL_EXPORTER_PROMETHEUS_PORT: port },
        node,
      );
      assert.equal((await running.get("/")).status, 200);
      await running.until("a span of the request", async () => /traceId/.test(running.output));
      const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
      assert.match(metrics, /http_server_duration_count|http_server_request_duration/);
      assert.equal(await running.metric("nextjs_ready"), 1);
      assert.equal(running.output.match(/otel: preloaded/g)?.length, 1);
      running.signal();
      assert.equal((await running.exitWithin(8)).code, 0);
      assert.equal(running.logged("drain end")?.cut, 0);
    });

    it(`the init container runs none of it, whatever it is, and publishes: Node ${node}`, () => {
      const folder = made(runFolder());
      const { standalone } = fixture(NEXT_VERSION);
      const boom = join(folder, "boom.cjs");
      writeFileSync(boom, 'console.log("BOOM"); require("http").createServer().listen(0);');
      const modules = node === "18" ? "" : `--import ${boom.replace(".cjs", ".mjs")}`;
      const options = `--require ${boom} ${modules} --require not-there --max-old-space-size=300`;
      const { status, stdout, stderr } = init(folder, options, {
        node: join(nodeFolder(node), "node"),
        cwd: standalone,
        env: { SHARED_CACHE_DIR: made(mkdtempSync(join(tmpdir(), "agent-shared-"))) },
      });
      assert.equal(status, 0, stderr);
      assert.doesNotMatch(stdout + stderr, /BOOM/);
      assert.match(stdout, /"outcome":"published"/);
      assert.equal(readFileSync(join(folder, "node-options"), "utf8"), `${options}\n`);
    });
  }

  it("keeps options that are no preloads, in their order, before the stack's", async () => {
    const folder = made(runFolder());
    const [first, second] = ["first", "second"].map((name) => {
      const file = join(folder, `${name}.cjs`);
      writeFileSync(
        file,
        `console.log("${name}", require("v8").getHeapStatistics().heap_size_limit < 4e8, process.env.NODE_OPTIONS);`,
      );
      return file;
    });
    const image = `--max-old-space-size=300 -r ${first} --require ${second}`;
    const running = await start(image);
    const rest = PRELOADS.slice(PRELOADS.indexOf(" --require") + 1);
    assert.match(
      running.output,
      new RegExp(`first true .*\\n(.*\\n)*second true ${image} ${rest}`),
    );
    assert.equal(running.lines.filter(({ event }) => event === "start").length, 1);
  });

  it("app.env's replace them, as any variable of a pod does, and the first line says so", async () => {
    const image = `--require ${otel}/tracing.cjs`;
    const running = await start(image, {
      NODE_OPTIONS: `--max-old-space-size=300 --require ${AGENT}`,
    });
    assert.doesNotMatch(running.output, /otel: preloaded/);
    assert.equal(running.logged("start")?.nodeOptionsOfImageReplaced, image);
  });

  it("an image without any: the server is the first process, started once", async () => {
    const running = await start("");
    assert.equal(running.logged("start")?.nodeOptionsOfImageReplaced, undefined);
    const { pid = 0 } = running.child;
    assert.equal(readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8"), "");
  });

  it("control: without the init container's file they are gone", async () => {
    server = await Server.start({
      cwd: fixture(NEXT_VERSION).standalone,
      env: { NODE_OPTIONS: PRELOADS, AGENT_DIR: made(runFolder()) },
    });
    await server.ready();
    assert.doesNotMatch(server.output, /otel: preloaded/);
  });
});
