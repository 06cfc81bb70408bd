import assert from "node:assert/strict";
import { NextServer } from "../lib/next";
import { sleep } from "../lib/processes";
import type { Suite } from "../lib/suite";
import { allKept } from "./beside-stock";
import { encodingOf, headerOf, nodeWithZstd, plain } from "./codings";
import {
  answer,
  asRouterAsks,
  metricsOf,
  variablesOf,
  whole,
  type AnswersSetup,
  type Pods,
  type Sent,
} from "./servers";
import { buildIdOf, common } from "./stock";

/** Of a page: HTML and the payloads of the router. */
const PAYLOADS: Readonly<Record<string, Sent>> = {
  page: {},
  "payload of a navigation": { RSC: "1" },
  prefetch: { RSC: "1", "Next-Router-Prefetch": "1" },
  "segment's prefetch": {
    RSC: "1",
    "Next-Router-Prefetch": "1",
    "Next-Router-Segment-Prefetch": "/_tree",
  },
};
const FILES = ["/icons/logo.svg", "/robots.txt"] as const;

/** How long a page is asked for until it has the form. */
const PATIENCE_MS = 20_000;
/** How often it is asked for that must not get it: more often than a page that gets it. */
const OFTEN = 40;

/** One question, as the one and the other build are asked. */
interface Question {
  readonly name: string;
  readonly path: string;
  readonly ofStock: string;
  readonly headers: Sent;
}

async function questions({ off, built, builtStock }: Pods): Promise<readonly Question[]> {
  const all: Question[] = [];
  const files = FILES.map((path) => [path, path] as const);
  for (const [form, headers] of Object.entries(PAYLOADS))
    for (const [page, stocks] of [
      ...allKept(built, builtStock ?? built),
      ...(form === "page" ? files : []),
    ]) {
      const path = await asRouterAsks(off, page, headers);
      all.push({ name: `${form} ${page}`, path, ofStock: path.replace(page, stocks), headers });
    }
  return all;
}

function varies(got: Parameters<typeof headerOf>[0]): boolean {
  return /(?:^|,)\s*accept-encoding\s*(?:,|$)/i.test(headerOf(got, "vary") ?? "");
}

/** How many bodies would not have been smaller. */
async function largerOnes(coding: string, server: NextServer): Promise<number> {
  const line = new RegExp(`_compressed_total\\{encoding="${coding}",result="larger"\\} (\\d+)`);
  return Number(line.exec(await metricsOf(server))?.[1] ?? 0);
}

/** What Next.js compresses with gzip comes in this form too, and nothing else does. @returns whether it came */
async function comes(
  coding: string,
  accepted: string,
  { name, path, ofStock, headers }: Question,
  on: NextServer,
  { off, stock, built, builtStock }: Pods,
): Promise<boolean> {
  assert.ok(stock && builtStock);
  const asked = { ...headers, "Accept-Encoding": accepted };
  const what = `${name}, ${accepted}`;
  const twice = async (server: NextServer, at: string, sent: Sent) => {
    await answer(server, at, sent);
    return answer(server, at, sent);
  };
  const theirs = await twice(off, path, asked);
  const stocks = common(plain(await twice(stock, ofStock, asked)), buildIdOf(builtStock));
  // of a client that takes gzip: whether Next.js compresses this at all
  const zipped = await twice(off, path, { ...headers, "Accept-Encoding": "gzip" });
  const isCompressed = encodingOf(zipped) === "gzip";
  // without gzip its length is known, and what is short stays as it is
  const isLong = encodingOf(theirs) === "gzip" || theirs.body.length >= 1024;
  const expected = isCompressed && isLong ? coding : "identity";
  const until = performance.now() + PATIENCE_MS;
  const larger = await largerOnes(coding, on);
  for (let i = 0; ; i++) {
    const mine = await answer(on, path, asked);
    assert.deepEqual(whole(plain(mine)), whole(plain(theirs)), `${what}, ${i}`);
    assert.deepEqual(common(plain(mine), buildIdOf(built)), stocks, `${what}, ${i}, beside stock`);
    if (isCompressed) assert.ok(varies(mine), `${what}, ${i}: without Vary: Accept-Encoding`);
    if (encodingOf(mine) === coding) {
      assert.equal(coding, expected, `${what}: Next.js does not compress it`);
      assert.ok(mine.body.length < theirs.body.length, `${what}: not smaller`);
      return true;
    }
    if (i <= OFTEN) continue;
    if (expected === "identity" || (await largerOnes(coding, on)) > larger) return false;
    assert.ok(performance.now() < until, `${what}: never ${coding}`);
    await sleep(20);
  }
}

/** All kept kinds in this form, beside what Next.js answers without it. */
async function smaller(coding: string, on: NextServer, pods: Pods): Promise<void> {
  const came = new Set<string>();
  const all = await questions(pods);
  for (const question of all)
    for (const accepted of [`gzip, ${coding}`, coding])
      if (await comes(coding, accepted, question, on, pods)) came.add(question.name);
  console.log(`        ${came.size} of ${all.length} answers were smaller`);
  for (const kind of ["page /tagged/one", "page /special/gone", "prefetch /tagged/one"])
    assert.ok(came.has(kind), `${kind} never came as ${coding}`);
  assert.ok(came.size >= 10, "hardly any came smaller");
  assert.ok(came.size < all.length, "(control) Next.js leaves nothing as it is");
  await withoutBody(coding, on, pods);
}

/** What has no body stays as Next.js answers it, however often it is asked for. */
async function withoutBody(coding: string, on: NextServer, { off, built }: Pods): Promise<void> {
  for (const [method, headers] of [
    ["HEAD", {}],
    ["GET", { "If-None-Match": "*" }],
  ] as const)
    for (const [page] of allKept(built, built)) {
      const sent = { ...headers, "Accept-Encoding": `gzip, ${coding}` };
      await answer(off, page, sent, method);
      const expected = await answer(off, page, sent, method);
      if (expected.body.length > 0) continue;
      for (let i = 0; i < OFTEN / 2; i++)
        assert.deepEqual(
          whole(await answer(on, page, sent, method)),
          whole(expected),
          `${method} ${page}`,
        );
    }
}

/** Brotli and zstd, where the client takes them, of what Next.js compresses with gzip; and only of that. */
export async function better(
  suite: Suite,
  name: string,
  pods: Pods,
  setup: AnswersSetup,
): Promise<void> {
  await suite.check(`${name}: br: the same text and headers, and smaller`, () =>
    smaller("br", pods.on, pods),
  );
  await zstd(suite, `${name}: zstd: the same text and headers, and smaller`, pods, setup);
  await suite.check(`${name}: who refuses Brotli, or likes gzip more, gets gzip`, async () => {
    for (const accepted of ["gzip", "gzip, br;q=0", "gzip, br;q=0.5, zstd;q=0.1", "*", "gzip, *"])
      for (let i = 0; i < OFTEN; i++) {
        const headers = { "Accept-Encoding": accepted };
        const [mine, theirs] = await Promise.all([
          answer(pods.on, "/tagged/one", headers),
          answer(pods.off, "/tagged/one", headers),
        ]);
        assert.equal(encodingOf(theirs), "gzip", "(control)");
        assert.deepEqual(mine.body, theirs.body, `${accepted}, ${i}`);
      }
  });
}

/** On a Node.js that has it. Where there is none the suite says so, and fails where it has to have one. */
async function zstd(
  suite: Suite,
  what: string,
  pods: Pods,
  { built, origin }: AnswersSetup,
): Promise<void> {
  if (!suite.wants(what)) return;
  let node: string;
  try {
    node = nodeWithZstd();
  } catch (cause) {
    const why = `Node ${process.version} has no zstd, and a newer one cannot be had: ${String(cause)}`;
    if (process.env.REQUIRE_ZSTD) return suite.check(what, () => assert.fail(why));
    console.log(`        zstd is not checked: ${why}`);
    return;
  }
  await suite.check(what, async () => {
    const on = await NextServer.launch(built, origin, variablesOf(pods.redis), node);
    try {
      await smaller("zstd", on, pods);
    } finally {
      await on.end();
    }
  });
}
