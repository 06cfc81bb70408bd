import { join } from "node:path";
import { CASES } from "../test/next/cases";
import { NEEDS_SHARING } from "../test/next/control";
import { EXPLAINED } from "../test/next/explained";

/* docs/nextjs-behaviour.md, from the cases of test/next: `npm run docs`. */

export const NEXT_SUITE_PAGE = join(__dirname, "nextjs-behaviour.md");

const INTRODUCTION = `# As stock Next.js on one server

Written by \`npm run docs\` from \`test/next/\`. Change it there.

\`npm run test:next\` takes what Next.js's own end-to-end suites say of caching, in cases of our own, and runs each on one server
of stock Next.js and on three with [@next-on-eks/runtime](../runtime/README.md), Redis and the memory level, where each request
goes to the next server. A case says what a user is promised, and both have to keep it; and what else a visitor sees (status, all
headers, text, the order of values) has to be the same on both. A difference fails, unless it is explained below; an explanation
whose difference is gone or another one fails too.

It installs and builds stock Next.js and ours with real servers and a real Redis on loopback: some minutes on two cores.
\`-- --all\` runs the other minors of the runtime's matrix, \`-- --only TEXT\` the cases whose name has TEXT in it, \`-- --keep FOLDER\`
keeps the builds for the next run.
`;

/** The whole page. */
export function nextSuitePage(): string {
  const suites = [...new Set(CASES.map(({ suite }) => suite))];
  return [
    INTRODUCTION,
    `## Suites\n\n${CASES.length} cases, named as the suites of Next.js that test the same.\n\n| suite | cases |\n| --- | --- |`,
    ...suites.map((name) => `| ${name} | ${CASES.filter(({ suite }) => suite === name).length} |`),
    "\n## Explained differences\n\n| case | why |\n| --- | --- |",
    ...EXPLAINED.map(
      ({ case: name, reason, fault }) =>
        `| ${name} | ${fault ? "**Known fault.** " : ""}${reason} |`,
    ),
    `\n## Controls\n\n${NEEDS_SHARING.length} cases have to fail on three servers of stock Next.js, which share nothing. A case with a false expectation, a difference\nthat nobody explains, and an explanation without its difference have to be reported.\n`,
  ].join("\n");
}
