import { MARKER } from "../../../review/print/markdown";

/** What is wrong with a comment; `lost` must be named in it. */
export function flaws(page: string, limit: number, lost: readonly string[]): string[] {
  const found: string[] = [];
  if (Buffer.byteLength(page) > limit) found.push(`${Buffer.byteLength(page)} > ${limit}`);
  if (/\p{Cs}/u.test(page)) found.push("half a character");
  const { wrong, outside } = fencesOf(page);
  found.push(...wrong, ...outside.flatMap(proseFlaws));
  for (const name of lost) if (!page.includes(name)) found.push(`not named: ${name}`);
  return found;
}

/** What GitHub would take for something else than text. */
const ACTIVE: Readonly<Record<string, RegExp>> = {
  HTML: /(?<!\\)<[a-z/!]/i,
  "a mention": /@[a-z\d]/i,
  "an issue": /#\d|\bGH-\d/i,
  "a link": /:\/\/|\bwww\.|(?<!\\)\]\(/i,
  "a line that is no other's": /[\p{Cc}\u2028\u2029]/u,
};

function proseFlaws(line: string): string[] {
  // What stands in code is shown as it is.
  const prose = line.replace(/(?<!\\)(`+)(?!`)[^]*?(?<!`)\1(?!`)/g, "");
  if (prose === MARKER) return [];
  return Object.entries(ACTIVE).flatMap(([what, pattern]) =>
    pattern.test(prose) ? [`${what}: ${line}`] : [],
  );
}

/**
 * By CommonMark: a fence is closed by one of the same sign that is at least as long, and by a line that is not indented as
 * the list that it stands in.
 */
function fencesOf(page: string): { wrong: string[]; outside: string[] } {
  let open: { fence: string; indent: string } | undefined;
  const [wrong, outside]: [string[], string[]] = [[], []];
  for (const line of page.split(/\r\n|[\r\n]/)) {
    const [, indent = "", fence = "", rest = ""] = /^( {0,5})(`{3,}|~{3,})(.*)$/.exec(line) ?? [];
    if (open === undefined) {
      if (fence !== "" && !rest.includes("`")) open = { fence, indent };
      else outside.push(line);
    } else if (!line.startsWith(open.indent)) wrong.push(`leaves its list: ${line}`);
    else if (fence.startsWith(open.fence) && rest.trim() === "") open = undefined;
  }
  if (open !== undefined) wrong.push("a fence is open at the end");
  return { wrong, outside };
}
