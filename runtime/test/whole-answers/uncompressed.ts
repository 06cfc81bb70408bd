import assert from "node:assert/strict";
import { NextServer, nextStart, type Built } from "../lib/next";
import { until } from "../lib/processes";
import type { Suite } from "../lib/suite";
import { allKept } from "./beside-stock";
import { encodingOf, nodeWithZstd } from "./codings";
import {
  answer,
  asRouterAsks,
  givenBy,
  metricsOf,
  variablesOf,
  whole,
  type AnswersSetup,
  type Pods,
  type Sent,
} from "./servers";
import { buildIdOf, common } from "./stock";

const FORMS: Readonly<Record<string, Sent>> = {
  page: {},
  prefetch: { RSC: "1", "Next-Router-Prefetch": "1" },
};
/** More often than a page is asked for until it is compressed. */
const OFTEN = 24;

/** A browser's, and one that has no gzip. */
const ACCEPTED = ["gzip, deflate, br, zstd", "br, zstd"] as const;

const COMPRESSED = /^next_shared_cache_answers_compressed_total\{/m;

interface Servers {
  readonly on: NextServer;
  readonly off: NextServer;
  readonly stock: NextServer;
}

/** With `compress: false` in next.config nothing is compressed, from memory neither. */
export async function uncompressed(
  suite: Suite,
  name: string,
  { installed, origin, stock: builtStock, uncompressed: built }: AnswersSetup,
  pods: Pods,
): Promise<void> {
  await suite.check(`${name}: with compress: false no gzip, no Brotli, no zstd`, async () => {
    assert.ok(built && builtStock);
    const started = nextStart(installed, builtStock);
    const env = variablesOf(pods.redis);
    const stockEnv = { FIXTURE_COMPRESS: "0", NEXT_DEPLOYMENT_ID: "one" };
    const [on, off, stock] = await Promise.all([
      NextServer.launch(built, origin, env, newestNode()),
      NextServer.launch(built, origin, { ...env, NEXT_SHARED_CACHE_ANSWERS: "0" }),
      NextServer.launch(started, origin, stockEnv),
    ]);
    try {
      await sameAsStock({ on, off, stock }, built, started);
      assert.doesNotMatch(await metricsOf(on), COMPRESSED);
      await compresses(pods);
    } finally {
      await Promise.all([on, off, stock].map((server) => server.end()));
    }
  });
}

/** The control: the same app without `compress: false`. */
async function compresses({ on, stock }: Pods): Promise<void> {
  for (const server of [on, stock]) {
    const got = server && (await answer(server, "/tagged/one", { "Accept-Encoding": "gzip" }));
    assert.equal(got && encodingOf(got), "gzip", "(control)");
  }
  await until("(control) Brotli", 20, async () =>
    encodingOf(await answer(on, "/tagged/one", { "Accept-Encoding": "gzip, br" })) === "br"
      ? true
      : undefined,
  );
  assert.match(await metricsOf(on), COMPRESSED, "(control)");
}

/** One that could make zstd, if there is one. */
function newestNode(): string {
  try {
    return nodeWithZstd();
  } catch {
    return process.execPath;
  }
}

async function sameAsStock(
  { on, off, stock }: Servers,
  built: Built,
  started: Built,
): Promise<void> {
  const [mine, theirs] = [buildIdOf(built), buildIdOf(started)];
  let asks = 0;
  const count = await givenBy(on, async () => {
    for (const [form, headers] of Object.entries(FORMS))
      for (const accepted of ACCEPTED)
        for (const [page, stocks] of [
          ...allKept(built, started),
          ["/robots.txt", "/robots.txt"] as const,
        ]) {
          const sent = { ...headers, "Accept-Encoding": accepted };
          const path = await asRouterAsks(off, page, sent);
          const ofStock = path.replace(page, stocks);
          const what = `${form} ${page}, ${accepted}`;
          // the first one may render it
          for (const server of [on, off]) await answer(server, path, sent);
          await answer(stock, ofStock, sent);
          const expected = whole(await answer(off, path, sent));
          const ofStocks = common(await answer(stock, ofStock, sent), theirs);
          for (let i = 0; i < OFTEN; i++, asks++) {
            const got = await answer(on, path, sent);
            assert.equal(encodingOf(got), "identity", `${what}, ${i}`);
            assert.deepEqual(whole(got), expected, `${what}, ${i}`);
            assert.deepEqual(common(got, mine), ofStocks, `${what}, ${i}, beside stock`);
          }
        }
  });
  console.log(`        ${count} of ${asks} from memory`);
  assert.ok(count >= asks / 2, `${count} of ${asks} are from memory`);
}
