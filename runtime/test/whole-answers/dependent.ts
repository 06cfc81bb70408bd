import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import type { RawAnswer } from "../lib/exchange";
import type { Suite } from "../lib/suite";
import { answer, givenBy, whole, type Pods, type Sent } from "./servers";
import { buildIdOf, common } from "./stock";

export interface Visit {
  readonly path: string;
  readonly headers?: Sent;
  /** A word of the answer, or its status. */
  readonly shows: string | number;
  /** Whether it may be given again without Next.js. */
  readonly kept: boolean;
}

/** Of the fixture `answers`. */
const VISITS: readonly Visit[] = [
  { path: "/plain", shows: "[[plain]]", kept: true },
  { path: "/plain", headers: { Cookie: "beta=1; known=1" }, shows: "[[plain]]", kept: true },
  // a header that only some visitors get
  { path: "/beta", shows: "[[beta]]", kept: false },
  { path: "/beta", headers: { Cookie: "beta=1" }, shows: "[[beta]]", kept: false },
  { path: "/beta", headers: { "X-Leave": "1" }, shows: 307, kept: false },
  { path: "/renamed", headers: { Cookie: "beta=1" }, shows: "[[beta]]", kept: false },
  // the same for Next.js 16, see below
  { path: "/x/../beta", shows: "[[beta]]", kept: false },
  { path: "/x/../beta", headers: { Cookie: "beta=1" }, shows: "[[beta]]", kept: false },
  { path: "/%2e/beta", shows: "[[beta]]", kept: false },
  { path: "/%2e/beta", headers: { Cookie: "beta=1" }, shows: "[[beta]]", kept: false },
  // tenants by host
  { path: "/shop", headers: { Host: "one.example" }, shows: "[[tenant one]]", kept: false },
  { path: "/shop", headers: { Host: "two.example" }, shows: "[[tenant two]]", kept: false },
  { path: "/shop", headers: { Host: "other" }, shows: 404, kept: false },
  { path: "/tenant/one", shows: "[[tenant one]]", kept: true },
  // the middleware
  { path: "/account", shows: "[[account]]", kept: false },
  { path: "/account", headers: { Cookie: "known=1" }, shows: "[[plain]]", kept: false },
  { path: "/legacy", shows: "[[legacy", kept: true },
  // files of public/
  { path: "/plain.txt", shows: "[[plain file]]", kept: true },
  { path: "/beta.txt", shows: "[[beta file]]", kept: false },
  { path: "/beta.txt", headers: { Cookie: "beta=1" }, shows: "[[beta file]]", kept: false },
  { path: "/guarded.txt", shows: "[[guarded file]]", kept: false },
  { path: "/guarded.txt", headers: { Cookie: "known=1" }, shows: "[[plain]]", kept: false },
];

const LANGUAGES: readonly Visit[] = [
  { path: "/base", headers: { "Accept-Language": "en" }, shows: "[[home en]]", kept: false },
  { path: "/base", headers: { "Accept-Language": "fr" }, shows: 307, kept: false },
  { path: "/base", headers: { Cookie: "NEXT_LOCALE=fr" }, shows: 307, kept: false },
  // a path with a language is nobody's choice any more
  { path: "/base/fr", shows: "[[home fr]]", kept: true },
  { path: "/base/fr", headers: { Cookie: "NEXT_LOCALE=en" }, shows: "[[home fr]]", kept: true },
  { path: "/base/en", headers: { "Accept-Language": "fr" }, shows: "[[home en]]", kept: true },
  // another name of the root for the detection of languages alone
  { path: "/base/index", headers: { "Accept-Language": "en" }, shows: "[[index en]]", kept: false },
  { path: "/base/index", headers: { "Accept-Language": "fr" }, shows: 307, kept: false },
  { path: "/base/index", headers: { Cookie: "NEXT_LOCALE=fr" }, shows: 307, kept: false },
  {
    path: "/base/legacy",
    headers: { "Accept-Language": "fr" },
    shows: "[[legacy en]]",
    kept: true,
  },
  { path: "/base/fr/legacy", shows: "[[legacy fr]]", kept: true },
];

/** How often all of them come in turn. */
const ROUNDS = 3;
/** How often each comes before the next: what was answered twice is kept, and would be the next visitor's. */
const IN_A_ROW = 3;
/** A busy machine may miss one, of a page that is kept. */
const MOST_ROUNDS = 8;

function visitsOf(languages: boolean): readonly Visit[] {
  if (!languages) return VISITS;
  return [...VISITS.map((visit) => ({ ...visit, path: `/base${visit.path}` })), ...LANGUAGES];
}

const DOTS = /\/(?:\.\.|%2e)\//;

/** All of them, but paths with dots only where Next.js reads another path: 15 looks for a page of that name. */
export async function visitsTo(
  { stock }: Pick<Pods, "stock">,
  languages: boolean,
): Promise<readonly Visit[]> {
  const visits = visitsOf(languages);
  const dotted = visits.find(({ path }) => DOTS.test(path));
  assert.ok(stock && dotted);
  const { status } = await answer(stock, dotted.path, {});
  return status === 404 ? visits.filter(({ path }) => !DOTS.test(path)) : visits;
}

function shownBy({ shows }: Visit, got: RawAnswer, what: string): void {
  if (typeof shows === "number") assert.equal(got.status, shows, what);
  else assert.ok(got.body.includes(shows), `${what}: ${got.body.toString().slice(0, 500)}`);
}

/**
 * All visits in turn, from the first one on, on a server that nobody asked before and on stock Next.js. Kept answers come
 * from memory meanwhile.
 */
export async function dependentBesideStock(
  suite: Suite,
  name: string,
  { on, stock, built, builtStock }: Pods,
  languages: boolean,
): Promise<void> {
  await suite.check(`${name}: what depends on the visitor, beside stock Next.js`, async () => {
    assert.ok(stock && builtStock);
    const visits = await visitsTo({ stock }, languages);
    const [mine, theirs] = [buildIdOf(built), buildIdOf(builtStock)];
    const seen = new Map<string, unknown[]>();
    const count = await givenBy(on, async () => {
      for (let round = 0; round < ROUNDS; round++)
        for (const visit of visits) {
          const { path, headers = {}, kept } = visit;
          const what = `${path} ${JSON.stringify(headers)}, ${round}`;
          for (let i = 0; i < IN_A_ROW; i++) {
            const answered = await answer(stock, path, headers);
            const expected = common(answered, theirs);
            shownBy(visit, answered, what);
            assert.deepEqual(common(await answer(on, path, headers), mine), expected, what);
            if (!kept && round > 0) seen.set(path, [...(seen.get(path) ?? []), expected]);
          }
        }
    });
    const least = visits.filter(({ kept }) => kept).length * 2;
    assert.ok(count >= least, `${count} from memory: this proves little`);
    // what only the path decided would be another visitor's
    for (const path of new Set(visits.filter(({ kept }) => !kept).map((visit) => visit.path))) {
      const all = seen.get(path) ?? [];
      const isAlone = visits.filter((visit) => visit.path === path).length === 1;
      const isSame = all.every((one) => isDeepStrictEqual(one, all[0]));
      assert.equal(isSame, isAlone, `(control) ${path}`);
    }
    assert.doesNotMatch((await stock.send("/control?metrics=1")).body, /next_shared_cache/);
  });
}

/** Answers that depend on the visitor are Next.js's each time, in turn with those of other visitors. */
export async function dependent(
  suite: Suite,
  name: string,
  { on, off, stock }: Pods,
  languages: boolean,
): Promise<void> {
  await suite.check(`${name}: what depends on the visitor, in turn with others`, async () => {
    const visits = await visitsTo({ stock }, languages);
    const from = visits.map(() => 0);
    const areAllGiven = (): boolean =>
      visits.every(({ kept }, at) => !kept || (from[at] ?? 0) >= 2);
    let round = 0;
    for (; round < ROUNDS || (round < MOST_ROUNDS && !areAllGiven()); round++)
      for (const [at, visit] of visits.entries()) {
        const { path, headers = {} } = visit;
        const what = `${path} ${JSON.stringify(headers)}, ${round}`;
        await answer(off, path, headers);
        const expected = await answer(off, path, headers);
        const count = await givenBy(on, async () => {
          for (let i = 0; i < IN_A_ROW; i++) {
            const got = await answer(on, path, headers);
            // the first one may render it
            if (round > 0) assert.deepEqual(whole(got), whole(expected), what);
            shownBy(visit, got, what);
          }
        });
        from[at] = (from[at] ?? 0) + count;
      }
    for (const [at, { path, kept }] of visits.entries()) {
      const count = from[at] ?? 0;
      assert.ok(
        kept ? count >= 2 : count === 0,
        `${path}: ${count} of ${round * IN_A_ROW} from memory`,
      );
    }
  });
}
