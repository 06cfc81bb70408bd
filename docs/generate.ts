import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { groups } from "../config";
import { platformNames, platforms } from "../config/platforms";
import { removeCommand, setCommand } from "../config/messages/commands";
import { itemsOf, metaOf, unwrap, valueAt, type Meta } from "../config/schema/tree";
import { ARCHITECTURE_PICTURE, architecturePicture } from "./architecture";
import { CHANGES_PAGE, changesPage } from "./changes";
import { readmeWithCost } from "./cost";
import { NEXT_SUITE_PAGE, nextSuitePage } from "./nextSuite";
import { README } from "./readme";
import { RULES_PAGE, rulesPage } from "./rules";
import { readmeWithTable } from "./stateTable";

/*
 * Writes docs/configuration.md from the schemas, docs/rules.md and docs/changes.md from the rules, docs/nextjs-behaviour.md, and
 * docs/architecture.svg and the tables of README from plans and parts: `npm run docs`. A test fails while a file is out of date.
 */

export const CONFIGURATION_PAGE = join(__dirname, "configuration.md");

type Schemas = Readonly<Record<string, z.ZodType>>;

interface Row {
  readonly key: string;
  readonly type: string;
  readonly defaultText: string;
  readonly description: string;
  readonly command: string;
}

const INTRODUCTION = `# Configuration

Written by \`npm run docs\` from the schema in \`config/\`. Change it there.

All keys are in the stack's file, \`Pulumi.STACK.yaml\`, below \`next-on-eks:\`. Edit the file or use the commands in the
tables; both do the same. \`${removeCommand("KEY", "STACK")}\` restores a
default, and \`npm run preview -- --stack STACK\` shows the effect of a change, offline.

A stack on AWS also needs \`aws:region\`: \`${setCommand("aws:region", "eu-west-1", "", "STACK")}\`.

Unknown keys and invalid values are all reported at once, before anything is created. Keys that contradict each other are reported
once the values in their groups are valid: [rules.md](rules.md) lists these rules. Each message contains the command that fixes it. A default in words depends on other
keys. Set keys marked **secret** with \`--secret\`, which encrypts them in the file. Unencrypted, they cause a warning, and
production refuses them.
`;

/** The whole page. */
export function configurationPage(): string {
  const { app, cache, assets, ingress, timeouts, ...general } = groups.common;
  return [
    INTRODUCTION,
    section("Every platform", "General", general),
    ...Object.entries({ app, cache, assets, ingress, timeouts }).map(([key, schema]) =>
      section("", `\`${key}\``, { [key]: schema }),
    ),
    ...platformNames.flatMap((platform) =>
      Object.entries<z.ZodType>(groups[platform]).map(([key, schema], index) =>
        section(index === 0 ? `Platform \`${platform}\`` : "", `\`${key}\` on \`${platform}\``, {
          [key]: schema,
        }),
      ),
    ),
  ].join("\n");
}

function section(part: string, title: string, schemas: Schemas): string {
  const rows = Object.entries(schemas).flatMap(([key, schema]) => rowsOf(key, schema));
  return [
    ...(part ? [`## ${part}`, ""] : []),
    `### ${title}`,
    "",
    "| key | type | default | what it is | set it |",
    "| --- | --- | --- | --- | --- |",
    ...rows.map(
      ({ key, type, defaultText, description, command }) =>
        `| ${[`\`${key}\``, type, defaultText, description, command].map(cell).join(" | ")} |`,
    ),
    "",
  ].join("\n");
}

/** A bar ends a cell, in code too. */
function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}

/**
 * A row for each key that takes a value, and one for each group that may be left out as a whole.
 * @param group the innermost group that may be left out, without which its keys mean nothing
 */
function rowsOf(key: string, schema: z.ZodType, group?: string): Row[] {
  const bare = unwrap(schema);
  if (bare instanceof z.ZodRecord) {
    // Each of its keys is set by itself.
    return [rowOf(`${key}.NAME`, bare.valueType as z.ZodType, metaOf(schema), "none")];
  }
  const own = rowOf(key, schema, metaOf(schema), defaultOf(key, schema, group));
  if (bare instanceof z.ZodArray && bare.element instanceof z.ZodObject) {
    return [own, ...rowsOf(`${key}[0]`, bare.element, key)];
  }
  if (!(bare instanceof z.ZodObject)) return [own];
  const optional = schema instanceof z.ZodOptional;
  const children = Object.entries(bare.shape as Record<string, z.ZodType>).flatMap(
    ([name, child]) => rowsOf(`${key}.${name}`, child, optional ? key : group),
  );
  return optional ? [own, ...children] : children;
}

function rowOf(key: string, schema: z.ZodType, meta: Meta, defaultText: string): Row {
  const bare = unwrap(schema);
  const isGroup = bare instanceof z.ZodObject || typeOf(bare) === "list of maps";
  const example = meta.example ?? (isGroup ? undefined : "VALUE");
  return {
    key,
    type: `${typeOf(bare)}${meta.secret ? ", **secret**" : ""}`,
    defaultText,
    description: meta.description ?? "",
    command:
      example === undefined
        ? ""
        : `\`${setCommand(itemsOf(schema) ? `${key}[0]` : key, example, "", "STACK")}\``,
  };
}

function defaultOf(key: string, schema: z.ZodType, group: string | undefined): string {
  const text = metaOf(schema).defaultText ?? defaultByPlatform(key);
  if (text !== undefined) return text;
  if (schema instanceof z.ZodDefault) {
    const value: unknown = schema.def.defaultValue;
    const empty = typeof value === "object" && value !== null && Object.keys(value).length === 0;
    return empty ? "none" : `\`${String(value)}\``;
  }
  if (schema instanceof z.ZodOptional) return "none";
  return group === undefined ? "**required**" : `**required** in \`${group}\``;
}

/** A default that each platform has its own of; that of the last one is for all others. */
function defaultByPlatform(key: string): string | undefined {
  const values = platformNames.map((name) => valueAt(platforms[name].defaults, key));
  if (values.some((value) => value === undefined || typeof value === "object")) return undefined;
  const others = values.at(-1);
  const named = platformNames
    .map((name, index) => [name, values[index]])
    .filter(([, value]) => value !== others)
    .map(([name, value]) => `\`${String(value)}\` on \`${String(name)}\``);
  return [...named, `else \`${String(others)}\``].join(", ");
}

/** @param schema with or without a default around it */
function typeOf(schema: z.ZodType): string {
  const bare = unwrap(schema);
  if (bare instanceof z.ZodEnum) return choices(bare.options);
  if (bare instanceof z.ZodLiteral) return choices([...bare.values]);
  if (bare instanceof z.ZodBoolean) return choices(["true", "false"]);
  if (bare instanceof z.ZodNumber) return rangeOf(bare);
  if (bare instanceof z.ZodArray) return `list of ${plural(typeOf(bare.element as z.ZodType))}`;
  if (bare instanceof z.ZodObject) return "map";
  if (bare instanceof z.ZodUnion) {
    return bare.options.map((option) => typeOf(option as z.ZodType)).join(" or ");
  }
  if (bare instanceof z.ZodPipe) return typeOf(bare.in as z.ZodType);
  if (bare instanceof z.ZodString) return "string";
  throw new Error(`docs/generate.ts: no word for the schema type '${bare.def.type}'`);
}

function choices(values: readonly unknown[]): string {
  return values.map((value) => `\`${String(value)}\``).join(" or ");
}

function rangeOf({ minValue, maxValue, isInt }: z.ZodNumber): string {
  const name = isInt ? "integer" : "number";
  const [least, most] = [bound(minValue), bound(maxValue)];
  if (least === undefined) return name;
  return most === undefined ? `${name} (${least} or more)` : `${name} (${least} to ${most})`;
}

/** zod gives integers without a limit that of the language. */
function bound(value: number | null): number | undefined {
  return value !== null && Math.abs(value) < Number.MAX_SAFE_INTEGER ? value : undefined;
}

function plural(type: string): string {
  return type === "map" ? "maps" : type === "string" ? "strings" : type;
}

async function writeAll(): Promise<void> {
  const pages: Readonly<Record<string, string>> = {
    [CONFIGURATION_PAGE]: configurationPage(),
    [CHANGES_PAGE]: changesPage(),
    [RULES_PAGE]: rulesPage(),
    [NEXT_SUITE_PAGE]: nextSuitePage(),
    [ARCHITECTURE_PICTURE]: await architecturePicture(),
    [README]: readmeWithTable(await readmeWithCost(readFileSync(README, "utf8"))),
  };
  for (const [file, text] of Object.entries(pages)) writeFileSync(file, text);
  process.stdout.write(`Up to date: ${Object.keys(pages).join(", ")}\n`);
}

if (require.main === module) void writeAll();
