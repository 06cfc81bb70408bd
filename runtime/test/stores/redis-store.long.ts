import { setTimeout as pause } from "node:timers/promises";
import { readEnvironment } from "../../src/environment";
import { RedisStore } from "../../src/stores/redis/store";
import { endAll } from "../lib/processes";
import { RedisServer } from "../lib/redis";
import { describeStore } from "./describe-store";

/** A pod's store on this server. */
async function open(redis: RedisServer, memoryMiB: number): Promise<RedisStore> {
  const environment = readEnvironment(
    {
      REDIS_URL: redis.url,
      NEXT_SHARED_CACHE_APP: "app",
      NEXT_SHARED_CACHE_MEMORY_MIB: String(memoryMiB),
      // a machine that is busy is not what is tested here
      NEXT_SHARED_CACHE_TIMEOUT_MS: "1000",
    },
    "/nowhere",
  );
  const hooks = { replay: () => Promise.resolve(), onLost: () => undefined };
  const store = new RedisStore(redis.url, environment, "r", hooks);
  for (let i = 0; i < 500 && !store.health.ready; i++) await pause(10);
  return store;
}

after(endAll);

// Not in `npm test`: a redis-server has to be on PATH. `npm run test:stores` runs it.
for (const [name, memoryMiB] of [
  ["Redis", 64],
  ["Redis without a client-side cache", 0],
] as const)
  describeStore(name, async () => {
    const redis = await RedisServer.launch();
    const [store, otherPod] = [await open(redis, memoryMiB), await open(redis, memoryMiB)];
    return {
      store,
      otherPod,
      takeAway: () => redis.kill(),
      close: async () => {
        store.stop();
        otherPod.stop();
        await redis.kill();
      },
    };
  });
