import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ingress } from "../../config/schema/ingress";
import { applySharedCache, withSharedCache, type NextConfigLike } from "../src/config";
import { removeFolder, temporaryFolder } from "./lib/processes";

describe("the config", () => {
  const base = temporaryFolder("units");
  after(() => removeFolder(base));

  it("sets what is not set, leaves what the user set, and says so", async () => {
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

  it("the limit of bodies is the ingress's default, or what the build is told", () => {
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
  });
});
