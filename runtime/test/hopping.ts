import assert from "node:assert/strict";
import { hop, type Hops, type Pods } from "./conformance";
import type { NextServer } from "./lib/next";
import type { Suite } from "./lib/suite";
import { given } from "./whole-answers/servers";

/**
 * 3,000 requests by visitors who change servers all the time: none sees an older page after a newer one, or half of one.
 * @param graceMs for how long the store allows an older page
 */
export async function consistentHops(servers: readonly NextServer[], graceMs = 0): Promise<Hops> {
  const result = await hop(servers, {
    requests: 3000,
    visitors: 4,
    path: "/steady",
    name: "fast",
    revalidate: "path=/steady",
    everyMs: 400,
    everyRequests: 100,
    changes: 10,
    graceMs,
  });
  console.log(`        ${JSON.stringify(result)}`);
  assert.equal(result.failed, 0, result.firstFailure);
  assert.equal(result.torn, 0, "torn or empty pages");
  assert.equal(result.backsteps, 0, "an older page after a newer one");
  assert.ok(result.changes >= 10, "hardly anything was revalidated: this proves nothing");
  return result;
}

/**
 * The main promise, of each store.
 * @param memory whether the servers answer from memory: then most requests are
 */
export async function hopping(suite: Suite, pods: Pods, memory: boolean): Promise<void> {
  const files = !pods.leases;
  const fromMemory = async (): Promise<number> => {
    const counts = await Promise.all(pods.servers.map((server) => given(server)));
    return counts.reduce((sum, count) => sum + count, 0);
  };
  await suite.check(
    `${pods.name}: 3,000 requests over 3 servers with revalidation going on`,
    async () => {
      for (const server of pods.servers) await server.send("/steady");
      const before = await fromMemory();
      const result = await consistentHops(pods.servers, files ? 1000 : 0);
      const count = (await fromMemory()) - before;
      console.log(`        ${count} from memory`);
      if (memory) assert.ok(count > result.requests / 2, `${count} from memory: not most`);
      else assert.equal(count, 0, "(control) of servers that answer none from memory");
    },
  );
}
