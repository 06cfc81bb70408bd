import assert from "node:assert/strict";
import * as fs from "node:fs";
import { join } from "node:path";
import { makeBuild, releasesIn, Scratch } from "../pod/volume";
import { init, PRELOADS } from "./helpers/container";
import { Server } from "./helpers/server";

const APP = join(__dirname, "apps", "custom.cjs");

/** The init container, then the server's, with a volume that is not there at first. */
describe("a release that could not be published", () => {
  const scratch = new Scratch();
  let server: Server | undefined;
  afterEach(() => server?.kill());
  after(() => scratch.clean());

  function pod() {
    const { directory } = makeBuild(scratch.folder(), { deploymentId: "v1" });
    const run = scratch.folder();
    const volume = join(scratch.folder(), "shared");
    const word = join(scratch.folder(), "termination-log");
    const env = { SHARED_CACHE_DIR: volume, APP_DIR: directory, AGENT_DIR: run };
    const prepare = () => init(run, "", { cwd: directory, env });
    const start = (more: Record<string, string> = {}) =>
      Server.start({
        cwd: directory,
        command: ["node", APP],
        env: { ...env, NODE_OPTIONS: PRELOADS, AGENT_LAST_MESSAGE: word, ...more },
      });
    return { run, volume, word, prepare, start };
  }

  it("ends the server's container, which Pulumi's provider tells about, with the publisher's message and before the app runs", async () => {
    const { volume, word, prepare, start } = pod();
    const { status, stderr } = prepare();
    assert.equal(status, 0, "of an init container the provider tells nothing");
    assert.match(stderr, /claim 'cache' is not mounted/);
    server = await start();
    assert.equal((await server.exitWithin(20)).code, 1);
    assert.match(
      fs.readFileSync(word, "utf8"),
      /^release 'v1' is not published: claim 'cache' is not mounted: there is no folder .*Remedy: mount it there/,
    );
    assert.match(server.output, /"level":"error".*claim 'cache' is not mounted/);
    assert.equal(server.logged("start"), undefined);

    // The log's last lines are the message where none can be left.
    server = await start({ AGENT_LAST_MESSAGE: "/nowhere/else" });
    assert.equal((await server.exitWithin(20)).code, 1);
    assert.ok(!fs.existsSync(volume));
  });

  it("is published by the next try, and the server starts", async () => {
    const { run, volume, prepare, start } = pod();
    assert.equal(prepare().status, 0);
    fs.mkdirSync(volume);
    server = await start();
    await server.ready();
    assert.deepEqual(releasesIn(volume), ["v1"]);
    assert.match(server.output, /"outcome":"published"/);
    assert.deepEqual(
      fs.readdirSync(run).filter((name) => name === "not-published"),
      [],
    );
  });

  it("is no matter where the init container has published it (control)", async () => {
    const { run, volume, prepare, start } = pod();
    fs.mkdirSync(volume);
    fs.writeFileSync(join(run, "not-published"), "of an init container before");
    assert.match(prepare().stdout, /"outcome":"published"/);
    server = await start();
    await server.ready();
    assert.doesNotMatch(server.output, /outcome/);
  });
});
