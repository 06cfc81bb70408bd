import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import fsp from "node:fs/promises";
import { join } from "node:path";
import { isOpenToAll } from "../../example/app/api/revalidate/order";
import { ingress } from "../../config/schema/ingress";
import adapter from "../src/adapter";
import {
  applySharedCache,
  withSharedCache,
  type ConfigContext,
  type NextConfigLike,
} from "../src/config";
import { decode, encode, type Entry } from "../src/entry";
import { readEnvironment } from "../src/environment";
import { FilesStore } from "../src/stores/files/store";
import { judgeTags, revalidated } from "../src/freshness";
import { ClientSideCache } from "../src/stores/redis/client-side-cache";
import * as metrics from "../src/metrics";
import { pathOfKey } from "../src/release";
import { tagsOf } from "../src/tags";
import { removeFolder, run, sleep, temporaryFolder } from "./lib/processes";
import type { Suite } from "./lib/suite";

const RUNTIME = join(__dirname, "..");

function entry(over: Partial<Entry> = {}): Entry {
  return {
    key: "p:/page",
    asOf: 1_700_000_000_000_000,
    storedAt: 1_700_000_000_100_000,
    staleAt: 0,
    tags: ["a", "grün", "with,comma"],
    cacheControl: { revalidate: 60, expire: 3600 },
    value: {
      kind: "APP_PAGE",
      html: "<p>ü</p>".repeat(500),
      rscData: Buffer.from([0, 255, 1]),
      segmentData: new Map([["/x", Buffer.from("y")]]),
    },
    ...over,
  };
}

/** The parts without Next.js around them. */
export async function units(suite: Suite, packed: string, base: string): Promise<void> {
  const check = (name: string, body: () => Promise<void> | void): Promise<void> =>
    suite.check(`units: ${name}`, body);

  await check(
    "strings stay fast once node-redis is loaded, and would not on its own (control)",
    async () => {
      const slower = async (module: string): Promise<number> => {
        const script = `
        const text = "some text ".repeat(3000);
        const once = () => {
          const start = process.hrtime.bigint();
          let sum = 0;
          for (let i = 0; i < text.length; i++) sum ^= text.charCodeAt(i);
          return Number(process.hrtime.bigint() - start);
        };
        const fastest = () => Math.min(...Array.from({ length: 5000 }, once));
        const before = fastest();
        require(${JSON.stringify(module)});
        console.log(fastest() / before);`;
        return Number(await run(process.execPath, ["-e", script], { cwd: RUNTIME }));
      };
      assert.ok(
        (await slower("redis")) > 2.5,
        "node-redis is mended: stores/redis/strings.ts can go",
      );
      const with_ = await slower(join(RUNTIME, "dist/stores/redis/connection.js"));
      assert.ok(with_ < 2, `${with_} times slower`);
    },
  );

  await check(
    "an entry comes back as it was, binary parts and tags included, and compressed",
    () => {
      const original = entry();
      const { bytes, size } = encode(original);
      assert.deepEqual(decode("p:/page", bytes), original);
      assert.ok(bytes.length < size / 4, `${bytes.length} of ${size} bytes`);
    },
  );

  await check("what is small or does not compress is kept as it is", () => {
    const noise = Buffer.from(Array.from({ length: 4000 }, (_, i) => (i * 7919 * (i + 13)) % 251));
    const { bytes, size } = encode(entry({ value: { kind: "APP_ROUTE", body: noise } }));
    assert.ok(bytes.length <= size + 200);
    assert.deepEqual(decode("p:/page", bytes)?.value, { kind: "APP_ROUTE", body: noise });
  });

  await check("a torn, foreign or poisoned entry is a miss", () => {
    const { bytes } = encode(entry());
    assert.equal(decode("p:/other", bytes), undefined, "another key's entry");
    for (const length of [0, 3, 20, 57, 58, 70, bytes.length - 1]) {
      assert.equal(decode("p:/page", bytes.subarray(0, length)), undefined, `cut at ${length}`);
    }
    let whole = 0;
    for (let at = 0; at < bytes.length; at++) {
      const poisoned = Buffer.from(bytes);
      poisoned[at] = (poisoned[at] ?? 0) ^ 0x40;
      if (decode("p:/page", poisoned) !== undefined) whole++;
    }
    assert.equal(whole, 0, "a changed entry was taken for whole");
    assert.equal(decode("p:/page", Buffer.from("hello")), undefined);
  });

  await check("tags: expired, stale, and stale until they expire", () => {
    const never = { stale: 0, expired: 0, expireAt: 0 };
    assert.equal(judgeTags(100, [], 500), "fresh");
    assert.equal(judgeTags(100, [never], 500), "fresh");
    assert.equal(judgeTags(100, [{ ...never, expired: 99 }], 500), "fresh");
    assert.equal(judgeTags(100, [{ ...never, expired: 100 }], 500), "expired");
    assert.equal(judgeTags(100, [{ ...never, stale: 200 }], 500), "stale");
    assert.equal(judgeTags(100, [{ ...never, stale: 200, expireAt: 501 }], 500), "stale");
    assert.equal(judgeTags(100, [{ ...never, stale: 200, expireAt: 500 }], 500), "expired");
    assert.equal(
      judgeTags(300, [{ ...never, stale: 200, expireAt: 500 }], 600),
      "fresh",
      "made after the revalidation",
    );
    assert.equal(
      judgeTags(
        100,
        [
          { ...never, stale: 200 },
          { ...never, expired: 300 },
        ],
        500,
      ),
      "expired",
    );
  });

  await check("tags: a later revalidateTag(tag, profile) does not undo an updateTag", () => {
    const updated = revalidated(undefined, 1000, undefined);
    const both = revalidated(updated, 2000, { expire: 60 });
    assert.deepEqual(both, { stale: 2000, expired: 1000, expireAt: 60_002_000 });
    assert.equal(judgeTags(900, [both], 3000), "expired");
    assert.equal(judgeTags(1500, [both], 3000), "stale");
    assert.deepEqual(revalidated(undefined, 1000, { expire: Infinity }).expireAt, 0);
  });

  await check("tags of an app page come from its headers", () => {
    assert.deepEqual(
      tagsOf(
        { kind: "APP_PAGE", headers: { "x-next-cache-tags": "_N_T_/layout,a" } },
        { tags: ["b"] },
      ),
      ["b", "_N_T_/layout", "a"],
    );
    assert.deepEqual(tagsOf({ kind: "PAGES", headers: {} }, undefined), []);
    assert.deepEqual(tagsOf(null, undefined), []);
  });

  await check("keys of both layouts lead to the path", () => {
    assert.equal(pathOfKey("/route-cache/APP_PAGE/abc/$/index"), "/");
    assert.equal(pathOfKey("/route-cache/APP_PAGE/abc/$/blog/x"), "/blog/x");
    assert.equal(pathOfKey("/route-cache/PAGES/abc/$/index/index"), "/index");
    assert.equal(pathOfKey("/index"), "/");
    assert.equal(pathOfKey("/blog"), "/blog");
  });

  await check(
    "memory: a change of a key or tag takes its entries out, also one that came while Redis was asked",
    () => {
      const memory = new ClientSideCache(1_000_000);
      const put = (key: string, tags: string[], position = memory.position): void =>
        memory.put(key, entry(), tags, 100, position);
      put("one", ["a", "b"]);
      put("two", ["b"]);
      assert.ok(memory.get("one", ["a"], 1));
      assert.equal(memory.get("one", ["c"], 1), undefined, "a tag that was not looked at");
      memory.tagChanged("a");
      assert.equal(memory.get("one", [], 1), undefined);
      assert.ok(memory.get("two", [], 1));
      memory.keyChanged("two");
      assert.equal(memory.get("two", [], 1), undefined);
      const before = memory.position;
      memory.tagChanged("b");
      put("three", ["b"], before);
      assert.equal(
        memory.get("three", [], 1),
        undefined,
        "an old answer was kept after its tag changed",
      );
      memory.keyChanged("four");
      put("four", [], before);
      assert.equal(
        memory.get("four", [], 1),
        undefined,
        "an old answer was kept after its key changed",
      );
      put("five", []);
      memory.clear();
      put("five", [], before);
      assert.equal(
        memory.get("five", [], 1),
        undefined,
        "an answer from before a disconnect was kept",
      );
    },
  );

  await check("memory: bounded, the least used goes first, stale by time goes", () => {
    const memory = new ClientSideCache(1000);
    for (const key of ["a", "b", "c", "d", "e"])
      memory.put(key, entry({ staleAt: 50 }), ["t"], 200, memory.position);
    assert.ok(memory.get("a", [], 1));
    memory.put("f", entry(), [], 200, memory.position);
    assert.equal(memory.get("b", [], 1), undefined);
    assert.ok(memory.get("a", [], 1));
    assert.equal(memory.get("a", [], 50), undefined, "stale");
    memory.put("huge", entry(), [], 400, memory.position);
    assert.equal(memory.get("huge", [], 1), undefined, "larger than a quarter of it");
  });

  await check(
    "files: foreign, torn and empty files are ignored and rewritten; temporary files do not stay",
    async () => {
      const folder = temporaryFolder("files");
      const store = new FilesStore(folder, "app");
      const original = entry();
      const { bytes } = encode(original);
      assert.equal(await store.entries.read("r1", "p:/page"), undefined);
      assert.equal(await store.entries.write("r1", original, bytes), true);
      assert.deepEqual(await store.entries.read("r1", "p:/page"), original);
      assert.equal(await store.entries.read("r2", "p:/page"), undefined, "another release");
      const path = store.entries.path("r1", "p:/page");
      for (const content of [
        Buffer.alloc(0),
        bytes.subarray(0, 80),
        Buffer.from("{}"),
        Buffer.alloc(5000, 7),
      ]) {
        writeFileSync(path, content);
        assert.equal(await store.entries.read("r1", "p:/page"), "unreadable");
        assert.equal(await store.entries.write("r1", original, bytes), true);
        assert.deepEqual(await store.entries.read("r1", "p:/page"), original);
      }
      assert.deepEqual(
        readdirSync(join(path, "..")).filter((name) => name.endsWith(".tmp")),
        [],
      );
      removeFolder(folder);
    },
  );

  await check("files: an older entry does not replace a newer one", async () => {
    const folder = temporaryFolder("files");
    const store = new FilesStore(folder, "app");
    const newer = entry({ asOf: 2000, value: "newer" });
    await store.entries.write("r", newer, encode(newer).bytes);
    const older = entry({ asOf: 1000, value: "older" });
    assert.equal(await store.entries.write("r", older, encode(older).bytes), true);
    assert.deepEqual(await store.entries.read("r", "p:/page"), newer);
    removeFolder(folder);
  });

  await check(
    "files: ESTALE is tried again, ENOSPC gives the old file's space back, EACCES is a miss",
    async () => {
      const folder = temporaryFolder("files");
      const store = new FilesStore(folder, "app");
      const original = entry();
      const { bytes } = encode(original);
      await store.entries.write("r", original, bytes);
      const real = { readFile: fsp.readFile, writeFile: fsp.writeFile };
      const failing = (code: string): Error => Object.assign(new Error(code), { code });
      const patch = (name: "readFile" | "writeFile", codes: string[]): void => {
        Reflect.set(fsp, name, (...args: unknown[]) => {
          const code = codes.shift();
          return code === undefined
            ? Reflect.apply(real[name], fsp, args)
            : Promise.reject(failing(code));
        });
      };
      try {
        patch("readFile", ["ESTALE"]);
        assert.deepEqual(await store.entries.read("r", "p:/page"), original);
        patch("readFile", ["EACCES"]);
        assert.equal(await store.entries.read("r", "p:/page"), undefined);
        patch("writeFile", ["ENOSPC"]);
        const next = entry({ asOf: original.asOf + 1 });
        assert.equal(await store.entries.write("r", next, encode(next).bytes), true);
        patch("writeFile", ["ENOSPC", "ENOSPC"]);
        const last = entry({ asOf: original.asOf + 2 });
        assert.equal(await store.entries.write("r", last, encode(last).bytes), false);
        assert.equal(
          await store.entries.read("r", "p:/page"),
          "unreadable",
          "an older page stayed where a newer one was shown",
        );
      } finally {
        Object.assign(fsp, real);
        removeFolder(folder);
      }
    },
  );

  await check("files: a revalidation reaches another process's store within 250 ms", async () => {
    const folder = temporaryFolder("files");
    const one = new FilesStore(folder, "app");
    const two = new FilesStore(folder, "app");
    assert.equal((await two.tags.versions(["x"])).size, 0);
    await one.revalidate(["x", "y"], undefined, 1000);
    await sleep(250);
    assert.deepEqual((await two.tags.versions(["x"])).get("x"), {
      stale: 0,
      expired: 1000,
      expireAt: 0,
    });
    await two.revalidate(["x"], { expire: 1 }, 2000);
    await sleep(250);
    assert.deepEqual((await one.tags.versions(["x"])).get("x"), {
      stale: 2000,
      expired: 1000,
      expireAt: 1_002_000,
    });
    writeFileSync(join(folder, "next-shared-cache/app/tags/foreign"), "x");
    mkdirSync(join(folder, "next-shared-cache/app/tags/also~foreign~1"));
    await sleep(250);
    assert.equal((await one.tags.versions(["y"])).get("y")?.expired, 1000);
    rmSync(join(folder, "next-shared-cache"), { recursive: true });
    await sleep(250);
    assert.equal((await one.tags.versions(["x"])).get("x")?.expired, 1000, "what was known stays");
    await one.revalidate(["x"], undefined, 3000);
    assert.equal((await one.tags.versions(["x"])).get("x")?.expired, 3000);
    removeFolder(folder);
  });

  await check("environment: what is wrong is named with key, value and remedy", () => {
    const read = (env: Record<string, string>): unknown => readEnvironment(env, base);
    assert.throws(
      () => read({ REDIS_URL: "http://user:secret@host" }),
      (cause: Error) =>
        /REDIS_URL starts with "http:"/.test(cause.message) && !cause.message.includes("secret"),
    );
    assert.throws(
      () => read({ NEXT_SHARED_CACHE_STORE: "memcached" }),
      /NEXT_SHARED_CACHE_STORE is "memcached": give/,
    );
    assert.throws(() => read({ NEXT_SHARED_CACHE_STORE: "redis" }), /set REDIS_URL/);
    assert.throws(() => read({ NEXT_SHARED_CACHE_STORE: "files" }), /set it to the shared folder/);
    assert.throws(
      () => read({ NEXT_SHARED_CACHE_TIMEOUT_MS: "soon" }),
      /NEXT_SHARED_CACHE_TIMEOUT_MS is "soon": give a number from 10 to 10000/,
    );
    assert.equal(readEnvironment({ REDIS_URL: "redis://h" }, base).store, "redis");
    assert.equal(
      readEnvironment(
        { REDIS_URL: "redis://h", SHARED_CACHE_DIR: "/x", NEXT_SHARED_CACHE_STORE: "files" },
        base,
      ).redisUrl,
      undefined,
    );
    assert.equal(readEnvironment({ SHARED_CACHE_DIR: "/x" }, base).store, "files");
    assert.equal(readEnvironment({}, base).store, "process");
  });

  await check("config: sets what is not set, leaves what the user set, and says so", async () => {
    const context = { phase: "phase-production-build", nextVersion: "16.4.6", projectDir: base };
    const plain = applySharedCache<NextConfigLike>({}, context);
    assert.match(String(plain.cacheHandler), /cache-handler\.js$/);
    assert.equal(plain.cacheHandlers, undefined, "of no use without 'use cache'");
    for (const on of [{ cacheComponents: true }, { experimental: { useCache: true } }]) {
      const { cacheHandlers } = applySharedCache<NextConfigLike>(on, context);
      assert.deepEqual(Object.keys(cacheHandlers as object), ["default", "remote"]);
    }
    assert.equal(plain.output, "standalone");
    assert.match(String(plain.deploymentId), /^[a-z0-9]{8,32}$/);
    assert.equal(
      applySharedCache<NextConfigLike>({}, context).deploymentId,
      plain.deploymentId,
      "one build, two ids",
    );
    assert.equal(
      applySharedCache(plain, context).deploymentId,
      plain.deploymentId,
      "twice is once",
    );
    assert.equal("cacheMaxMemorySize" in plain, false);

    const warnings: string[] = [];
    const warn = console.warn;
    console.warn = (line: string) => warnings.push(line);
    try {
      const own = applySharedCache(
        {
          cacheHandler: "/mine.js",
          cacheHandlers: { remote: "/remote.js" },
          cacheComponents: true,
          deploymentId: "v7",
          output: "standalone",
        },
        context,
      );
      assert.equal(own.cacheHandler, "/mine.js");
      assert.equal((own.cacheHandlers as Record<string, string>).remote, "/remote.js");
      assert.match(
        (own.cacheHandlers as Record<string, string>).default ?? "",
        /use-cache-handler\.js$/,
      );
      assert.equal(own.deploymentId, "v7");
      assert.ok(
        warnings.some((line) => line.includes("cacheHandler is set in next.config and left alone")),
      );
      assert.ok(warnings.some((line) => line.includes("cacheHandlers.remote is set")));
      assert.deepEqual(applySharedCache({ output: "export" as unknown }, context), {
        output: "export",
      });
      applySharedCache({}, { ...context, nextVersion: "17.0.0" });
      assert.equal(
        warnings.filter((line) => line.includes("not tested with Next.js 17.0.0")).length,
        1,
      );
    } finally {
      console.warn = warn;
    }
    const old = applySharedCache<{ experimental?: unknown; cacheHandlers?: unknown }>(
      { experimental: { useCache: true } },
      { ...context, nextVersion: "15.5.29" },
    );
    assert.equal(old.cacheHandlers, undefined);
    assert.deepEqual(Object.keys(old.experimental as object), ["useCache", "cacheHandlers"]);
    assert.deepEqual(
      applySharedCache({ a: 1 } as object, { ...context, phase: "phase-development-server" }),
      { a: 1 },
    );
    await assert.rejects(
      withSharedCache((() => undefined) as never)("phase-production-build", undefined as never),
      /give it an object/,
    );
  });

  await check(
    "config: the limit of bodies is the ingress's default, or what the build is told",
    () => {
      // What the adapter asks of an installed Next.js; real ones are asked in the suite of edge code.
      const projectDir = join(base, "defaults");
      const server = join(projectDir, "node_modules/next/dist/server");
      mkdirSync(server, { recursive: true });
      writeFileSync(
        join(server, "config-shared.js"),
        "exports.defaultConfig = { experimental: { proxyClientMaxBodySize: 10485760 } };",
      );
      const context = { phase: "phase-production-build", nextVersion: "16.4.6", projectDir };
      const limit = (experimental: object): unknown =>
        (
          applySharedCache<NextConfigLike>({ experimental }, context).experimental as Record<
            string,
            unknown
          >
        ).proxyClientMaxBodySize;
      assert.equal(ingress.parse({}).maxBodySize, "20m", "the stack has another default");
      assert.equal(limit({}), 20 * 1024 * 1024);
      assert.equal(
        limit({ proxyClientMaxBodySize: 10485760 }),
        20 * 1024 * 1024,
        "the default, filled in",
      );
      assert.equal(limit({ proxyClientMaxBodySize: 5000 }), 5000);
      assert.equal(limit({ middlewareClientMaxBodySize: "5mb" }), undefined);
      for (const [text, bytes] of [
        ["64m", 64 * 1024 * 1024],
        ["512k", 512 * 1024],
        ["0", Number.MAX_SAFE_INTEGER],
      ] as const) {
        process.env.NEXT_SHARED_CACHE_MAX_BODY_SIZE = text;
        assert.equal(limit({}), bytes);
      }
      process.env.NEXT_SHARED_CACHE_MAX_BODY_SIZE = "large";
      assert.throws(
        () => limit({}),
        /NEXT_SHARED_CACHE_MAX_BODY_SIZE is "large": give it the value of/,
      );
      delete process.env.NEXT_SHARED_CACHE_MAX_BODY_SIZE;
    },
  );

  await check("adapter: a version that it does not fit is named, with what to do instead", () => {
    const given = (nextVersion: string): ConfigContext => ({
      phase: "phase-production-build",
      nextVersion,
      projectDir: base,
    });
    const turbopack = process.env.TURBOPACK;
    delete process.env.TURBOPACK;
    try {
      for (const version of ["15.5.29", "16.0.11", "16.1.7"]) {
        assert.throws(
          () => adapter.modifyConfig({}, given(version)),
          new RegExp(`Next.js ${version} is too old.*take NEXT_ADAPTER_PATH out.*withSharedCache`),
        );
      }
      adapter.modifyConfig({}, given("16.3.4"));
      process.env.TURBOPACK = "1";
      assert.throws(
        () => adapter.modifyConfig({}, given("16.3.4")),
        /16\.3\.4 cannot build .* update Next\.js to 16\.3\.5 or newer; or build with `next build --webpack`/,
      );
      adapter.modifyConfig({}, { ...given("16.3.4"), phase: "phase-development-server" });
      for (const version of ["16.2.0", "16.3.5", "16.4.6"])
        adapter.modifyConfig({}, given(version));
    } finally {
      if (turbopack === undefined) delete process.env.TURBOPACK;
      else process.env.TURBOPACK = turbopack;
    }
  });

  await check("the example without a token takes its own tags and pages alone", () => {
    const tag = (name: string): boolean => isOpenToAll({ tag: name, profile: "max" });
    for (const name of ["products", "temperature", "load"]) assert.ok(tag(name), name);
    for (const name of ["", "load2", "_N_T_/layout", "toString"]) assert.ok(!tag(name), name);
    assert.ok(isOpenToAll({ path: "/tagged" }));
    for (const path of ["/made-up", "/tagged/", "/api/pod"])
      assert.ok(!isOpenToAll({ path }), path);
  });

  await check("metrics: Prometheus' text format", () => {
    metrics.count("next_shared_cache_errors_total", { store: "redis", kind: 'a"b\n' });
    metrics.observe("next_shared_cache_operation_seconds", 0.002, {
      store: "redis",
      operation: "test",
    });
    const text = metrics.render();
    assert.match(text, /^# TYPE next_shared_cache_errors_total counter$/m);
    assert.match(text, /^next_shared_cache_errors_total\{store="redis",kind="a\\"b\\n"\} 1$/m);
    assert.match(
      text,
      /^next_shared_cache_operation_seconds_bucket\{store="redis",operation="test",le="0.0025"\} 1$/m,
    );
    assert.match(
      text,
      /^next_shared_cache_operation_seconds_bucket\{store="redis",operation="test",le="\+Inf"\} 1$/m,
    );
  });

  await check("the folder of the package, installed as it is: next dev takes it", async () => {
    const folder = join(base, "linked");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "linked", private: true }));
    const quiet = ["--no-audit", "--no-fund", "--loglevel", "error"];
    rmSync(join(RUNTIME, "dist"), { recursive: true, force: true });
    await run("npm", ["ci", ...quiet], { cwd: RUNTIME });
    await run("npm", ["install", "--no-save", "--legacy-peer-deps", ...quiet, RUNTIME], {
      cwd: folder,
    });
    const dev =
      'import { withSharedCache } from "@next-on-eks/runtime"; console.log(JSON.stringify(await withSharedCache({ a: 1 })("phase-development-server")));';
    const said = await run(process.execPath, ["--input-type=module", "-e", dev], { cwd: folder });
    assert.equal(said.trim(), '{"a":1}');
    removeFolder(folder);
  });

  await check(
    "the packed package: what it exports, from CommonJS and as an ES module, with types",
    async () => {
      const folder = join(base, "packed");
      mkdirSync(folder, { recursive: true });
      writeFileSync(
        join(folder, "package.json"),
        JSON.stringify({ name: "packed", private: true }),
      );
      await run(
        "npm",
        ["install", "--no-audit", "--no-fund", "--loglevel", "error", "--legacy-peer-deps", packed],
        { cwd: folder },
      );
      const module =
        'import { withSharedCache } from "@next-on-eks/runtime"; import adapter from "@next-on-eks/runtime/adapter"; import { render } from "@next-on-eks/runtime/metrics"; console.log(typeof withSharedCache, typeof adapter.modifyConfig, typeof render);';
      assert.equal(
        (
          await run(process.execPath, ["--input-type=module", "-e", module], { cwd: folder })
        ).trim(),
        "function function function",
      );
      const common =
        'const { withSharedCache } = require("@next-on-eks/runtime"); console.log(typeof withSharedCache, require("@next-on-eks/runtime/adapter").name, require.resolve("@next-on-eks/runtime/cache-handler").endsWith("dist/next/cache-handler.js"));';
      assert.equal(
        (await run(process.execPath, ["-e", common], { cwd: folder })).trim(),
        "function @next-on-eks/runtime true",
      );
      const manifest = JSON.parse(
        readFileSync(join(folder, "node_modules/@next-on-eks/runtime/package.json"), "utf8"),
      ) as { dependencies: object };
      assert.deepEqual(Object.keys(manifest.dependencies), ["redis"]);
      assert.match(
        readFileSync(join(folder, "node_modules/@next-on-eks/runtime/dist/index.d.ts"), "utf8"),
        /withSharedCache/,
      );
      removeFolder(folder);
    },
  );
}
