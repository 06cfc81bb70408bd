import assert from "node:assert/strict";
import { createServer, request, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Entry } from "../../src/entry";
import type { Holding, Lookup } from "../../src/stores/store";
import { WholeAnswers } from "../../src/whole-answers/whole-answers";
import { answerWith } from "../lib/asked-by";
import { entry } from "../lib/entry";
import { lookup } from "../lib/pods";

type Headers = Readonly<Record<string, string>>;

const FLIGHT = ["rsc", "next-router-prefetch", "next-router-segment-prefetch"] as const;

/** The client-side cache: what it holds under each key, and whether it can be trusted. */
class Memory {
  readonly entries = new Map<string, Entry>();
  proven = true;
  /** Whether the proof succeeds when it is asked for. */
  provable = true;
  asked = 0;

  async prove(): Promise<void> {
    this.asked++;
    await new Promise(setImmediate);
    this.proven = this.provable;
  }

  stillHolds({ key }: Lookup, asked: Entry): Holding {
    if (!this.proven) return "unproven";
    return this.entries.get(key) === asked ? "yes" : "changed";
  }
}

/** Next.js with one page for each path, which counts how often it ran. */
class Site {
  readonly memory = new Memory();
  readonly answers: WholeAnswers;
  /** What Next.js adds to each answer. */
  extra: () => Readonly<Record<string, string>> = () => ({});
  /** Whether the handler of a request tells what it looked up. */
  notes = true;
  ran = 0;
  readonly server: Server;

  constructor() {
    this.answers = new WholeAnswers({
      cache: this.memory,
      isBot: (agent) => agent === "bot",
      routing: { reasonToGoPast: (url) => (url.startsWith("/account") ? "middleware" : undefined) },
      limit: 1_000_000,
      pages: true,
      files: undefined,
      compress: true,
    });
    this.server = createServer(
      this.answers.before(async (asked, response) => {
        this.ran++;
        // Next.js answers after all listeners have run, unless one of them did
        await new Promise(setImmediate);
        if (response.headersSent) return;
        const found = this.entryOf(asked.url ?? "");
        // as Next.js does for each app page
        for (const name of FLIGHT) delete asked.headers[name];
        if (this.notes)
          this.answers.note(asked.headers, {
            lookup: lookup(`p:${asked.url}`),
            kind: "APP_PAGE",
            entry: found,
            fresh: true,
          });
        for (const [name, value] of answerWith(this.extra()).headers)
          response.setHeader(name, value);
        response.end(`${asked.url} of ${found.asOf}`);
      }),
    );
  }

  private entryOf(path: string): Entry {
    return this.memory.entries.get(`p:${path}`) ?? this.render(path, 1);
  }

  render(path: string, asOf: number): Entry {
    const postponed = path.startsWith("/partial") ? { postponed: "state" } : {};
    const made = entry({ key: `p:${path}`, asOf, value: { kind: "APP_PAGE", ...postponed } });
    this.memory.entries.set(`p:${path}`, made);
    return made;
  }

  async open(): Promise<this> {
    await new Promise<void>((done) => this.server.listen(0, "127.0.0.1", done));
    return this;
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  /** Also how often Next.js ran for it. */
  ask(
    path = "/page",
    headers: Headers = {},
  ): Promise<{ body: string; headers: IncomingHttpHeaders; ran: number }> {
    const { port } = this.server.address() as AddressInfo;
    const before = this.ran;
    return new Promise((done, fail) => {
      request({ host: "127.0.0.1", port, path, headers, agent: false }, (response) => {
        let body = "";
        response.on("data", (chunk: Buffer) => (body += chunk.toString()));
        response.on("end", () => done({ body, headers: response.headers, ran: this.ran - before }));
      })
        .on("error", fail)
        .end();
    });
  }

  /** How often Next.js ran for each of three equal requests. */
  async three(...args: Parameters<Site["ask"]>): Promise<readonly number[]> {
    const ran: number[] = [];
    for (let i = 0; i < 3; i++) ran.push((await this.ask(...args)).ran);
    return ran;
  }
}

describe("whole answers", () => {
  let site: Site;
  beforeEach(async () => (site = await new Site().open()));
  afterEach(() => site.close());

  it("the third of three equal requests is answered without Next.js, with the same", async () => {
    const first = await site.ask();
    await site.ask();
    const third = await site.ask();
    assert.equal(third.ran, 0);
    assert.equal(third.body, first.body);
    assert.deepEqual({ ...third.headers, date: "" }, { ...first.headers, date: "" });
    assert.equal(first.body, "/page of 1");
  });

  it("a page that was rendered anew is never answered with its older one", async () => {
    await site.three();
    for (let asOf = 2; asOf < 20; asOf++) {
      site.render("/page", asOf);
      for (const expected of [1, 1, 0, 0]) {
        const { body, ran } = await site.ask();
        assert.equal(body, `/page of ${asOf}`);
        assert.equal(ran, expected);
      }
    }
  });

  it("an entry that is equal but another one is not the same", async () => {
    await site.three();
    site.render("/page", 1);
    assert.equal((await site.ask()).ran, 1);
  });

  it("a connection that is not proven is asked first, once for all who wait", async () => {
    await site.three();
    assert.equal(site.memory.asked, 0);
    site.memory.proven = false;
    const all = await Promise.all([1, 2, 3, 4].map(() => site.ask()));
    assert.deepEqual(new Set(all.map(({ body }) => body)), new Set(["/page of 1"]));
    assert.ok(site.memory.asked >= 1);
    assert.equal(site.ran, 2, "Next.js ran for the first two only");
  });

  it("while it cannot be proven Next.js answers; after that, memory again", async () => {
    await site.three();
    Object.assign(site.memory, { proven: false, provable: false });
    assert.deepEqual(await site.three(), [1, 1, 1]);
    site.memory.provable = true;
    assert.deepEqual(await site.three(), [0, 0, 0]);
  });

  it("what changed while it was being proven is not given", async () => {
    await site.three();
    site.memory.proven = false;
    const asked = site.ask();
    site.render("/page", 2);
    assert.equal((await asked).body, "/page of 2");
  });

  it("whoever sets a header while it is being proven has a part in the answer: Next.js gives it", async () => {
    await site.three();
    site.memory.proven = false;
    site.server.on("request", (_asked, response) => response.setHeader("x-later", "1"));
    const { ran, headers } = await site.ask();
    assert.equal(ran, 1);
    assert.equal(headers["x-later"], "1");
  });

  it("a listener after Next.js's that sets a header for each visitor: nothing is from memory", async () => {
    site.server.on("request", ({ headers }, response) =>
      response.setHeader("x-visitor", headers.cookie ?? "unknown"),
    );
    for (const cookie of ["a", "a", "a", "b", "a"]) {
      const { ran, headers } = await site.ask("/page", { cookie });
      assert.deepEqual([ran, headers["x-visitor"]], [1, cookie]);
    }
  });

  it("nor where it does so for some: the others do not get their answers", async () => {
    site.server.on("request", ({ headers }, response) => {
      if (headers.cookie !== undefined) response.setHeader("x-visitor", headers.cookie);
    });
    await site.three("/page", { cookie: "a" });
    assert.equal((await site.ask()).headers["x-visitor"], undefined);
    await site.three();
    const { ran, headers } = await site.ask("/page", { cookie: "a" });
    assert.deepEqual([ran, headers["x-visitor"]], [1, "a"]);
    assert.equal((await site.ask()).ran, 0, "(control)");
  });

  it("nor where a listener before Next.js's has a part in the answer, or has given one", async () => {
    site.server.prependListener("request", ({ headers }, response) => {
      if (headers.cookie === "a") response.setHeader("x-visitor", "a");
      if (headers.cookie === "b") response.end("who are you");
    });
    await site.three();
    const { ran, headers } = await site.ask("/page", { cookie: "a" });
    assert.deepEqual([ran, headers["x-visitor"]], [1, "a"]);
    assert.equal((await site.ask("/page", { cookie: "b" })).body, "who are you");
    assert.equal((await site.ask()).ran, 0, "(control)");
  });

  it("what is recorded while nothing is proven is given once it is", async () => {
    Object.assign(site.memory, { proven: false, provable: false });
    assert.deepEqual(await site.three(), [1, 1, 1]);
    site.memory.provable = true;
    assert.deepEqual(await site.three(), [0, 0, 0]);
    Object.assign(site.memory, { proven: false, provable: false });
    await site.three("/other");
    site.render("/other", 2);
    site.memory.provable = true;
    assert.equal((await site.ask("/other")).body, "/other of 2");
  });

  it("an answer that differs from request to request is never kept", async () => {
    let id = 0;
    site.extra = () => ({ "x-trace-id": String(++id) });
    assert.deepEqual(await site.three(), [1, 1, 1]);
    assert.deepEqual(await site.three(), [1, 1, 1]);
  });

  it("nor what has no lookup of its own, or the middleware's", async () => {
    site.notes = false;
    assert.deepEqual(await site.three(), [1, 1, 1]);
    site.notes = true;
    assert.deepEqual(await site.three("/account/me"), [1, 1, 1]);
  });

  it("a kept page is not for a request that goes past", async () => {
    await site.three();
    const past: readonly Headers[] = [
      { cookie: "__prerender_bypass=1" },
      { "user-agent": "bot" },
      { authorization: "Basic x" },
      { range: "bytes=0-1" },
    ];
    for (const headers of past)
      assert.deepEqual(await site.three("/page", headers), [1, 1, 1], JSON.stringify(headers));
    assert.equal((await site.ask()).ran, 0, "(control)");
  });

  it("of a partially prerendered page only the prefetch of a segment", async () => {
    const segment = { rsc: "1", "next-router-segment-prefetch": "/_tree" };
    assert.deepEqual(await site.three("/partial"), [1, 1, 1]);
    assert.deepEqual(await site.three("/partial", { rsc: "1" }), [1, 1, 1]);
    assert.deepEqual(await site.three("/partial", segment), [1, 1, 0]);
  });

  it("each host, encoding and form has its own", async () => {
    await site.three();
    const others: readonly Headers[] = [
      { host: "other.example" },
      { "accept-encoding": "gzip" },
      { rsc: "1" },
      { "if-none-match": '"abc"' },
    ];
    for (const headers of others)
      assert.deepEqual(await site.three("/page", headers), [1, 1, 0], JSON.stringify(headers));
    assert.equal((await site.ask("/page", { cookie: "session=two" })).ran, 0, "(control)");
  });
});
