import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import SharedCacheHandler from "../src/cache-handler";
import { localMicros } from "../src/clock";
import { isWhole } from "../src/flight";
import { validLifetime } from "../src/lifetimes";
import useCacheHandler from "../src/use-cache-handler";
import { removeFolder, sleep, temporaryFolder } from "./lib/processes";
import { pod, write } from "./lib/pods";

const HOLDER = Symbol.for("next-shared-cache.process");
const WHOLE = '1:"of the data"\n0:["$","p",null,{"children":"$1"}]\n';

function stream(text: string): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      if (text !== "") controller.enqueue(Buffer.from(text));
      controller.close();
    },
  });
}

function data(text: string, lifetime: { revalidate?: number; expire?: number } = {}) {
  const timestamp = localMicros() / 1000;
  return {
    ...{ value: stream(text), tags: ["data"], stale: 300, timestamp },
    ...{ expire: 7200, revalidate: 3600, ...lifetime },
  };
}

/** What comes in and goes out of the handlers, without Next.js: what it would refuse, and what is only a part. */
describe("what Next.js asks the handlers", () => {
  const folder = temporaryFolder("doors");
  // in memory: what the stores do is not asked here
  const cache = pod({});
  let holder: unknown;

  before(() => {
    holder = Reflect.get(globalThis, HOLDER);
    Reflect.set(globalThis, HOLDER, { cache, answers: undefined });
  });
  after(() => {
    if (holder === undefined) Reflect.deleteProperty(globalThis, HOLDER);
    else Reflect.set(globalThis, HOLDER, holder);
    removeFolder(folder);
  });

  it("lifetimes that Next.js refuses become such as it takes", () => {
    for (const [given, taken] of [
      [{ revalidate: -1 }, { revalidate: 1 }],
      [{ revalidate: 0.5 }, { revalidate: 1 }],
      [{ revalidate: NaN, expire: NaN }, { revalidate: 1 }],
      [{ revalidate: Infinity, expire: Infinity }, { revalidate: false }],
      [
        { revalidate: 60, expire: 30 },
        { revalidate: 30, expire: 30 },
      ],
      [
        { revalidate: -1, expire: 0 },
        { revalidate: 1, expire: 1 },
      ],
      [
        { revalidate: 60, expire: 3600 },
        { revalidate: 60, expire: 3600 },
      ],
      [{ revalidate: false }, { revalidate: false }],
    ] as const)
      assert.deepEqual(validLifetime(given), taken);
  });

  it("a page with a lifetime of -1 is stored and shown with one of 1", async () => {
    const server = join(folder, "app/.next/server");
    mkdirSync(server, { recursive: true });
    writeFileSync(join(server, "../BUILD_ID"), "r");
    const handler = new SharedCacheHandler({ serverDistDir: server });
    const page = { kind: "APP_PAGE", html: "page", headers: {}, status: 200 };
    await handler.set("/new", page, { cacheControl: { revalidate: -1, expire: 3600 } });
    // as an older version of this package left it
    await write(cache, "p:/old", page, { cacheControl: { revalidate: -1 } });
    for (const key of ["/new", "/old"]) {
      const found = await handler.get(key, { kind: "APP_PAGE" });
      const { cacheControl } = found as { cacheControl: { revalidate: number } };
      assert.equal(cacheControl.revalidate, 1, key);
    }
  });

  const stored = async (key: string, entry: ReturnType<typeof data>) => {
    await useCacheHandler.set(key, Promise.resolve(entry));
    return useCacheHandler.get(key);
  };
  /** As an older version of this package left it. */
  const left = async (key: string, text: string, lifetime: object) => {
    const kept = { bytes: Buffer.from(text), tags: [], stale: 300, age: 0, ...lifetime };
    const release = { release: "development", tags: [] };
    await write(cache, `u:${key}`, { expire: 7200, revalidate: 3600, ...kept }, release);
    return useCacheHandler.get(key);
  };

  it("a 'use cache' result is handed back (control)", async () => {
    const found = await stored("whole", data(WHOLE));
    assert.ok(found);
    assert.deepEqual([found.revalidate, found.expire, found.stale], [3600, 7200, 300]);
    assert.equal(await new Response(found.value).text(), WHOLE);
    assert.ok(await left("left", WHOLE, {}));
  });

  it("a 'use cache' result with revalidate: 0 is never kept", async () => {
    assert.equal(await stored("zero", data(WHOLE, { revalidate: 0 })), undefined);
    assert.equal(await left("left-zero", WHOLE, { revalidate: 0 }), undefined);
  });

  it("no 'use cache' lifetime below 1, nor longer than it lives", async () => {
    for (const [name, lifetime] of [
      ["negative", { revalidate: -1 }],
      ["none", { revalidate: NaN }],
      ["long", { revalidate: 9000 }],
    ] as const)
      for (const found of [
        await stored(name, data(WHOLE, lifetime)),
        await left(`left-${name}`, WHOLE, lifetime),
      ])
        assert.ok(found && found.revalidate >= 1 && found.revalidate <= found.expire, name);
  });

  it("a 'use cache' result that is stale by tag says so by its age, not by a lifetime of -1", async () => {
    await useCacheHandler.set("tagged", Promise.resolve(data(WHOLE)));
    await useCacheHandler.updateTags(["data"], { expire: 3600 });
    await sleep(250);
    const found = await useCacheHandler.get("tagged");
    assert.ok(found);
    assert.ok(found.revalidate >= 1, `revalidate is ${found.revalidate}`);
    const age = localMicros() / 1000 - found.timestamp;
    assert.ok(age > found.revalidate * 1000 && age < found.expire * 1000, `${age} ms old`);
  });

  it("an empty or incomplete 'use cache' stream is a miss", async () => {
    const cut = WHOLE.slice(0, -3);
    const lacking = '0:["$","p",null,{"children":["$L1","$@2"]}]\n1:"there"\n';
    for (const [name, text] of Object.entries({ empty: "", cut, lacking, rootless: '1:"x"\n' })) {
      assert.equal(await stored(name, data(text)), undefined, `${name} was stored`);
      assert.equal(await left(`left-${name}`, text, {}), undefined, `${name} was handed back`);
    }
  });

  it("what a whole stream may look like", () => {
    for (const text of [
      '0:"plain"\n',
      // names in text, keys and escapes are no references
      '0:{"$a":"$$b","c":"he said \\"$d\\"","n":"$undefined","big":"$n12","at":"$D2026-01-01"}\n',
      // a text of the user's own that ends like a name
      '0:{"a":"she said \\"$d","b":"\\"$L1"}\n',
      // text with its length in front, line feeds and colons in it, and binary data
      '1:T9,a\n2:b\nü\n2:o3,\n:\n0:["$1","$2","$Q3"]\n3:[["k","v"]]\n',
      ':HL["/x.css","style"]\n1:I["chunk",["a.js"],"Button"]\n0:["$","$L1",null,{"p":"$0:props"}]\n',
    ])
      assert.ok(isWhole(Buffer.from(text)), text);
    assert.ok(!isWhole(Buffer.from("0:Tff,short")));
    assert.ok(!isWhole(Buffer.from("0")));
  });
});
