/*
 * The text of a pull request's comment: body, slots, foot. docs/decisions/pull-request-slots.md
 */

/** By this the comment is found again; review/print/markdown.ts begins with it too, which a test holds. */
export const MARKER = "<!-- next-on-eks: what this pull request changes -->";
/** GitHub counts characters; bytes are never fewer. */
export const LIMIT = 65_536;
/** Longest comparison, in bytes; what is left is for slots and foot. review/print/markdown.ts keeps to it, which a test holds. */
export const BODY_LIMIT = 50_000;
/** Longest text of a slot that its owner writes, in bytes. */
export const SLOT_LIMIT = 2_000;

const SLOT =
  /^<!-- next-on-eks: slot ([a-z0-9-]+) -->\n([\s\S]*?)\n?^<!-- next-on-eks: end of slot \1 -->\n*/gm;
const FOOT = /^<!-- next-on-eks: made by (\{.*\}) -->\n?([^\n]*)\n*/m;
const NAME = /^[a-z0-9]+(-[a-z0-9]+)*$/;
/** Stands where a slot came before the comparison. */
const NOT_YET = "### Not compared yet";

/**
 * @typedef {{ run: number, attempt: number, commit: string, label?: string }} Stamp
 * the run that wrote the body by its id, of which commit, and the label of the pull request that goes with it
 * @typedef {{ main: string, slots: ReadonlyMap<string, string>, stamp: Stamp | undefined, foot: string }} Body
 * `main` without the marker, `foot` one line of Markdown
 */

/** @param {string} text */
export const bytes = (text) => Buffer.byteLength(text);

/** @param {string} name */
export const isSlotName = (name) => NAME.test(name);

/** @param {string} name @throws {Error} */
export function checkSlotName(name) {
  if (!isSlotName(name)) {
    throw new Error(`slot '${name}' is refused: expected lower-case letters, digits and hyphens`);
  }
}

/** Text that cannot open or close a slot. @param {string} text */
export function disarmed(text) {
  return text.replace(/\r\n?/g, "\n").replace(/<!--(?=\s*next-on-eks:)/g, "<!\u200b--");
}

/** @returns {Body} */
export function emptyBody() {
  return { main: NOT_YET, slots: new Map(), stamp: undefined, foot: "" };
}

/** What a comment says. @param {string} comment @returns {Body} */
export function parse(comment) {
  const text = comment.replace(/\r\n?/g, "\n");
  /** @type {Map<string, string>} */
  const slots = new Map();
  let rest = text.replace(SLOT, (_, name, content) => {
    if (!slots.has(name)) slots.set(name, content);
    return "";
  });
  /** @type {Stamp | undefined} */
  let stamp;
  let foot = "";
  rest = rest.replace(FOOT, (_, json, line) => {
    stamp = stampOf(json);
    foot = line;
    return "";
  });
  return { main: rest.slice(rest.indexOf("\n") + 1).trim() || NOT_YET, slots, stamp, foot };
}

/** @param {string} json @returns {Stamp | undefined} */
function stampOf(json) {
  try {
    const { run, attempt, commit, label } = JSON.parse(json);
    return Number.isSafeInteger(run) && Number.isSafeInteger(attempt) && typeof commit === "string"
      ? { run, attempt, commit, ...(typeof label === "string" && { label }) }
      : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The comment. What `main` and slots say is disarmed, the slot `site` stands below the headline.
 * @param {Body} body
 * @throws {Error} if it is longer than GitHub takes
 */
export function print({ main, slots, stamp, foot }) {
  const [headline = "", ...below] = disarmed(main).trim().split("\n");
  const { site, ...others } = Object.fromEntries(slots);
  const text = [
    MARKER,
    headline,
    "",
    ...(site === undefined ? [] : slotLines("site", site)),
    below.join("\n").trim(),
    "",
    ...Object.keys(others)
      .sort()
      .flatMap((name) => slotLines(name, others[name] ?? "")),
    ...(stamp === undefined
      ? []
      : [`<!-- next-on-eks: made by ${JSON.stringify(stamp)} -->`, disarmed(foot)]),
  ].join("\n");
  if (bytes(text) > LIMIT) {
    throw new Error(`the comment has ${bytes(text)} bytes; GitHub takes ${LIMIT}`);
  }
  return text;
}

/** @param {string} name @param {string} content */
function slotLines(name, content) {
  return [
    `<!-- next-on-eks: slot ${name} -->`,
    disarmed(content).trim(),
    `<!-- next-on-eks: end of slot ${name} -->`,
    "",
  ];
}

/** Whether `a` was started after `b`. Ids of runs grow, in all workflows alike; one that is run again keeps its own. @param {Stamp} a @param {Stamp | undefined} b */
export function isNewer(a, b) {
  return b === undefined || a.run > b.run || (a.run === b.run && a.attempt > b.attempt);
}

/** Text in a block that nothing in it can close. @param {string} text */
export function fenced(text) {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map(({ length }) => length));
  const fence = "`".repeat(longest + 1);
  return `${fence}text\n${text}\n${fence}`;
}
