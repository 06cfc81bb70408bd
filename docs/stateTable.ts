import { STATE } from "../review/stateParts";
import { markdownTable } from "./readme";

/* README's table "Which parts hold state", from the parts that a comparison knows: `npm run docs`. */

const HEADING = "## Which parts hold state\n\n";

export function stateTable(): string {
  const rows = STATE.filter(({ lost }) => lost !== "").map(({ part, lost }) => [part, lost]);
  return markdownTable([["part", "what happens if it is lost"], ...rows]);
}

/** README's text with the table as it should be. @throws if it has no place for it */
export function readmeWithTable(readme: string): string {
  const start = readme.indexOf(HEADING);
  const end = readme.indexOf("\n\n", start + HEADING.length);
  if (start === -1 || end === -1) throw new Error(`README.md has no '${HEADING.trim()}'`);
  return readme.slice(0, start) + HEADING + stateTable() + readme.slice(end);
}
