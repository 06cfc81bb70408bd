import { strict as assert } from "node:assert";
import { has, nameOf, type App, type Case } from "./lib/case";
import { runAll, runCase, type Explained, type Result } from "./lib/runner";
import { withStock, type Builds } from "./lib/sites";

/** Cases that three servers fail that know nothing of each other: those that share most of what the package shares. */
export const NEEDS_SHARING: readonly string[] = [
  "app-static: another address is made when it is asked for, and kept",
  "app-static, fetch: a tag: new for all at once",
  "unstable-cache: a tag: new for all at once, and others stay",
  "revalidatetag, revalidatepath: a tag: pages with it are new, others stay",
  "revalidatetag, revalidatepath: a path: the page, and not the one beside it",
  "update-tag, refresh: updateTag: the action's own answer has the new data, and so have all later ones",
  "next-after-app: of a route: revalidateTag",
  "not-found: notFound in a static page: kept like a page, with its own not-found",
  "use-cache: a tag: new for all at once, and others stay",
  "use-cache: kept for all, by its arguments",
  "ppr: a tag: a new shell for all",
  "resume-data-cache: after tag of two: new, and one value again",
  "prerender, on demand: one page for all, and the others stay",
  "i18n: the same slug in two languages is two pages",
];

/** What has to fail does: else the suite proves nothing. */
export async function controls(
  builds: Builds,
  all: readonly Case[],
  done: (result: Result) => void,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  const tell = (name: string, ms: number, why: string | undefined): void => {
    const verdict =
      why === undefined ? ({ kind: "same" } as const) : ({ kind: "failed", why } as const);
    const result = { name: `(control) ${name}`, ms, verdict };
    results.push(result);
    done(result);
  };
  const chosen = all.filter((one) => NEEDS_SHARING.includes(nameOf(one)));
  assert.equal(chosen.length, NEEDS_SHARING.length, "a case that the control names is gone");
  for (const app of new Set<App>(chosen.map((one) => one.app))) {
    await withStock(builds, app, 1, (stock) =>
      withStock(builds, app, 3, async (apart) => {
        const mine = chosen.filter((one) => one.app === app && has(builds.version, one));
        for (const { name, ms, verdict } of await runAll(mine, stock, apart, {
          explained: [],
          atOnce: 5,
        })) {
          const why = failedOn(apart.name, verdict);
          tell(`${name}: fails on servers without a shared cache`, ms, why);
        }
        if (app !== "router") return;
        for (const [name, one, explained] of FALSE) {
          const result = await runCase(one, stock, apart, explained);
          const missed = result.verdict.kind === "failed" ? undefined : "it passed";
          tell(name, result.ms, missed);
        }
      }),
    );
  }
  return results;
}

/** Why the control is none: the case passes, or fails on the one server too. */
function failedOn(apart: string, verdict: Result["verdict"]): string | undefined {
  if (verdict.kind !== "failed") return "it passed";
  return verdict.why.includes(apart) ? undefined : verdict.why;
}

function made(name: string, run: Case["run"]): Case {
  return { suite: "control", app: "router", name, run };
}

/** Cases that no site passes. */
const FALSE = [
  [
    "a false expectation is reported",
    made("false", async (site) => assert.equal((await site.get("/")).status, 201)),
    [],
  ],
  [
    "a difference that nobody explains is reported",
    made("different", (site) => Promise.resolve(site.parts.servers.length)),
    [],
  ],
  [
    "an explanation without a difference is reported",
    made("stale", async (site) => (await site.get("/")).status),
    [{ case: "control: stale", difference: /./, reason: "there was one" }],
  ],
  [
    "an explanation of another difference is reported",
    made("another", (site) => Promise.resolve(site.parts.servers.length)),
    [{ case: "control: another", difference: /^another$/, reason: "there is another one" }],
  ],
] as const satisfies readonly (readonly [string, Case, readonly Explained[]])[];
