/**
 * npm run test:next [-- --all] [--versions 16.4.6,15.5] [--apps router,pages] [--only TEXT] [--keep FOLDER]
 *
 * What Next.js's own end-to-end suites say of caching, in cases of our own: each runs on one stock server and on three
 * with the runtime package, Redis and the client-side cache, and what a visitor sees has to be the same.
 * Without arguments: the newest version. `--all`: the other minors of the runtime's matrix too. `--keep`: installations
 * and builds stay in the folder, and those that are there are used.
 */
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { install, packRuntime, type Installed } from "../../runtime/test/lib/next";
import { endAll, requireProgram, temporaryFolder } from "../../runtime/test/lib/processes";
import { CASES } from "./cases";
import { controls } from "./control";
import { EXPLAINED } from "./explained";
import { has, nameOf, type App, type Case } from "./lib/case";
import { runAll, type Result } from "./lib/runner";
import { Builds, withOurs, withStock, type Switch } from "./lib/sites";

const NEWEST = "16.4.6";
const MINORS = ["15.5", "16.0", "16.1", "16.2", "16.3", NEWEST];
const APPS: readonly App[] = ["router", "components", "pages"];

/** Cases that run at the same time: they wait more than they compute. */
const AT_ONCE = 5;

function argument(name: string): string | undefined {
  const at = process.argv.indexOf(`--${name}`);
  return at === -1 ? undefined : process.argv[at + 1];
}

async function installed(
  base: string,
  wanted: string,
  packed: () => Promise<string>,
): Promise<Installed> {
  const folder = join(base, wanted);
  const manifest = join(folder, "node_modules/next/package.json");
  if (!existsSync(manifest)) return install(folder, wanted, await packed());
  const { version } = JSON.parse(readFileSync(manifest, "utf8")) as { version: string };
  return { version, folder };
}

function show(version: string, { name, ms, verdict }: Result): void {
  const line = `${version} ${name} (${ms} ms)`;
  if (verdict.kind === "same") console.log(`  ok    ${line}`);
  else if (verdict.kind === "explained") {
    console.log(`  DIFF  ${line}\n${indent(verdict.difference)}\n${indent(verdict.by.reason)}`);
  } else console.log(`  FAIL  ${line}\n${indent(verdict.why)}`);
}

function indent(text: string): string {
  return text.replace(/^/gm, "        ");
}

async function version(
  wanted: string,
  base: string,
  packed: () => Promise<string>,
  chosen: readonly Case[],
): Promise<readonly Result[]> {
  const there = await installed(base, wanted, packed);
  console.log(`\nNext.js ${there.version} on Node ${process.version}`);
  const builds = new Builds(there, (line) => console.log(`  ${line}`));
  const [major = 0, minor = 0] = there.version.split(".").map(Number);
  const how: Switch = major > 16 || (major === 16 && minor >= 2) ? "adapter" : "function";
  const results: Result[] = [];
  for (const app of APPS) {
    const mine = chosen.filter((one) => one.app === app && has(there.version, one));
    if (mine.length === 0) continue;
    await withStock(builds, app, 1, (stock) =>
      withOurs(builds, app, how, async (ours) => {
        const done = (result: Result): void => show(there.version, result);
        const options = { explained: EXPLAINED, atOnce: AT_ONCE, done };
        results.push(...(await runAll(mine, stock, ours, options)));
      }),
    );
  }
  if (argument("only") === undefined && argument("apps") === undefined) {
    results.push(...(await controls(builds, CASES, (result) => show(there.version, result))));
  }
  return results;
}

/** The closing table; true if nothing failed. */
function report(results: readonly Result[]): boolean {
  const of = (kind: Result["verdict"]["kind"]): readonly Result[] =>
    results.filter(({ verdict }) => verdict.kind === kind);
  const explained = of("explained");
  const failed = of("failed");
  if (explained.length > 0) console.log("\ndifferences, all explained:");
  for (const { name, verdict } of explained) {
    if (verdict.kind !== "explained") continue;
    console.log(`  ${name}: ${verdict.by.fault ? "KNOWN FAULT: " : ""}${verdict.by.reason}`);
  }
  for (const { name } of failed) console.log(`failed: ${name}`);
  console.log(
    `${of("same").length} cases the same, ${explained.length} with an explained difference, ${failed.length} failed`,
  );
  return failed.length === 0 && results.length > 0;
}

async function main(): Promise<void> {
  requireProgram("redis-server", "install it, for example with: apt-get install redis-server");
  requireProgram("redis-cli", "install it, for example with: apt-get install redis-tools");
  const base = argument("keep") ?? temporaryFolder("next-suite");
  mkdirSync(base, { recursive: true });
  const only = argument("only");
  const apps = argument("apps")?.split(",") ?? APPS;
  const chosen = CASES.filter(
    (one) => apps.includes(one.app) && (only === undefined || nameOf(one).includes(only)),
  );
  const versions =
    argument("versions")?.split(",") ?? (process.argv.includes("--all") ? MINORS : [NEWEST]);
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      endAll();
      process.exit(130);
    });
  }
  const results: Result[] = [];
  try {
    let made: Promise<string> | undefined;
    const packed = (): Promise<string> => (made ??= packRuntime(base));
    for (const wanted of versions) results.push(...(await version(wanted, base, packed, chosen)));
  } finally {
    endAll();
  }
  process.exit(report(results) ? 0 : 1);
}

main().catch((cause: unknown) => {
  console.error(cause);
  endAll();
  process.exit(1);
});
