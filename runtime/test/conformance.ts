import assert from "node:assert/strict";
import type { NextServer } from "./lib/next";
import type { Origin } from "./lib/origin";
import { sleep, until } from "./lib/processes";
import type { Suite } from "./lib/suite";

/** Servers of one release that share a store. */
export interface Pods {
  /** Names the version and the store. */
  readonly name: string;
  readonly servers: readonly [NextServer, NextServer, NextServer];
  readonly origin: Origin;
  readonly major: number;
  readonly minor: number;
  /** How long a change may take to reach the other servers, in ms. */
  readonly settleMs: number;
  /** Whether one server refreshes for all. */
  readonly leases: boolean;
}

async function values(
  pods: Pods,
  path: string,
  name: string,
  headers: Record<string, string> = {},
): Promise<number[]> {
  const found: number[] = [];
  for (const server of pods.servers) {
    found.push(await server.value(path, name, headers));
    await onDisk(pods);
  }
  return found;
}

/** All servers show one value; gives it. */
async function same(
  pods: Pods,
  path: string,
  name: string,
  headers: Record<string, string> = {},
): Promise<number> {
  const found = await values(pods, path, name, headers);
  assert.equal(new Set(found).size, 1, `the servers show ${found.join(", ")} for ${path}`);
  return found[0] ?? NaN;
}

/** The files store has no leases: an answer may end before its entry is on the disk, and another server makes its own. */
async function onDisk(pods: Pods): Promise<void> {
  if (pods.leases) return;
  await until("each server's last entry to be on the disk", 10, async () => {
    const metrics = await Promise.all(pods.servers.map((server) => server.metrics()));
    const written = metrics.every((text) => /^next_shared_cache_writes_running 0$/m.test(text));
    return written ? true : undefined;
  });
}

/** After a revalidation: the answer to it may be sent before Next.js carries it out. */
async function settled(pods: Pods): Promise<void> {
  await sleep(Math.max(100, pods.settleMs));
}

async function revalidatedBy(pods: Pods, query: string, path: string, name: string): Promise<void> {
  const [first, second, third] = pods.servers;
  const before = await same(pods, path, name);
  await first.control(query);
  await settled(pods);
  const after = await second.value(path, name);
  assert.ok(after > before, `another server still shows ${after}`);
  await onDisk(pods);
  for (const server of [third, first]) {
    const shown = await server.value(path, name);
    const which = server === third ? "third" : "first";
    assert.equal(shown, after, `${before}, then ${after}, and the ${which} server made ${shown}`);
  }
  assert.equal(await same(pods, path, name), after);
}

/** Posts the form of a page as a browser without JavaScript does. */
async function submit(server: NextServer, path: string): Promise<string> {
  const page = await server.send(path);
  const field = /name="(\$ACTION_ID_[0-9a-f]+)"/.exec(page.body)?.[1];
  assert.ok(field, `no server action in ${page.body.slice(0, 300)}`);
  const boundary = "----fixture";
  const body = `--${boundary}\r\nContent-Disposition: form-data; name="${field}"\r\n\r\n\r\n--${boundary}--\r\n`;
  const answer = await server.send(path, {
    method: "POST",
    headers: {
      "content-type": `multipart/form-data; boundary=${boundary}`,
      origin: `http://127.0.0.1:${server.port}`,
    },
    body,
  });
  assert.ok(
    answer.status < 400,
    `the action answered ${answer.status} ${answer.body.slice(0, 300)}`,
  );
  return answer.body;
}

export async function routerConformance(suite: Suite, pods: Pods): Promise<void> {
  const { servers, origin } = pods;
  const [first, second, third] = servers;
  const check = (name: string, body: () => Promise<void>): Promise<void> =>
    suite.check(`${pods.name}: ${name}`, body, () =>
      servers.map((s) => s.log.slice(-600)).join("\n"),
    );

  await check("a prerendered page is served from the image until it is revalidated", async () => {
    const reads = origin.count("home");
    const answers = [];
    for (const server of servers) answers.push(await server.send("/"));
    assert.deepEqual(
      answers.map((a) => a.status),
      [200, 200, 200],
    );
    assert.equal(new Set(answers.map((a) => a.value("home"))).size, 1);
    assert.equal(origin.count("home"), reads, "a server rendered it anew");
  });

  await check("time-based revalidation: one server refreshes, all show it", async () => {
    const before = await first.value("/isr", "isr");
    await sleep(2300);
    const stale = await first.send("/isr");
    assert.ok(stale.value("isr") >= before);
    const fresh = await until("a fresh page", 3, async () => {
      const value = await first.value("/isr", "isr");
      return value > before ? value : undefined;
    });
    await sleep(pods.settleMs);
    const reads = origin.count("isr");
    for (const server of [second, third]) {
      assert.ok((await server.value("/isr", "isr")) >= fresh, "another server shows an older page");
    }
    if (pods.leases) assert.ok(origin.count("isr") - reads <= 1, "each server rendered it");
  });

  await check("requests that come together share a lookup, one alone has its own", async () => {
    const lookups = async (): Promise<number> =>
      [...(await first.metrics()).matchAll(/^next_shared_cache_requests_total\{(.*)\} (\d+)$/gm)]
        .filter(([, labels]) => labels?.includes('interface="pages"'))
        .reduce((sum, [, , count]) => sum + Number(count), 0);
    // what a pod answers from memory without Next.js has no lookup: such a request always goes to Next.js
    const ask = (): Promise<number> =>
      first.value("/tagged/one", "tagged", { authorization: "Basic eDp5" });
    await ask();
    const before = await lookups();
    for (let i = 0; i < 20; i++) await ask();
    const alone = (await lookups()) - before;
    assert.ok(alone >= 20, `20 requests one after the other made ${alone} lookups`);
    await Promise.all(
      Array.from({ length: 32 }, async () => {
        for (let i = 0; i < 10; i++) await ask();
      }),
    );
    const together = (await lookups()) - before - alone;
    assert.ok(together < 160, `320 requests, 32 at a time, made ${together} lookups`);
  });

  await check("revalidateTag on one server reaches the others; other tags stay", async () => {
    const two = await same(pods, "/tagged/two", "tagged");
    await revalidatedBy(pods, "tag=tag-one", "/tagged/one", "tagged");
    assert.equal(await same(pods, "/tagged/two", "tagged"), two, "an unrelated page changed");
  });

  await check("revalidateTag of a tag that two pages share", async () => {
    const before = [
      await same(pods, "/tagged/one", "tagged"),
      await same(pods, "/tagged/two", "tagged"),
    ];
    await second.control("tag=all");
    await settled(pods);
    const after = [
      await same(pods, "/tagged/one", "tagged"),
      await same(pods, "/tagged/two", "tagged"),
    ];
    assert.ok(
      (after[0] ?? 0) > (before[0] ?? 0) && (after[1] ?? 0) > (before[1] ?? 0),
      `${before} then ${after}`,
    );
  });

  await check("revalidatePath of a page, of a pattern and of a layout", async () => {
    await revalidatedBy(pods, "path=/static", "/static", "static");
    await revalidatedBy(
      pods,
      `path=${encodeURIComponent("/tagged/[slug]")}&type=page`,
      "/tagged/one",
      "tagged",
    );
    await revalidatedBy(pods, "path=/&type=layout", "/static", "static");
  });

  if (pods.major >= 16) {
    await check("revalidateTag(tag, 'max'): served once more while it is refreshed", async () => {
      const before = await same(pods, "/tagged/one", "tagged");
      await first.control("tag=tag-one&profile=max");
      await settled(pods);
      assert.equal(await second.value("/tagged/one", "tagged"), before, "it blocked");
      const after = await until("the refreshed page", 3, async () => {
        const value = await second.value("/tagged/one", "tagged");
        return value > before ? value : undefined;
      });
      await sleep(pods.settleMs);
      assert.equal(await same(pods, "/tagged/one", "tagged"), after);
    });

    await check(
      "revalidateTag(tag, 'max') of data without a lifetime: no page is made of the old data",
      async () => {
        const paths = ["/forever/one", "/forever/two"] as const;
        const before = await same(pods, paths[0], "forever");
        assert.equal(await same(pods, paths[1], "forever"), before);
        await first.control("tag=forever&profile=max");
        await settled(pods);
        // one server fetches for its page, and the other one makes its page meanwhile
        origin.delayMs = 400;
        try {
          await first.send(paths[0]);
          await sleep(100);
          await second.send(paths[1]);
          await sleep(1500);
        } finally {
          origin.delayMs = 0;
        }
        for (const path of paths)
          for (const value of await values(pods, path, "forever"))
            assert.ok(value > before, `${path} shows ${value}, made of the data before`);
      },
    );

    await check("revalidateTag(tag, { expire }): gone for good after it", async () => {
      const before = await same(pods, "/tagged/one", "tagged");
      await first.control("tag=tag-one&expire=1");
      await sleep(1200 + pods.settleMs);
      assert.ok((await third.value("/tagged/one", "tagged")) > before, "served past its expire");
      await same(pods, "/tagged/one", "tagged");
    });
  }

  await check("a route handler: body, headers and tags", async () => {
    for (const server of servers) {
      const answer = await server.send("/route");
      assert.equal(answer.headers["x-fixture"], "kept");
      assert.equal(answer.headers["content-type"], "text/plain");
    }
    await revalidatedBy(pods, "tag=route", "/route", "route");
  });

  await check(
    "fetch data of a dynamic page: fetched once for all, revalidated for all",
    async () => {
      await first.send("/dynamic");
      // fetch data is stored behind the answer
      await settled(pods);
      const reads = origin.count("data");
      await same(pods, "/dynamic", "data");
      assert.equal(origin.count("data"), reads, "a server fetched its own");
      await revalidatedBy(pods, "tag=data", "/dynamic", "data");
      const uncached = await values(pods, "/dynamic", "uncached");
      assert.equal(new Set(uncached).size, 3, "what is not cached was cached");
    },
  );

  await check("updateTag in a server action: read your own writes, here and elsewhere", () =>
    readsItsOwnWrites(pods),
  );

  await check("dynamic segments with percent signs and non-ASCII", async () => {
    // Next.js 16.0 to 16.3 answer 500 to a percent sign, with this package and without it
    const percent = pods.major === 15 || pods.minor >= 4 ? "100% sure" : "no percent";
    const slugs = [percent, "grün/blau", "日本", "a+b&c=d"];
    for (const slug of slugs) {
      const path = `/tagged/${encodeURIComponent(slug)}`;
      const value = await same(pods, path, "tagged");
      assert.ok(value >= 1 && Number.isInteger(value), `${path} shows ${value}`);
    }
    await revalidatedBy(
      pods,
      `tag=${encodeURIComponent(`tag-${percent}`)}`,
      `/tagged/${encodeURIComponent(percent)}`,
      "tagged",
    );
  });

  await check("notFound and redirect, of both routers", async () => {
    for (const [path, key, status] of [
      ["/special/gone", "special-gone", 404],
      ["/special/moved", "special-moved", 307],
      ["/legacy/gone", "legacy-gone", 404],
      ["/legacy/moved", "legacy-moved", 307],
    ] as const) {
      const answers = [];
      const reads = origin.count(key);
      for (const server of servers) answers.push(await server.send(path));
      assert.deepEqual(
        answers.map((a) => a.status),
        [status, status, status],
        path,
      );
      assert.equal(
        origin.count(key) - reads,
        1,
        `${path} was rendered ${origin.count(key) - reads} times`,
      );
      if (status === 307)
        assert.equal(new Set(answers.map((a) => a.headers.location)).size, 1, path);
    }
  });

  await check("pages router: res.revalidate on one server reaches the others", async () => {
    const before = await same(pods, "/legacy/one", "legacy");
    const other = await same(pods, "/legacy/two", "legacy");
    const answer = await second.send("/api/revalidate?path=/legacy/one");
    assert.equal(answer.status, 200, answer.body);
    await settled(pods);
    const after = await same(pods, "/legacy/one", "legacy");
    assert.ok(after > before, `${after} is not newer than ${before}`);
    assert.equal(await same(pods, "/legacy/two", "legacy"), other);
    const data = await third.send(`/_next/data/${await buildId(third)}/legacy/one.json`);
    assert.equal(data.status, 200);
    assert.match(data.body, new RegExp(`"value":"${after}"`), "page and data disagree");
  });

  await check(
    "draft mode: its visitor sees it, nobody else, and nothing of it is kept",
    async () => {
      const before = await same(pods, "/draft", "draft");
      const enabled = await first.send("/control?draft=1");
      const cookie = [enabled.headers["set-cookie"] ?? []]
        .flat()
        .map((c) => c.split(";")[0])
        .join("; ");
      assert.match(cookie, /__prerender_bypass/);
      const draft = await second.send("/draft", { headers: { cookie } });
      assert.equal(draft.value("enabled"), 1);
      assert.ok(draft.value("draft") > before);
      assert.equal(await same(pods, "/draft", "draft"), before, "the draft was kept");
      assert.equal((await second.send("/draft")).value("enabled"), 0);
    },
  );

  await check("an app page and its RSC payload are of one rendering", async () => {
    await first.control("tag=tag-two");
    await settled(pods);
    const html = await second.value("/tagged/two", "tagged");
    let rsc = await third.send("/tagged/two", { headers: { rsc: "1" } });
    // newer versions lead to the address that carries the hash of these headers
    if (rsc.status === 307)
      rsc = await third.send(String(rsc.headers.location), { headers: { rsc: "1" } });
    assert.match(String(rsc.headers["content-type"]), /text\/x-component/);
    assert.match(rsc.body, new RegExp(`\\[\\[tagged:${html}\\]\\]`));
  });
}

/** `revalidateTag(tag, profile)` of a page that the image still serves: also of one stock server, for comparison. */
export async function seedsGoStale(suite: Suite, pods: Pods): Promise<void> {
  const { servers, origin } = pods;
  const [first] = servers;
  const check = (name: string, body: () => Promise<void>): Promise<void> =>
    suite.check(`${pods.name}: ${name}`, body, () =>
      servers.map((s) => s.log.slice(-600)).join("\n"),
    );

  await check(
    "revalidateTag(tag, 'max') of a prerendered page: nobody waits, and it is made anew behind",
    async () => {
      const before = await same(pods, "/seeded/a", "seeded");
      await first.control("tag=seeded-a&profile=max");
      await settled(pods);
      origin.delayMs = 1500;
      try {
        for (const server of servers) {
          const { ms, value } = await server.send("/seeded/a");
          assert.ok(ms < 1000, `a visitor waited ${Math.round(ms)} ms`);
          assert.equal(value("seeded"), before);
        }
      } finally {
        origin.delayMs = 0;
      }
      // in the files store each server makes its own
      await sleep(2500);
      await until("one new page on all servers", 5, async () => {
        const shown = await values(pods, "/seeded/a", "seeded");
        return new Set(shown).size === 1 && (shown[0] ?? 0) > before ? true : undefined;
      });
    },
  );

  await check(
    "revalidateTag(tag, 'max') of a prerendered page whose rendering fails: still shown",
    async () => {
      const before = await same(pods, "/seeded/b", "seeded");
      origin.failing.add("seeded-b");
      try {
        await first.control("tag=seeded-b&profile=max");
        await settled(pods);
        for (let round = 0; round < 3; round++) {
          for (const server of servers) {
            const { status, value } = await server.send("/seeded/b");
            assert.deepEqual([status, status === 200 && value("seeded")], [200, before]);
          }
          await sleep(300);
        }
      } finally {
        origin.failing.delete("seeded-b");
      }
      await first.control("tag=seeded-b");
      await until("a new page on all servers", 5, async () =>
        (await values(pods, "/seeded/b", "seeded")).every((value) => value > before)
          ? true
          : undefined,
      );
    },
  );
}

async function buildId(server: NextServer): Promise<string> {
  const page = await server.send("/legacy/one");
  const found = /"buildId":"([^"]+)"/.exec(page.body)?.[1];
  assert.ok(found, "no build id in the page");
  return found;
}

export async function componentsConformance(suite: Suite, pods: Pods): Promise<void> {
  const { servers, origin } = pods;
  const [first, second, third] = servers;
  const check = (name: string, body: () => Promise<void>): Promise<void> =>
    suite.check(`${pods.name}: ${name}`, body, () =>
      servers.map((s) => s.log.slice(-600)).join("\n"),
    );

  await check("'use cache': made once for all servers, revalidated for all", async () => {
    await same(pods, "/cached", "cached");
    assert.equal(origin.count("cached-a"), 1, "a server made its own");
    await revalidatedBy(pods, "tag=cached-a", "/cached", "cached");
    await revalidatedBy(pods, "tag=cached", "/cached", "cached");
  });

  await check("'use cache': soft tags, by revalidatePath of the page that uses it", async () => {
    await revalidatedBy(pods, "path=/cached", "/cached", "cached");
  });

  await check("'use cache: remote'", async () => {
    await same(pods, "/remote", "remote");
    await revalidatedBy(pods, "tag=remote", "/remote", "remote");
  });

  await check("'use cache' with cacheLife: stale, then fresh, on all servers", async () => {
    const before = await same(pods, "/life", "short");
    await sleep(1200);
    assert.equal(await first.value("/life", "short"), before, "it blocked");
    const after = await until("a fresh value", 3, async () => {
      const value = await first.value("/life", "short");
      return value > before ? value : undefined;
    });
    assert.ok(
      (await second.value("/life", "short")) >= after,
      "another server shows an older value",
    );
    assert.ok(
      (await third.value("/life", "short")) >= after,
      "another server shows an older value",
    );
  });

  await check("'use cache' of data with revalidate: 0 is made anew for each request", async () => {
    const seen = [];
    for (const server of [first, first, second, third]) {
      seen.push(await server.value("/zero", "zero"));
      await settled(pods);
    }
    assert.deepEqual(
      seen,
      [...new Set(seen)].sort((a, b) => a - b),
      "one was shown twice",
    );
  });

  if (pods.major >= 16) {
    await check(
      "'use cache' in a page with generateStaticParams: no pod refuses a lifetime after revalidateTag(tag, 'max')",
      async () => {
        for (let round = 0; round < 8; round++) {
          await servers[round % 3]?.control("tag=params&profile=max");
          if (round % 2) await settled(pods);
          for (let i = 0; i < 3; i++)
            for (const path of ["/params/one", "/params/two"]) {
              const answers = await Promise.all(servers.map((server) => server.send(path)));
              assert.deepEqual(
                answers.map((a) => a.status),
                [200, 200, 200],
              );
            }
        }
        const logs = servers.map((s) => s.log).join("\n");
        assert.doesNotMatch(logs, /Invalid revalidate configuration/);
      },
    );

    await check("a prefetch that is cut short leaves no empty 'use cache' result", async () => {
      await first.send("/cut", { headers: { rsc: "1", "next-router-prefetch": "2" } });
      await sleep(3000);
      const shown = await Promise.all(servers.map((server) => server.value("/cut", "cut")));
      for (const value of shown) assert.ok(value > 0);
    });
  }

  // before 16.4 Next.js itself starts one rendering for each request that comes before the first `set`
  if (pods.major === 16 && pods.minor >= 4) {
    await check("'use cache': concurrent misses on one server do the work once", async () => {
      const headers = { "x-fixture-key": "storm" };
      origin.delayMs = 150;
      try {
        await Promise.all(
          Array.from({ length: 12 }, () => first.value("/cached", "cached", headers)),
        );
      } finally {
        origin.delayMs = 0;
      }
      assert.equal(origin.count("cached-storm"), 1);
    });
  }

  if (pods.major >= 16) {
    await check(
      "'use cache' with revalidateTag(tag, 'max'): served once more while it is refreshed",
      async () => {
        const before = await same(pods, "/cached", "cached");
        await first.control("tag=cached-a&profile=max");
        await settled(pods);
        assert.equal(await second.value("/cached", "cached"), before, "it blocked");
        await until("the refreshed value", 3, async () =>
          (await second.value("/cached", "cached")) > before ? true : undefined,
        );
        await sleep(pods.settleMs);
        await same(pods, "/cached", "cached");
      },
    );

    await check("partial prerendering: one shell for all, a hole for each request", async () => {
      const shell = await same(pods, "/", "shell");
      const holes = await values(pods, "/", "hole");
      assert.equal(new Set(holes).size, 3, `the holes show ${holes.join(", ")}`);
      await first.control("tag=shell");
      await settled(pods);
      const after = await second.value("/", "shell");
      assert.ok(after > shell, "the shell stayed");
      await until("one shell on all servers", 2, async () => {
        const found = await values(pods, "/", "shell");
        return new Set(found).size === 1 && (found[0] ?? 0) >= after ? true : undefined;
      });
    });
  }

  await check("'use cache' and updateTag in a server action", () => readsItsOwnWrites(pods));
}

/** The answer of the action that calls updateTag is new, and no server shows an older value after it. */
async function readsItsOwnWrites(pods: Pods): Promise<void> {
  const [first, second] = pods.servers;
  const before = await same(pods, "/update", "mine");
  const shown = Number(/\[\[mine:(\d+)\]\]/.exec(await submit(first, "/update"))?.[1] ?? NaN);
  assert.ok(shown > before, `the action's own answer shows ${shown}, before it was ${before}`);
  await settled(pods);
  // Next.js carries the revalidation out a second time behind the answer: newer is right, older is not
  assert.ok(
    (await second.value("/update", "mine")) >= shown,
    "another server shows an older value",
  );
  await settled(pods);
  assert.ok((await same(pods, "/update", "mine")) >= shown);
}

export interface Hops {
  readonly requests: number;
  /** An older page after a newer one. */
  readonly backsteps: number;
  /** Not a whole page. */
  readonly torn: number;
  readonly failed: number;
  readonly changes: number;
  readonly worstMs: number;
  readonly firstFailure: string;
}

/** Visitors that change servers with each request, while the page is revalidated all the time. */
export async function hop(
  servers: readonly NextServer[],
  options: {
    requests: number;
    visitors: number;
    path: string;
    name: string;
    graceMs?: number;
    revalidate?: string;
    everyMs?: number;
    /** Between two revalidations, also on a slow machine. */
    everyRequests?: number;
    /** Goes on until so many values were seen, for at most 20 s: quick servers answer all requests before. */
    changes?: number;
  },
): Promise<Hops> {
  let sent = 0;
  let backsteps = 0;
  let torn = 0;
  let failed = 0;
  let worstMs = 0;
  let firstFailure = "";
  const seen = new Set<number>();
  let over = false;
  const started = performance.now();
  const isGoingOn = (): boolean =>
    sent < options.requests ||
    (seen.size < (options.changes ?? 0) && performance.now() - started < 20_000);
  const revalidating = (async () => {
    for (let i = 0; !over && options.revalidate; i++) {
      const before = sent;
      await servers[i % servers.length]?.control(options.revalidate).catch(() => undefined);
      await sleep(options.everyMs ?? 250);
      while (!over && sent - before < (options.everyRequests ?? 0)) await sleep(10);
    }
  })();
  await Promise.all(
    Array.from({ length: options.visitors }, async (_, visitor) => {
      const shown: { value: number; at: number }[] = [];
      for (let i = visitor; isGoingOn(); i++) {
        sent++;
        const server = servers[i % servers.length];
        const asked = performance.now();
        try {
          const answer = await server?.send(options.path, { timeoutMs: 10_000 });
          if (!answer || answer.status !== 200) throw new Error(`status ${answer?.status}`);
          worstMs = Math.max(worstMs, answer.ms);
          if (!answer.body.includes("[[end:1]]") || !answer.body.endsWith("</html>")) torn++;
          const value = answer.value(options.name);
          seen.add(value);
          // within the grace an older page is what the store allows
          if (shown.some((s) => s.value > value && asked - s.at > (options.graceMs ?? 0)))
            backsteps++;
          shown.push({ value, at: performance.now() });
          if (shown.length > 200) shown.shift();
        } catch (cause) {
          failed++;
          firstFailure ||= String(cause);
        }
      }
    }),
  );
  over = true;
  await revalidating;
  return { requests: sent, backsteps, torn, failed, changes: seen.size, worstMs, firstFailure };
}
