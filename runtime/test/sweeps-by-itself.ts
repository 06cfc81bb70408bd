import assert from "node:assert/strict";
import { mkdirSync, readdirSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { NextServer, type Built } from "./lib/next";
import type { Origin } from "./lib/origin";
import { removeFolder, temporaryFolder, until } from "./lib/processes";
import type { Suite } from "./lib/suite";

const KIB = 1024;
const MINUTE = 60;
const DAY = 24 * 60 * MINUTE;

function age(path: string, seconds: number): void {
  const at = Date.now() / 1000 - seconds;
  utimesSync(path, at, at);
}

/** Writes an entry of 4 KiB that was last written some time ago, and gives its path. */
/** The server sweeps by itself, soon after its start. */
export async function sweepsByItself(
  suite: Suite,
  { name, built, origin }: { name: string; built: Built; origin: Origin },
): Promise<void> {
  const folder = temporaryFolder("sweep");
  await suite.check(`${name}: the server keeps its files below the limit`, async () => {
    const env = { SHARED_CACHE_DIR: folder, NEXT_SHARED_CACHE_FILES_MIB: "1" };
    const server = await NextServer.launch(built, origin, env);
    await server.control("path=/static");
    await server.send("/static");
    const shared = join(folder, "next-shared-cache");
    const releases = join(shared, readdirSync(shared)[0] ?? "", "releases");
    const bucket = join(releases, readdirSync(releases)[0] ?? "", "00");
    mkdirSync(bucket, { recursive: true });
    for (const [i, bytes] of [700 * KIB, 700 * KIB].entries()) {
      writeFileSync(join(bucket, `old-${i}`), Buffer.alloc(bytes));
      age(join(bucket, `old-${i}`), DAY * (2 - i));
    }
    await until("the oldest to be emptied", 10, async () =>
      statSync(join(bucket, "old-0")).size === 0 ? true : undefined,
    );
    assert.equal(statSync(join(bucket, "old-1")).size, 700 * KIB);
    assert.match(await server.metrics(), /^next_shared_cache_files_bytes 7\d{5}$/m);
    await server.end();
  });
  removeFolder(folder);
}
