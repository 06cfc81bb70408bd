import type { Consequence, Section } from "./consequences";
import type { Fate, ResourceChange } from "./change";
import type { PropertyChange } from "./values";

/** A change with what it does and where it comes from. */
export interface Finding extends Consequence {
  readonly change: ResourceChange;
  /** Keys of the config (`redis.nodeType`) or files; empty: not known. */
  readonly causes: readonly string[];
}

/** What a reader sees as one change: one resource, or many with the same change. */
export interface Row {
  readonly section: Section;
  /** As in `Consequence`. */
  readonly rank: number;
  readonly fate: Fate;
  /** The consequence in one sentence, if there is more to say than what differs. */
  readonly says: string | undefined;
  readonly changes: readonly ResourceChange[];
  readonly properties: readonly PropertyChange[];
  readonly causes: readonly string[];
}

/** From this number of objects on, one property that changes alike in all of them has a row of its own. */
const MANY = 3;

const FOLDED: ReadonlySet<Fate> = new Set(["created", "updated", "may change"]);

/**
 * The same change in many objects is one row. What is deleted or replaced keeps a row of its own.
 * @param findings from the most dangerous to the least; the rows keep that order
 */
export function fold(findings: readonly Finding[]): Row[] {
  const shared = sharedIn(findings);
  const rows = new Map<string, Filling>();
  for (const finding of findings) {
    const { change, section, rank, says, causes } = finding;
    const { fate } = change;
    const rest = fate === "updated" ? withoutShared(finding, shared, rows) : change.properties;
    if (rest.length === 0 && change.properties.length > 0 && says === undefined) continue;
    const key = FOLDED.has(fate)
      ? JSON.stringify([section, fate, says, keyOf(change, rest)])
      : change.urn;
    add(rows, key, { section, rank, fate, says, changes: [change], properties: rest, causes });
  }
  return [...rows.values()];
}

/** Keys of the changes of a property that are alike in many objects. */
function sharedIn(findings: readonly Finding[]): ReadonlySet<string> {
  const counts = new Map<string, number>();
  for (const { change } of findings) {
    if (change.fate !== "updated") continue;
    for (const property of change.properties) {
      counts.set(text(property), (counts.get(text(property)) ?? 0) + 1);
    }
  }
  return new Set([...counts].filter(([, count]) => count >= MANY).map(([key]) => key));
}

/** Moves what is alike in many objects into rows of its own, and returns what is left. */
function withoutShared(
  { change, section, rank, causes }: Finding,
  shared: ReadonlySet<string>,
  rows: Map<string, Filling>,
): readonly PropertyChange[] {
  return change.properties.filter((property) => {
    const key = text(property);
    if (!shared.has(key)) return true;
    add(rows, `shared ${key}`, {
      section,
      rank,
      fate: "updated",
      says: undefined,
      changes: [change],
      properties: [property],
      causes,
    });
    return false;
  });
}

/** A row that is being filled: a copy for each change would make many of them slow. */
interface Filling extends Row {
  readonly changes: ResourceChange[];
  readonly causes: string[];
}

function add(rows: Map<string, Filling>, key: string, row: Row): void {
  const there = rows.get(key);
  if (!there) {
    rows.set(key, { ...row, changes: [...row.changes], causes: [...row.causes] });
    return;
  }
  there.changes.push(...row.changes);
  there.causes.push(...row.causes.filter((cause) => !there.causes.includes(cause)));
}

/** What is created has no properties that differ: the part that it belongs to folds it. */
function keyOf(
  { after, fate, protection }: ResourceChange,
  rest: readonly PropertyChange[],
): string {
  return fate === "created"
    ? String(after?.parent)
    : JSON.stringify([protection, rest.map((property) => text(property))]);
}

function text({ path, kind, old, now }: PropertyChange): string {
  return JSON.stringify([path, kind, old, now]);
}
