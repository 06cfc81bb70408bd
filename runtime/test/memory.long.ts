import assert from "node:assert/strict";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { decodeSized, encode, type Entry } from "../src/entry";
import { sizeOf } from "../src/next-values";
import { Seeds } from "../src/seeds";
import { ClientSideCache } from "../src/stores/redis/client-side-cache";
import { AnswerStore } from "../src/whole-answers/answer-store";
import { BetterForms } from "../src/whole-answers/better-forms";
import { keyOf } from "../src/whole-answers/key";
import type { WholeAnswer } from "../src/whole-answers/request";
import { SeenOnce } from "../src/whole-answers/seen-once";
import { EntrySource } from "../src/whole-answers/source";
import { answerWith, askedBy } from "./lib/asked-by";
import { entry } from "./lib/entry";
import { lookup } from "./lib/pods";

setFlagsFromString("--expose-gc");
const gc = runInNewContext("gc") as () => void;

/** In bytes. */
function used(): number {
  gc();
  gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Memory that `fill` takes for what it gives back, in bytes. */
function takenBy(fill: () => unknown): number {
  const before = used();
  const held = fill();
  const after = used();
  assert.ok(held !== undefined);
  return after - before;
}

/** A text in memory of its own, as it comes from a connection. */
function fresh(text: string): string {
  return Buffer.from(text).toString();
}

function repeated(text: string, length: number, i: number): string {
  return fresh(`${i} ${text.repeat(Math.ceil(length / text.length))}`.slice(0, length));
}

/** Never more than is counted, and not so little that memory is wasted. */
function assertCounted(taken: number, counted: number, what: string): void {
  const share = taken / counted;
  console.log(
    `        ${what}: ${(taken / 1e6).toFixed(1)} MB, ${share.toFixed(2)} of what is counted`,
  );
  assert.ok(share > 0.35 && share < 1.05, `${share} of what is counted`);
}

const MANY = 1000;
const LIMIT = 1e9;
const CACHE: ConstructorParameters<typeof EntrySource>[0] = {
  stillHolds: () => "yes",
  prove: () => Promise.resolve(),
};

/** Of a request and its answer, what is made large. */
interface Shape {
  readonly path?: number;
  readonly query?: number;
  readonly body?: number;
  readonly headers?: number;
  readonly cookies?: boolean;
  readonly forms?: boolean;
}

const SHAPES: Readonly<Record<string, Shape>> = {
  "304s, without a body": {},
  "made-up queries": { query: 200, body: 3000 },
  "keys as long as they may be": { path: 3500, body: 100 },
  "long values of a header of the key": { query: 3500 },
  "many headers": { headers: 40, body: 100 },
  "a header with many values": { cookies: true },
  "small bodies with better forms": { body: 1100, forms: true },
  "large pages with better forms": { body: 40_000, forms: true },
};

function answerOf(i: number, { body = 0, headers = 0, cookies = false }: Shape): WholeAnswer {
  const { headers: usual, ...rest } = answerWith({}, { body: Buffer.alloc(body, i) });
  const more = Array.from(
    { length: headers },
    (_, n) => [fresh(`x-header-${n}-${i}`), fresh(`value ${n} of ${i}`)] as const,
  );
  const links = Array.from({ length: 30 }, (_, n) => fresh(`</font-${n}-${i}.woff2>; rel=preload`));
  // names are Next.js's own, most values are made for each answer
  const own = usual.map(([name, value]) => [name, fresh(String(value))] as const);
  return {
    ...rest,
    headers: [...own, ...more, ...(cookies ? ([["Link", links]] as const) : [])],
  };
}

function filled(shape: Shape, many: number): AnswerStore {
  const store = new AnswerStore(LIMIT);
  const page = entry();
  for (let i = 0; i < many; i++) {
    const path = repeated("/segment", shape.path ?? 20, i);
    const url = `/${path}?${repeated("a=b&", shape.query ?? 8, i)}`;
    const headers = { host: fresh("shop.example"), "next-url": fresh(`/${i}`) };
    const key = keyOf(askedBy(headers, { url })) ?? assert.fail("too long");
    const source = new EntrySource(CACHE, lookup(fresh(`p:/${path}`)), page);
    store.put(key, { answer: answerOf(i, shape), source });
    if (!shape.forms) continue;
    const held = store.peek(key) ?? assert.fail();
    for (const name of ["br", "zstd"] as const)
      store.addForm(held, name, answerOf(i, { ...shape, body: (shape.body ?? 0) / 3 }));
  }
  return store;
}

/** Entries as Redis has them. */
const ENTRIES: Readonly<Record<string, (i: number) => Partial<Entry>>> = {
  "small answers of a route": (i) => ({
    key: fresh(`p:/api/${i}`),
    tags: [fresh(`_N_T_/api/${i}`)],
    value: { kind: "APP_ROUTE", status: 200, headers: {}, body: Buffer.from(`${i}`) },
  }),
  pages: (i) => ({ key: fresh(`p:/page/${i}`) }),
  "pages with many tags of their own": (i) => ({
    key: fresh(`p:/page/${i}`),
    tags: Array.from({ length: 50 }, (_, n) => fresh(`tag-${n}-of-${i}`)),
    value: { kind: "APP_PAGE", html: "x" },
  }),
  "paths as long as a URL may be": (i) => ({
    key: fresh(`p:/${repeated("/a", 8000, i)}`),
    tags: [fresh(`_N_T_/${repeated("/a", 1000, i)}`)],
    value: { kind: "APP_PAGE", html: "x" },
  }),
};

function held(of: (i: number) => Partial<Entry>, many: number): ClientSideCache {
  const memory = new ClientSideCache(LIMIT);
  for (let i = 0; i < many; i++) {
    const { bytes } = encode(entry(of(i)));
    const key = fresh(entry(of(i)).key);
    const found = decodeSized(key, Buffer.from(bytes)) ?? assert.fail();
    const name = fresh(`app:r:${key}`);
    memory.put(name, found.entry, found.entry.tags, found.memoryBytes, memory.position);
  }
  return memory;
}

describe("what is counted of the memory, and what it takes", () => {
  for (const [what, shape] of Object.entries(SHAPES))
    it(`whole answers: ${what}`, () => {
      filled(shape, 50);
      let counted = 0;
      const taken = takenBy(() => {
        const store = filled(shape, MANY);
        counted = store.bytes;
        return store;
      });
      assertCounted(taken, counted, what);
    });

  for (const [what, of] of Object.entries(ENTRIES))
    it(`the client-side cache: ${what}`, () => {
      // what a first use takes
      held(of, 50);
      let counted = 0;
      const taken = takenBy(() => {
        const memory = held(of, MANY);
        counted = memory.size;
        return memory;
      });
      assertCounted(taken, counted, what);
    });

  it("the image's pages, also with letters that take two bytes", () => {
    for (const letter of ["x", "ж"]) {
      let counted = 0;
      const taken = takenBy(() =>
        Array.from({ length: 100 }, (_, i) => {
          const value = { kind: "APP_PAGE", html: repeated(letter, 100_000, i) };
          counted += sizeOf(value);
          return value;
        }),
      );
      assertCounted(taken, counted, letter);
    }
  });

  it("the limit holds: a flood that is answered twice for each made-up query", () => {
    const limit = 4e6;
    const store = new AnswerStore(limit);
    const page = entry();
    const taken = takenBy(() => {
      for (let i = 0; i < 6000; i++) {
        const key = keyOf(askedBy({}, { url: fresh(`/page?made-up=${i}`) })) ?? assert.fail();
        store.put(key, {
          answer: answerOf(i, { body: 2000 }),
          source: new EntrySource(CACHE, lookup(fresh(`p:/page`)), page),
        });
        if (i % 2 === 0) store.touch(key);
      }
      return store;
    });
    console.log(`        ${(taken / 1e6).toFixed(1)} MB, ${store.size} answers`);
    assert.ok(store.size > 100, "(control)");
    assert.ok(taken <= limit * 1.05, `${taken} bytes`);
  });

  it("keys that were seen once: no more than the documents say", () => {
    const seen = new SeenOnce();
    const taken = takenBy(() => {
      for (let i = 0; i < 25_000; i++) seen.isSame(repeated("key", 500, i), answerWith());
      return seen;
    });
    console.log(`        ${(taken / 1e6).toFixed(2)} MB`);
    assert.ok(taken > 0.5e6 && taken < 1.8e6, `${taken} bytes`);
  });

  it("an answer that is pushed out while it waits for a better form is let go", async () => {
    const store = new AnswerStore(LIMIT);
    const forms = new BetterForms(store, true);
    const put = (key: string, i: number): void => {
      const source = new EntrySource(CACHE, lookup("p:/page"), entry());
      store.put(key, { answer: answerOf(i, { body: 300_000 }), source });
      const held = store.peek(key) ?? assert.fail();
      for (let n = 0; n < 20; n++) forms.of(held, ["br"]);
    };
    put("first", 0);
    const left = takenBy(() => {
      // they wait for the first, and for the pause after it
      for (let i = 1; i <= 50; i++) put(`page ${i}`, i);
      assert.ok(store.bytes > 15e6, "(control)");
      for (let i = 1; i <= 50; i++) store.remove(`page ${i}`);
      return forms;
    });
    assert.ok(left < 2e6, `${left} bytes are left`);
    await new Promise(setImmediate);
  });

  it("paths that visitors make up are not remembered", async () => {
    const release = { id: "r", builtAt: 1, lifetimeOf: () => undefined, expireOf: () => undefined };
    const seeds = new Seeds(release);
    const before = used();
    for (let i = 0; i < MANY; i++) await seeds.find({}, repeated("/a", 5000, i), {});
    const left = used() - before;
    assert.ok(left < 1e6, `${left} bytes are left`);
    assert.equal(await seeds.find({}, "/a", {}), undefined);
  });
});
