import { join } from "node:path";
import { CASES } from "../test/next/cases";
import { NEEDS_SHARING } from "../test/next/control";
import { EXPLAINED } from "../test/next/explained";
import { has, minorOf, nameOf } from "../test/next/lib/case";

/* docs/nextjs-behaviour.md, from the cases of test/next: `npm run docs`. */

export const NEXT_SUITE_PAGE = join(__dirname, "nextjs-behaviour.md");

const INTRODUCTION = `# As stock Next.js on one server

Written by \`npm run docs\` from \`test/next/\`. Change it there.

\`npm run test:next\` covers what Next.js's own end-to-end suites test about caching, with our own cases. It runs each case on one server of stock
Next.js, and on three servers with [@next-on-eks/runtime](../runtime/README.md), Redis and the client-side cache, where each request goes to the
next server. A case states what Next.js promises to users, and both sides must keep it. Everything else that a visitor sees (status, all
headers, text, the order of values) must be the same on both. A difference is a failure unless it is explained below. An explanation
whose difference has gone or changed is a failure too.

The suite installs and builds both, with real servers and a real Redis on loopback, which takes some minutes on two cores.
\`-- --all\` runs the other minor versions that the runtime supports, \`-- --only TEXT\` the cases with TEXT in their name, and
\`-- --keep FOLDER\` keeps the builds for the next run.
`;

/** The versions that all cases were last run on, 2026-11-29, with Node 20. */
const RUN_ON = ["15.5.29", "16.0.11", "16.1.7", "16.2.12", "16.3.8", "16.4.6"];

/** What a version has of the cases, and how many of these differ. */
function versionRow(version: string): string {
  const minor = minorOf(version);
  const run = CASES.filter((one) => has(version, one)).map(nameOf);
  const differing = EXPLAINED.filter(
    ({ case: name, versions }) => run.includes(name) && (versions?.(minor) ?? true),
  );
  const same = run.length - differing.length;
  return `| ${version} | ${run.length} | ${same} | ${differing.length} |`;
}

function versions(): string {
  const lacking = CASES.filter((one) => !has("15.5", one)).length;
  return `
## Versions

The newest patch of each minor version, as last run. 15.5 lacks what ${lacking} cases test: profiles of \`revalidateTag\`,
\`updateTag\`, prerendered shells, segment prefetches.

| Next.js | cases | the same | explained difference |
| --- | --- | --- | --- |`;
}

/** The whole page. */
export function nextSuitePage(): string {
  const suites = [...new Set(CASES.map(({ suite }) => suite))];
  return [
    INTRODUCTION,
    `## Suites\n\n${CASES.length} cases, named after the Next.js suites that test the same.\n\n| suite | cases |\n| --- | --- |`,
    ...suites.map((name) => `| ${name} | ${CASES.filter(({ suite }) => suite === name).length} |`),
    versions(),
    ...RUN_ON.map(versionRow),
    "\n## Explained differences\n\n| case | why |\n| --- | --- |",
    ...EXPLAINED.map(
      ({ case: name, reason, fault }) =>
        `| ${name} | ${fault ? "**Known fault.** " : ""}${reason} |`,
    ),
    `\n## Controls\n\n${NEEDS_SHARING.length} cases must fail on three servers of stock Next.js, which share nothing. The suite must also report a case with a false\nexpectation, a difference without an explanation, and an explanation without its difference.\n`,
  ].join("\n");
}
