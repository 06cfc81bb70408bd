import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import type { Entry } from "../../src/entry";
import type { SharedCache } from "../../src/shared-cache";
import { PROVE } from "../../src/stores/redis/scripts";
import { lookup, pod, ready, write } from "../lib/pods";
import { endAll, until } from "../lib/processes";
import { Proxy, RedisServer } from "../lib/redis";

after(endAll);

describe("whether Redis's client-side cache still holds an entry", () => {
  const ASKED = lookup("p:/page");
  let redis: RedisServer;
  let one: SharedCache;
  let two: SharedCache;

  const open = async (more: Record<string, string> = {}): Promise<SharedCache> => {
    const cache = pod({ REDIS_URL: redis.url, NEXT_SHARED_CACHE_TIMEOUT_MS: "1000", ...more });
    await ready(cache);
    return cache;
  };
  /**
   * What a pod has from Redis, and keeps. The first look may not do: that another pod wrote it may be told while it asks, as
   * both happen at once, and then it does not keep the answer.
   */
  const looked = (cache = one): Promise<Entry> =>
    until("the entry to be kept", 2, async () => {
      const { entry } = await cache.lookup(ASKED);
      return entry && cache.stillHolds(ASKED, entry) === "yes" ? entry : undefined;
    });
  const changed = (entry: Entry): Promise<boolean> =>
    until("the change to arrive", 2, async () => {
      // proves the connection
      await one.lookup(lookup("p:/other"));
      return one.stillHolds(ASKED, entry) === "changed" ? true : undefined;
    });

  beforeEach(async () => {
    redis = await RedisServer.launch();
    [one, two] = [await open(), await open()];
    await write(two, "p:/page", "first");
  });
  afterEach(async () => {
    one.stop();
    two.stop();
    await redis.kill();
  });

  it("the same object, without asking", async () => {
    const entry = await looked();
    assert.equal(one.stillHolds(ASKED, entry), "yes");
    assert.equal(one.stillHolds(ASKED, { ...entry }), "changed", "an equal one is another one");
    assert.equal(await looked(), entry, "a lookup gives the same object");
  });

  it("not after another pod stored a newer one", async () => {
    const entry = await looked();
    await write(two, "p:/page", "second", { replace: true });
    assert.ok(await changed(entry));
    assert.equal((await looked()).value, "second");
  });

  it("not after a revalidation: by another pod, and at once by this one", async () => {
    const entry = await looked();
    await two.revalidate(["tag"], undefined);
    assert.ok(await changed(entry));
    await write(two, "p:/page", "second");
    const second = await looked();
    assert.equal(one.stillHolds(ASKED, second), "yes");
    const done = one.revalidate(["tag"], undefined);
    assert.equal(one.stillHolds(ASKED, second), "changed", "before Redis has it");
    await done;
  });

  it("unproven half a second after the last answer of Redis, until it is asked", async () => {
    const entry = await looked();
    await pause(600);
    assert.equal(one.stillHolds(ASKED, entry), "unproven");
    await Promise.all([one.prove(ASKED), one.prove(ASKED)]);
    assert.equal(one.stillHolds(ASKED, entry), "yes", "the same object");
    await two.revalidate(["tag"], undefined);
    await one.prove(ASKED);
    assert.equal(one.stillHolds(ASKED, entry), "changed", "a proof brings what was told before it");
  });

  it("a lookup after half a second gives the same object; to Redis it was read", async () => {
    const entry = await looked();
    const key = await redis.command("KEYS", "*:p:/page");
    // in seconds, which Redis counts coarsely
    const idle = async (): Promise<number> =>
      Number(await redis.command("OBJECT", "IDLETIME", key));
    await until("the entry to be idle", 10, async () => ((await idle()) >= 2 ? true : undefined));
    assert.equal(await looked(), entry);
    assert.equal(one.stillHolds(ASKED, entry), "yes");
    assert.ok((await idle()) <= 1, "it would be evicted before pages that nobody asks for");
  });

  it("a proof renews an entry's time to live", async () => {
    const key = await redis.command("KEYS", "*:p:/page");
    const left = async (): Promise<number> => Number(await redis.command("PTTL", key));
    const whole = await left();
    await redis.command("PEXPIRE", key, String(Math.floor(whole * 0.6)));
    const prove = [PROVE.source, "2", "control", key, String(whole)];
    await redis.command("EVAL", ...prove);
    assert.ok((await left()) < whole * 0.7, "more than half of it is left (control)");
    await redis.command("PEXPIRE", key, String(Math.floor(whole * 0.4)));
    await redis.command("EVAL", ...prove);
    assert.ok((await left()) > whole * 0.9);
  });

  it("a proof that finds Redis emptied trusts nothing", async () => {
    const entry = await looked();
    await redis.command("DEL", ...(await redis.command("KEYS", "*")).split("\n"));
    await one.prove(ASKED);
    assert.notEqual(one.stillHolds(ASKED, entry), "yes");
    assert.equal((await one.lookup(ASKED)).entry, undefined);
  });

  it("unproven while Redis hangs, and when it is gone; to ask ends soon", async () => {
    const entry = await looked();
    redis.signal("SIGSTOP");
    await pause(600);
    const asked = performance.now();
    await one.prove(ASKED);
    assert.ok(performance.now() - asked < 5000, "the time limit is 1 s");
    assert.equal(one.stillHolds(ASKED, entry), "unproven");
    redis.signal("SIGCONT");
    await ready(one);
    await write(two, "p:/page", "second", { replace: true });
    const second = await looked();
    assert.equal(one.stillHolds(ASKED, second), "yes");
    await redis.kill();
    await until("the loss", 2, async () => (one.ready ? undefined : true));
    assert.equal(one.stillHolds(ASKED, entry), "unproven");
  });

  it("not after Redis was emptied", async () => {
    const entry = await looked();
    assert.equal(one.stillHolds(ASKED, entry), "yes", "(control)");
    await redis.command("FLUSHALL");
    assert.ok(await changed(entry));
    for (let i = 0; i < 20; i++) {
      await one.prove(ASKED);
      assert.notEqual(one.stillHolds(ASKED, entry), "yes");
    }
  });

  /** When it was trusted last, in milliseconds after Redis can have answered last. */
  const lastTrusted = async (
    cache: SharedCache,
    entry: Entry,
    strike: () => Promise<void>,
  ): Promise<number> => {
    // asked all the time, so the last answer is as late as it can be
    let isOver = false;
    const asking = (async () => {
      for (; !isOver; await new Promise(setImmediate)) await cache.prove(ASKED);
    })();
    await pause(50);
    await strike();
    const struckAt = performance.now();
    let last = -1;
    for (let now = 0; now < 1500; await new Promise(setImmediate)) {
      // before it is asked: a busy machine may let this process wait at any moment
      now = performance.now() - struckAt;
      if (cache.stillHolds(ASKED, entry) === "yes") last = now;
    }
    isOver = true;
    await asking;
    return last;
  };

  it("a Redis that hangs is trusted for half a second after its last answer, and no longer", async () => {
    const last = await lastTrusted(one, await looked(), () => redis.hang());
    assert.ok(last > 200 && last <= 500, `${last} ms`);
  });

  it("so is a network that is split; what changed meanwhile is never given after it", async () => {
    const proxy = await Proxy.launch(redis.port);
    const cut = await open({ REDIS_URL: proxy.url });
    try {
      const entry = await looked(cut);
      const last = await lastTrusted(cut, entry, async () => proxy.cut());
      assert.ok(last > 200 && last <= 500, `${last} ms`);
      await write(two, "p:/page", "second", { replace: true });
      assert.notEqual(cut.stillHolds(ASKED, entry), "yes");
      proxy.join();
      await until("Redis to be used again", 10, async () => {
        assert.notEqual(cut.stillHolds(ASKED, entry), "yes");
        return cut.ready ? true : undefined;
      });
      assert.equal((await looked(cut)).value, "second");
      assert.notEqual(cut.stillHolds(ASKED, entry), "yes");
    } finally {
      cut.stop();
      await proxy.close();
    }
  });

  it("never without a client-side cache", async () => {
    const without = await open({ NEXT_SHARED_CACHE_MEMORY_MIB: "0" });
    assert.equal(without.remembers, false);
    const { entry } = await without.lookup(ASKED);
    assert.equal(without.stillHolds(ASKED, entry ?? assert.fail()), "unproven");
    without.stop();
    assert.equal(one.remembers, true, "(control)");
  });
});
