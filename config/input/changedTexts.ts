import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { z } from "zod";
import { setCommand } from "../messages/commands";
import { PROJECT } from "../../model/project";
import type { Problem } from "../messages/problems";
import { ROOT } from "../root";
import { isText, keyOf, unwrap } from "../schema/tree";
import { shellWord } from "../messages/shellWord";

/*
 * Texts that YAML took for numbers, dates or booleans. `VERSION: 1.10` reaches the program as 1.1, `0012` as 10, `1e3`
 * as 1000, a long id rounded, a date with a time of day: by then the program cannot know what was written. The stack's
 * file still has it.
 */

/** How the CLI writes what YAML took for a date. */
const GO_DATE = / \+0000 UTC$/;

/** The file of a stack's config, where the CLI and the offline preview look for it by default. */
export function stackFile(stack: string): string {
  return resolve(ROOT, `Pulumi.${stack}.yaml`);
}

/**
 * The values of one group that are texts in the schema but reached the program changed.
 * @param file the stack's file; without it, only numbers that a double cannot hold are found
 */
export function changedTexts(
  group: string,
  schema: z.ZodType,
  value: unknown,
  file: string,
): Problem[] {
  const suspects = textsIn(schema, value, []).filter(
    ([, arrived]) => typeof arrived !== "string" || GO_DATE.test(arrived),
  );
  if (suspects.length === 0) return [];
  const written = sourceOf(file);
  return suspects.flatMap(([path, arrived]) => {
    const source = written([`${PROJECT}:${group}`, ...path]);
    const rounded = typeof arrived === "number" && !Number.isSafeInteger(arrived);
    const changed =
      source === undefined ? rounded && Number.isInteger(arrived) : source !== String(arrived);
    return changed ? [changedText(keyOf(group, path), source, arrived)] : [];
  });
}

function changedText(key: string, source: string | undefined, arrived: unknown): Problem {
  return {
    key,
    message:
      source === undefined
        ? `a number with so many digits is rounded to ${String(arrived)}.`
        : `without quotes, YAML turns ${source} into '${String(arrived)}'.`,
    remedy: setCommand(key, source === undefined ? "VALUE" : shellWord(source), "--type string "),
  };
}

type Path = readonly string[];

/**
 * Every value of a map of texts: variables, labels, annotations, whatever they arrived as. Quantities are texts too, and
 * mean the same as numbers.
 */
function textsIn(schema: z.ZodType, value: unknown, path: Path): [path: Path, arrived: unknown][] {
  const bare = unwrap(schema);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [];
  const items = Object.entries(value);
  if (bare instanceof z.ZodRecord) {
    return isText(bare.valueType as z.ZodType)
      ? items.map(([name, item]) => [[...path, name], item])
      : [];
  }
  if (!(bare instanceof z.ZodObject)) return [];
  const shape = bare.shape as Readonly<Record<string, z.ZodType | undefined>>;
  return items.flatMap(([name, item]) => {
    const child = shape[name];
    return child ? textsIn(child, item, [...path, name]) : [];
  });
}

/** What the file says at a path, as it was typed; undefined where it is in quotes, or not there. */
function sourceOf(file: string): (path: Path) => string | undefined {
  if (!existsSync(file)) return () => undefined;
  // Loaded for the few configs that need it.
  const { isScalar, parseDocument } = require("yaml") as typeof import("yaml");
  const document = parseDocument(readFileSync(file, "utf8"));
  return (path) => {
    const node = document.getIn(["config", ...path], true);
    return isScalar(node) && node.type === "PLAIN" ? node.source : undefined;
  };
}
