import type { Row } from "../fold";
import { sentenceOf } from "../headline";
import type { Level, Part } from "./levels";
import { code } from "./markup";
import { propertyLine, rowPropertyLines } from "./words";

/* Rows of a comment: those that have little to say share a line. */

/** A row, or several as one, with a line of its own. */
export interface Shown {
  readonly row: Row;
  readonly level: Level;
}

/** Rows that follow each other share one if they only name what has the same fate by the same cause. */
export function together(parts: readonly Part[]): Shown[] {
  const all: Shown[] = [];
  for (const { what, level } of parts) {
    if (!("row" in what) || (level !== "whole" && level !== "line")) continue;
    const last = all.at(-1);
    if (last !== undefined && kindOf(what.row) === kindOf(last.row)) {
      all[all.length - 1] = { row: both(last.row, what.row), level };
    } else all.push({ row: what.row, level });
  }
  return all;
}

/** What rows that share a line have in common; of any other row something that no other has. */
function kindOf(row: Row): unknown {
  const only = rowPropertyLines(row).length === 0 ? "names" : mayChange(row) && "may change";
  if (sentenceOf(row) !== "" || only === undefined) return row;
  return JSON.stringify([row.fate, row.causes, only]);
}

function both(one: Row, other: Row): Row {
  const there = new Set(one.properties.map(({ path }) => path));
  const more = other.properties.filter(({ path }) => !there.has(path));
  return {
    ...one,
    changes: [...one.changes, ...other.changes],
    properties: [...one.properties, ...more],
  };
}

/** How many properties a line names. */
const NAMED = 4;

/** What may change in a row, where it has no more to say of its properties; undefined: it has. */
export function mayChange(row: Row): string | undefined {
  const { properties } = row;
  const lines = rowPropertyLines(row);
  const only = properties.every((it) => propertyLine(it) === `${it.path}: may change`);
  if (properties.length === 0 || lines.length > properties.length || !only) return undefined;
  const paths = properties.slice(0, NAMED).map(({ path }) => code(path));
  const more = properties.length - paths.length;
  return `${paths.join(", ")}${more > 0 ? ` and ${more} more` : ""} may change`;
}
