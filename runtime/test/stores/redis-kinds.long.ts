import assert from "node:assert/strict";
import { readEnvironment } from "../../src/environment";
import type { Found } from "../../src/stores/store";
import { remedyFor, versionWarning } from "../../src/stores/redis/remedies";
import type { SharedCache } from "../../src/shared-cache";
import { freePort, removeFolder, sleep, temporaryFolder, until } from "../lib/processes";
import { Proxy, RedisServer } from "../lib/redis";
import { lookup, opened, pod as podOf, ready, write } from "../lib/pods";

/** Patient: what a busy machine adds to an answer is not asked here. */
function pod(env: Record<string, string>): SharedCache {
  return podOf({ NEXT_SHARED_CACHE_TIMEOUT_MS: "3000", ...env });
}

/** The folder serves what was written, while Redis does not. */
async function servedByFolder(cache: SharedCache): Promise<void> {
  await write(cache, "p:/a", "value");
  await until("an answer of the folder", 5, async () => {
    const { level, entry } = await cache.lookup(lookup("p:/a"));
    return level === "files" && entry?.value === "value" ? true : undefined;
  });
}

/** What is logged as a warning or an error while `body` runs. */
async function logged(body: () => Promise<void>): Promise<string[]> {
  const lines: string[] = [];
  const { warn, error } = console;
  console.warn = console.error = (line: string) => void lines.push(line);
  try {
    await body();
  } finally {
    Object.assign(console, { warn, error });
  }
  return lines;
}

/** Two pods agree at once, though nobody tells them of changes. */
async function agree(pods: readonly SharedCache[]): Promise<void> {
  const [one, other] = pods;
  assert.ok(one && other);
  for (const cache of pods) await ready(cache);
  for (const value of ["first", "second", "third"]) {
    await write(one, "p:/a", value, { replace: true });
    for (let i = 0; i < 2; i++) {
      const found: Found = await other.lookup(lookup("p:/a"));
      assert.deepEqual([found.level, found.entry?.value], ["redis", value]);
    }
  }
  await one.revalidate(["tag"], undefined);
  assert.ok((await other.lookup(lookup("p:/a"))).versions.get("tag")?.expired);
}

/** Servers that lack something, and addresses that are none. */
describe("kinds of Redis", () => {
  for (const [what, how] of [
    ["forbids client tracking to its user", "acl"],
    ["does not know client tracking", "unknown"],
  ] as const)
    it(`one that ${what} is used, without the client-side cache, and that is said once`, async () => {
      const redis = await RedisServer.launch();
      const proxy = await Proxy.launch(redis.port);
      if (how === "acl") await redis.command("ACL", "SETUSER", "default", "-client|tracking");
      else proxy.mangle = (text) => text.replace("TRACKING", "TRACKONG");
      const pods: SharedCache[] = [];
      const lines = await logged(async () => {
        for (let i = 0; i < 2; i++) pods.push(pod({ REDIS_URL: proxy.url }));
        await agree(pods);
        proxy.moveTo(redis.port);
        await until("the connections to end", 5, async () =>
          pods.some((cache) => cache.ready) ? undefined : true,
        );
        await agree(pods);
      });
      const said = lines.filter((line) => line.includes("without the client-side cache"));
      assert.equal(said.length, pods.length, lines.join("\n"));
      for (const cache of pods) cache.stop();
      await proxy.close();
      await redis.kill();
    });

  it("one with tracking answers from memory (control)", async () => {
    const redis = await RedisServer.launch();
    const cache = pod({ REDIS_URL: redis.url });
    await ready(cache);
    await write(cache, "p:/a", "value");
    await until("an answer from memory", 2, async () =>
      (await cache.lookup(lookup("p:/a"))).level === "memory" ? true : undefined,
    );
    cache.stop();
    await redis.kill();
  });

  it("one in cluster mode: the folder serves, and the log says what to do", async () => {
    // the port of the cluster's own talk is 10,000 above the other one, unless told: there it may be taken
    const bus = await freePort();
    const options = async (port?: number): Promise<string[]> =>
      ["--cluster-enabled", "yes", "--cluster-port"].concat(String(port ?? (await freePort())));
    const asked = await RedisServer.launch(await options());
    const owner = await RedisServer.launch(await options(bus));
    await owner.command("CLUSTER", "ADDSLOTSRANGE", "0", "16383");
    await asked.command("CLUSTER", "MEET", "127.0.0.1", String(owner.port), String(bus));
    await until("it to point elsewhere", 15, async () =>
      (await asked.command("GET", "x").catch(String)).includes("MOVED") ? true : undefined,
    );
    const folder = temporaryFolder("moved");
    let cache: SharedCache | undefined;
    const lines = await logged(async () => {
      cache = pod({ REDIS_URL: asked.url, SHARED_CACHE_DIR: folder });
      await servedByFolder(cache);
      await sleep(1500);
    });
    assert.match(lines.join("\n"), /MOVED.*cluster mode disabled/);
    cache?.stop();
    await Promise.all([asked.kill(), owner.kill()]);
    removeFolder(folder);
  });

  it("a REDIS_URL that is wrong leaves the folder in use, and is said without its password", async () => {
    for (const url of [
      "http://user:secret@host",
      "redis://:sec/ret@host:6379",
      "redis://:secret@host:99999",
      "redis://:secret@host/name",
      "redis://",
    ]) {
      const folder = temporaryFolder("wrong");
      const said: string[] = [];
      const env = { REDIS_URL: url, SHARED_CACHE_DIR: folder, NEXT_SHARED_CACHE_APP: "app" };
      const environment = readEnvironment(env, "/nowhere", (message) => said.push(message));
      assert.deepEqual([environment.store, environment.directory], ["files", folder], url);
      assert.match(said.join("\n"), /^REDIS_URL .*: give redis:\/\/[^\n]*$/, url);
      assert.doesNotMatch(said.join("\n"), /secret|sec\/ret/);
      const cache = opened(environment);
      await servedByFolder(cache);
      removeFolder(folder);
    }
    const said: string[] = [];
    const env = { NEXT_SHARED_CACHE_TIMEOUT_MS: "soon", REDIS_URL: "redis://h:6379/2" };
    const rest = readEnvironment(env, "/nowhere", (message) => said.push(message));
    assert.deepEqual([rest.store, rest.timeoutMs, said.length], ["redis", 250, 1]);
  });

  it("versions before 7.0 are named at the start (from INFO; no such server was run)", () => {
    assert.match(
      versionWarning("redis_version:6.2.14\r\n") ?? "",
      /Redis 6\.2\.14 .* use Redis 7\.0/,
    );
    for (const info of [
      "redis_version:7.0.15\r\n",
      "",
      "redis_version:7.2.4\r\nvalkey_version:9.1.0\r\n",
    ])
      assert.equal(versionWarning(info), undefined);
    for (const [reason, remedy] of [
      ["WRONGPASS invalid username-password pair", /redis:\/\/user:password/],
      ["NOPERM this user has no permissions", /commands/],
      ["ERR unknown command 'HELLO'", /7\.0/],
      ["getaddrinfo ENOTFOUND redis", /host in REDIS_URL/],
    ] as const)
      assert.match(remedyFor(reason) ?? "", remedy);
    assert.equal(remedyFor("something else"), undefined);
  });
});
