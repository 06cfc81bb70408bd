import assert from "node:assert/strict";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { removeFolder, run } from "./lib/processes";
import type { Suite } from "./lib/suite";

const RUNTIME = join(__dirname, "..");

/** The package as others have it: packed, or linked from its folder; and what it mends of node-redis. */
export async function packages(suite: Suite, packed: string, base: string): Promise<void> {
  await suite.check(
    "package: strings stay fast once node-redis is loaded, and would not on its own (control)",
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

  await suite.check(
    "package: the folder of the package, installed as it is: next dev takes it",
    async () => {
      const folder = join(base, "linked");
      mkdirSync(folder, { recursive: true });
      writeFileSync(
        join(folder, "package.json"),
        JSON.stringify({ name: "linked", private: true }),
      );
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
    },
  );

  await suite.check(
    "package: the packed package: what it exports, from CommonJS and as an ES module, with types",
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

  await suite.check("package: the client-side cache counts what an entry holds", async () => {
    const script = `
      const { encode, decodeSized } = require(${JSON.stringify(join(__dirname, "../dist/entry.js"))});
      const row = (i) => "<tr><td>" + i + "</td><td class='price'>table rows compress well</td></tr>";
      const html = Array.from({ length: 3000 }, (_, i) => row(i)).join("");
      const value = { kind: "APP_PAGE", html, rscData: Buffer.from(html), segmentData: new Map() };
      const { bytes } = encode({ key: "k", asOf: 1, storedAt: 1, staleAt: 0, tags: [], value });
      const used = () => { gc(); gc(); const m = process.memoryUsage(); return m.heapUsed + m.arrayBuffers; };
      const before = used(), kept = [];
      let counted = 0;
      for (let i = 0; i < 50; i++) {
        const { entry, memoryBytes } = decodeSized("k", Buffer.from(bytes));
        kept.push(entry); counted += memoryBytes;
      }
      console.log((used() - before) / counted);`;
    const share = Number(await run(process.execPath, ["--expose-gc", "-e", script]));
    assert.ok(share > 0.4 && share <= 1.05, `it holds ${share} of what is counted`);
  });
}
