import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import {
  freePort,
  start,
  temporaryFolder,
  until,
  type Started,
} from "../../../runtime/test/lib/processes";
import { cases } from "../lib/case";
import type { Site } from "../lib/site";

interface Running {
  readonly url: string;
  readonly started: Started;
  /** What it wrote, without times, ports and empty lines. */
  lines(): readonly string[];
}

/** One more server of a site, of the same build and with the same environment. */
async function withServer<T>(
  site: Site,
  options: { readonly cwd?: string; readonly host?: string; readonly env?: Record<string, string> },
  use: (server: Running) => Promise<T>,
): Promise<T> {
  const port = await freePort();
  const { host = "127.0.0.1", cwd = site.parts.built.folder } = options;
  const started = start(process.execPath, [site.parts.built.server], {
    cwd,
    env: {
      PATH: process.env.PATH,
      NODE_ENV: "production",
      PORT: String(port),
      HOSTNAME: host,
      ORIGIN_URL: site.origin.url,
      NEXT_TELEMETRY_DISABLED: "1",
      ...site.parts.env,
      ...options.env,
    },
  });
  try {
    await until(`Next.js on ${host}:${port}`, 30, async () => {
      if (started.child.exitCode !== null) throw new Error(`it ended: ${started.output()}`);
      return /Ready/.test(started.output()) ? true : undefined;
    });
    return await use({
      url: `http://${host.includes(":") ? `[${host}]` : host}:${port}`,
      started,
      lines: () =>
        started
          .output()
          .split("\n")
          .map((line) => line.trim().replaceAll(String(port), "PORT"))
          .map((line) => line.replace(/ (in|took) [\d.]+ ?m?s$/, ""))
          .filter((line) => line !== ""),
    });
  } finally {
    await started.end();
  }
}

/** The folder that `output: standalone` makes, which an image is made of. */
export const standalone = cases("standalone-mode", "router", (it) => {
  it("what a server needs is in the folder, and no source", (site) => {
    const server = site.folder;
    for (const file of [
      "server.js",
      "package.json",
      ".next/BUILD_ID",
      ".next/server",
      "node_modules",
    ]) {
      assert.ok(
        existsSync(join(server, file)) || existsSync(join(site.parts.built.folder, file)),
        `no ${file}`,
      );
    }
    for (const source of ["app", "lib", "middleware.js", "next.config.mjs"]) {
      assert.ok(!existsSync(join(server, source)), `${source} is in it`);
    }
    const made = new Set(["cache", "route-cache"]); // by running servers
    return Promise.resolve(readdirSync(join(server, ".next")).filter((name) => !made.has(name)));
  });

  it("the config of the build is in server.js", (site) => {
    const text = readFileSync(site.parts.built.server, "utf8");
    const config = /const nextConfig = (\{.*\})\n/.exec(text)?.[1] ?? "{}";
    const { output, deploymentId, basePath } = JSON.parse(config) as Record<string, unknown>;
    return Promise.resolve({ output, deploymentId, basePath });
  });

  it("it starts in another folder", (site) =>
    withServer(site, { cwd: temporaryFolder("elsewhere") }, async ({ url }) => {
      const answer = await fetch(`${url}/forever/elsewhere`);
      assert.equal(answer.status, 200);
      return [answer.headers.get("x-nextjs-cache"), answer.headers.get("cache-control")];
    }));

  for (const host of ["127.0.0.2", "::1", "0.0.0.0"]) {
    it(`HOSTNAME ${host}`, (site) =>
      withServer(site, { host }, async ({ url, lines }) => {
        const answer = await fetch(`${url.replace("0.0.0.0", "127.0.0.1")}/`);
        assert.equal(answer.status, 200);
        return lines();
      }));
  }

  it("KEEP_ALIVE_TIMEOUT", (site) =>
    withServer(site, { env: { KEEP_ALIVE_TIMEOUT: "61000" } }, async ({ url }) => {
      const answer = await fetch(`${url}/`);
      assert.equal(answer.headers.get("keep-alive"), "timeout=61");
    }));

  it("it writes nothing but that it is ready", (site) =>
    withServer(site, {}, async ({ url, lines }) => {
      for (const path of ["/", "/forever/quiet", "/tagged/quiet", "/fetch/force-cache/quiet"]) {
        await (await fetch(`${url}${path}`)).text();
      }
      await site.settle();
      return lines();
    }));

  it("SIGTERM: the request that it has is answered, and it ends", (site) =>
    withServer(site, {}, async ({ url, started }) => {
      await (await fetch(`${url}/`)).text();
      const gone = new Promise((resolve) => started.child.once("exit", resolve));
      const answer = fetch(`${url}/api/dynamic/last`);
      await site.asked("api-dynamic-last", 1);
      started.child.kill("SIGTERM");
      const { status } = await answer;
      await (await answer).text();
      assert.equal(status, 200);
      return [status, await gone];
    }));

  it("a server that starts later shows what is kept", async (site) => {
    const page = await site.same("/forever/before-start", "forever");
    const data = await site.same("/fetch/force-cache/before-start", "first");
    return withServer(site, {}, async ({ url }) => {
      await (await fetch(`${url}/`)).text();
      await site.settle(600);
      for (const [path, shown] of [
        ["/forever/before-start", `[[forever:${page}]]`],
        ["/fetch/force-cache/before-start", `[[first:${data}]]`],
      ] as const) {
        assert.ok((await (await fetch(`${url}${path}`)).text()).includes(shown), path);
      }
    });
  });
});
