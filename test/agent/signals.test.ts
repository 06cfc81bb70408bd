import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { POD } from "../helpers/podFolder";
import { Connection } from "./helpers/connection";
import {
  asFirstProcess,
  firstProcess,
  manager,
  needs,
  remove,
  runFolder,
} from "./helpers/container";
import { Server } from "./helpers/server";

const CUSTOM = join(__dirname, "apps", "custom.cjs");
const { inTheWay } = require(join(POD, "agent-signals.cjs")) as {
  inTheWay(
    processes: ReadonlyMap<number, { name: string; parent: number }>,
    server: number,
    runner?: number,
  ): { pid: number; name: string } | undefined;
};

/** What stands between SIGTERM and the server, as a container's first process. */
describe("SIGTERM to the first process of an image", () => {
  const folders: string[] = [];
  let server: Server;
  let app = "";
  const made = (folder: string) => (folders.push(folder), folder);
  before(function () {
    this.timeout(300_000);
    app = made(mkdtempSync(join(tmpdir(), "agent-app-")));
    const scripts = { start: `node ${CUSTOM}`, pre: `echo one && node ${CUSTOM}` };
    writeFileSync(join(app, "package.json"), JSON.stringify({ name: "app", scripts }));
    for (const [name, version] of [
      ["pnpm", "10.23.0"],
      ["yarn", "1.22.22"],
      ["@yarnpkg/cli-dist", "4.12.0"],
    ] as const) {
      manager(name, version, "package.json");
    }
    // Yarn 4 runs no script of a project that it has not installed.
    const yarn = [manager("@yarnpkg/cli-dist", "4.12.0", "bin/yarn.js"), "install"];
    // In CI it would refuse to write the lock file that the folder lacks.
    const env = {
      ...process.env,
      YARN_NODE_LINKER: "node-modules",
      YARN_ENABLE_TELEMETRY: "0",
      YARN_ENABLE_IMMUTABLE_INSTALLS: "false",
    };
    execFileSync("node", yarn, { cwd: app, env, stdio: "pipe" });
  });
  afterEach(() => server.kill());
  after(() => folders.forEach(remove));

  async function start(command: readonly string[], agent = true): Promise<Server> {
    server = await Server.start({
      cwd: app,
      command: asFirstProcess(command),
      agent,
      env: {
        AGENT_DIR: made(runFolder()),
        YARN_NODE_LINKER: "node-modules",
        YARN_ENABLE_TELEMETRY: "0",
        npm_config_update_notifier: "false",
      },
    });
    await server.until("the app", async () => (await server.get("/")).status === 200);
    return server;
  }

  /** Sends SIGTERM to the first process while a request is in flight. */
  async function endDuringRequest(): Promise<{ answer: string; code: number | null }> {
    const slow = await Connection.open(server.port);
    slow.get("/slow");
    // The request is with the app before the order.
    await new Promise((resolve) => setTimeout(resolve, 300));
    process.kill(firstProcess(server.child.pid ?? 0), "SIGTERM");
    const answer = await slow.answer("slow answer").then(
      ({ body }) => body,
      () => "lost",
    );
    return { answer: answer.includes("slow answer") ? "whole" : answer, code: await ended() };
  }
  const ended = async () => (await server.exitWithin(10)).code;

  const script = (name: string, version: string, file: string) => () =>
    manager(name, version, file);
  const commands: [string, () => readonly string[]][] = [
    ["npm start", () => ["npm", "start"]],
    ["npm run, which runs two commands", () => ["npm", "run", "pre"]],
    ["pnpm start", () => ["node", script("pnpm", "10.23.0", "bin/pnpm.cjs")(), "start"]],
    ["yarn start, version 1", () => ["node", script("yarn", "1.22.22", "bin/yarn.js")(), "start"]],
    [
      "yarn start, version 4",
      () => ["node", script("@yarnpkg/cli-dist", "4.12.0", "bin/yarn.js")(), "start"],
    ],
    ["dumb-init npm start", () => [needs("dumb-init"), "npm", "start"]],
    ["dumb-init npm run, two commands", () => [needs("dumb-init"), "npm", "run", "pre"]],
    ["tini -g npm start", () => [needs("tini"), "-g", "--", "npm", "start"]],
    [
      "tini -g pnpm, two commands",
      () => [
        needs("tini"),
        "-g",
        "--",
        "node",
        script("pnpm", "10.23.0", "bin/pnpm.cjs")(),
        "run",
        "pre",
      ],
    ],
    ["a shell that ends as the server", () => ["sh", "-c", `exec node ${CUSTOM}`]],
    ["node", () => ["node", CUSTOM]],
  ];
  for (const [name, command] of commands) {
    it(`${name}: what is in flight is finished, exit code 0, and nothing is warned of`, async () => {
      await start(command());
      assert.deepEqual(await endDuringRequest(), { answer: "whole", code: 0 });
      assert.equal(server.logged("drain end")?.cut, 0);
      assert.equal(server.logged("SIGTERM does not reach the server"), undefined);
    });
  }

  const shells: [string, () => readonly string[]][] = [
    ["the shell form of CMD", () => ["sh", "-c", `echo starting; node ${CUSTOM}; echo ended`]],
    [
      "a shell script under an init",
      () => [needs("tini"), "--", "sh", "-c", `node ${CUSTOM}; true`],
    ],
    ["a script that calls npm", () => ["sh", "-c", "npm start; true"]],
  ];
  for (const [name, command] of shells) {
    it(`${name}: a warning at the start names the process and the exec form`, async () => {
      await start(command());
      await server.until("it", async () => server.logged("start") !== undefined);
      const warning = server.logged("SIGTERM does not reach the server");
      assert.match(String(warning?.because), /^'(sh|dash)' \(process \d+\) is in front of it/);
      assert.match(
        String(warning?.remedy),
        /CMD \["node", "server\.js"\]; .* exec node server\.js/,
      );
    });
  }

  it("control: without the agent each of the package managers loses what is in flight", async () => {
    const lost: string[] = [];
    for (const [name, command] of commands.slice(0, 8)) {
      await start(command(), false);
      if ((await endDuringRequest()).answer !== "whole") lost.push(name);
    }
    assert(lost.includes("npm run, which runs two commands"), lost.join(", "));
    assert(lost.includes("yarn start, version 1"), lost.join(", "));
    assert(lost.includes("dumb-init npm start"), lost.join(", "));
  });
});

describe("what stands in the way of a signal", () => {
  const table = (...rows: [pid: number, name: string, parent: number][]) =>
    new Map(rows.map(([pid, name, parent]) => [pid, { name, parent }]));

  it("is a shell above the server, or above the package manager", () => {
    const server = table([1, "sh", 0], [7, "node", 1]);
    assert.deepEqual(inTheWay(server, 7), { pid: 1, name: "sh" });
    const npm = table([1, "sh", 0], [7, "npm start", 1], [8, "sh", 7], [9, "node", 8]);
    assert.deepEqual(inTheWay(npm, 9, 7), { pid: 1, name: "sh" });
  });

  it("is nothing between the package manager and the server, nor an init", () => {
    const npm = table([1, "dumb-init", 0], [7, "npm start", 1], [8, "sh", 7], [9, "node", 8]);
    assert.equal(inTheWay(npm, 9, 7), undefined);
    assert.deepEqual(inTheWay(npm, 9), { pid: 8, name: "sh" });
    assert.equal(inTheWay(table([1, "node", 0]), 1), undefined);
    assert.equal(inTheWay(table([1, "a", 2], [2, "b", 1]), 1), undefined);
  });
});
