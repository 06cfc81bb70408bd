import assert from "node:assert/strict";
import { NextServer, type Built } from "./lib/next";
import type { Origin } from "./lib/origin";
import { removeFolder, sleep, temporaryFolder } from "./lib/processes";
import { RedisServer } from "./lib/redis";
import type { Suite } from "./lib/suite";

/** A real server that ends with entries that the folder does not have. */
export async function writeBehindAtTheEnd(
  suite: Suite,
  { name, built, origin }: { name: string; built: Built; origin: Origin },
): Promise<void> {
  const full = `${name}: a server that ends leaves its last renderings in the folder`;
  if (!suite.wants(full)) return;
  const redis = await RedisServer.launch();
  const folder = temporaryFolder("behind");
  await suite.check(full, async () => {
    const shared = { REDIS_URL: redis.url, SHARED_CACHE_DIR: folder };
    const env = { ...shared, NEXT_SHARED_CACHE_FILES_EVERY_S: "30" };
    const server = await NextServer.launch(built, origin, env);
    for (let i = 0; i < 3; i++) {
      await server.control("path=/static");
      await sleep(150);
      await server.send("/static");
      await sleep(150);
    }
    const last = await server.value("/static", "static");
    const held = /^next_shared_cache_files_held (\d+)$/m.exec(await server.metrics())?.[1];
    assert.ok(Number(held) >= 1, `${held} entries are held`);
    await server.end("SIGTERM");
    const after = await NextServer.launch(built, origin, { SHARED_CACHE_DIR: folder });
    assert.equal(await after.value("/static", "static"), last);
    await after.end();
  });
  await redis.kill();
  removeFolder(folder);
}
