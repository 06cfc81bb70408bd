import assert from "node:assert/strict";
import { consistentHops } from "../hopping";
import type { NextServer } from "../lib/next";
import { until } from "../lib/processes";
import type { Suite } from "../lib/suite";
import { given, givenBy, isGiven, type Pods } from "./servers";

export async function consistency(suite: Suite, name: string, pods: Pods): Promise<void> {
  const { on, other, off, redis } = pods;
  const tagged = (server: NextServer): Promise<number> => server.value("/tagged/one", "tagged");
  await suite.check(`${name}: revalidateTag on another server reaches what is kept`, async () => {
    let last = 0;
    const ask = async (): Promise<void> => {
      const value = await tagged(on);
      assert.ok(value >= last, `${value} after ${last}`);
      last = value;
    };
    for (let i = 0; i < 10; i++) {
      assert.ok(await isGiven(on, ask), "the page before it is not kept: this proves nothing");
      const before = last;
      await (i % 2 === 0 ? other : off).control("tag=tag-one");
      // the word of it travels through two processes, which a busy machine may let wait
      await until("a newer page", 5, async () => {
        await ask();
        return last > before ? true : undefined;
      });
    }
  });

  await suite.check(
    `${name}: 3,000 requests over 3 servers with revalidation going on`,
    async () => {
      const servers = [on, other, off];
      const before = (await given(on)) + (await given(other));
      const result = await consistentHops(servers);
      const count = (await given(on)) + (await given(other)) - before;
      // the third server is Next.js alone: pages from memory and its own have to be of one time
      const possible = Math.ceil((result.requests * 2) / servers.length);
      console.log(`        ${count} of ${possible} from memory`);
      assert.ok(count > possible / 2, `${count} of ${possible} are from memory: not most`);
    },
  );

  await suite.check(`${name}: once Redis is gone, nothing is answered from here`, async () => {
    assert.ok(await isGiven(on, () => tagged(on)), "(control)");
    await redis.kill();
    const closed = /^next_shared_cache_breaker_state 2$/m;
    await until("the breaker to open", 5, async () =>
      closed.test(await on.metrics()) ? true : undefined,
    );
    const count = await givenBy(on, async () => {
      for (let i = 0; i < 10; i++) await tagged(on);
    });
    assert.equal(count, 0);
  });
}
