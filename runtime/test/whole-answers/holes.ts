import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import type { RawAnswer } from "../lib/exchange";
import type { Built, NextServer } from "../lib/next";
import type { Suite } from "../lib/suite";
import { plain } from "./codings";
import { GZIP } from "./equality";
import {
  answer,
  asRouterAsks,
  givenAtLeast,
  givenBy,
  whole,
  type Pods,
  type Sent,
} from "./servers";
import { buildIdOf, common } from "./stock";

/** Of the fixture `components`: a shell that is prerendered, with a hole for each visitor; and a page without one. */
const WITH_HOLE = "/";
const WHOLE = "/params/one";

const PREFETCH: Sent = { ...GZIP, RSC: "1", "Next-Router-Prefetch": "1" };
/** A page with a hole, as it is asked for by a browser and by the router. */
const FORMS: Readonly<Record<string, Sent>> = {
  HTML: GZIP,
  "HTML without compression": {},
  "the payload of a navigation": { ...GZIP, RSC: "1" },
  "a prefetch of the page": PREFETCH,
};
const ROUNDS = 6;

/** The segments of a page that the build prerendered, as the router names them. */
function segmentsOf({ server }: Built, page: string): readonly string[] {
  const folder = join(dirname(server), ".next/server/app", `${page}.segments`);
  const files = readdirSync(folder, { recursive: true }).map(String);
  return files
    .filter((file) => file.endsWith(".segment.rsc"))
    .map((file) => `/${file.replace(/\.segment\.rsc$/, "")}`);
}

function segment(name: string): Sent {
  return { ...PREFETCH, "Next-Router-Segment-Prefetch": name };
}

/** The hole's number in an answer; undefined if it does not show the hole. */
function holeIn(got: RawAnswer): number | undefined {
  const found = /\[\[hole:(\d+)\]\]/.exec(plain(got).body.toString())?.[1];
  return found === undefined ? undefined : Number(found);
}

/** Partially prerendered pages: what is the same for all visitors is kept, and nothing else of them. */
export async function holes(suite: Suite, name: string, pods: Pods): Promise<void> {
  const { on, built } = pods;
  for (const [form, headers] of Object.entries(FORMS))
    await suite.check(`${name}: a page with a hole is never kept: ${form}`, () =>
      neverKept(pods, headers),
    );
  for (const [page, file] of [
    [WITH_HOLE, "index"],
    [WHOLE, WHOLE.slice(1)],
  ] as const)
    await suite.check(`${name}: segments' prefetches of ${page} are kept, as stock's`, async () => {
      const names = segmentsOf(built, file);
      assert.ok(names.length >= 3 && names.includes("/_tree"), names.join());
      for (const one of names) await keptAsStock(pods, page, segment(one));
      // one that there is not: never the one of another name
      const missing = await answer(on, await asRouterAsks(on, page, segment("/x")), segment("/x"));
      assert.equal(missing.status, 404);
    });
  await suite.check(`${name}: (control) a page without a hole is kept`, async () => {
    for (const headers of Object.values(FORMS)) await keptAsStock(pods, WHOLE, headers);
  });
}

/** Each visitor gets a hole of his own, and the same as from Next.js but for that. */
async function neverKept(pods: Pods, headers: Sent): Promise<void> {
  const { on, off, stock, built, builtStock } = pods;
  assert.ok(stock && builtStock);
  const path = await asRouterAsks(off, WITH_HOLE, headers);
  const expected = common(await answer(stock, path, headers), buildIdOf(builtStock));
  const isWithHole = holeIn(await answer(off, path, headers)) !== undefined;
  let last = 0;
  const look = async (server: NextServer): Promise<void> => {
    const got = await answer(server, path, headers);
    assert.deepEqual(common(got, buildIdOf(built)), expected);
    const hole = holeIn(got);
    assert.equal(hole !== undefined, isWithHole);
    if (hole === undefined) return;
    assert.ok(hole > last, `the hole of another visitor: ${hole} after ${last}`);
    last = hole;
  };
  const count = await givenBy(on, async () => {
    for (let i = 0; i < ROUNDS; i++) {
      await look(on);
      await look(off);
    }
  });
  assert.equal(count, 0, `${count} from memory`);
}

async function keptAsStock(pods: Pods, page: string, headers: Sent): Promise<void> {
  const { on, off, stock, built, builtStock } = pods;
  assert.ok(stock && builtStock);
  const what = `${page} ${JSON.stringify(headers)}`;
  const path = await asRouterAsks(off, page, headers);
  const expected = whole(await answer(off, path, headers));
  const ofStock = common(await answer(stock, path, headers), buildIdOf(builtStock));
  const count = await givenAtLeast(on, 2, async () => {
    for (let i = 0; i < ROUNDS; i++) {
      const got = await answer(on, path, headers);
      assert.deepEqual(whole(got), expected, `${what}, ${i}`);
      assert.deepEqual(common(got, buildIdOf(built)), ofStock, `${what}, ${i}, beside stock`);
    }
  });
  assert.ok(count >= 2, `${what}: ${count} from memory`);
}
