import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { SENT } from "./sent";
import type { Models, Shape } from "./shape";

/*
 * Makes serviceModels.json anew, from the service models that AWS publishes with botocore (data/SERVICE/VERSION/service-2.json):
 *
 *   pip install --target DIR botocore
 *   node --require ./scripts/typescript.cjs test/constraints/extract.ts DIR
 *
 * It keeps the operations of sent.ts alone, and of their inputs what constrains a value.
 */

interface ModelShape {
  readonly type: string;
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly enum?: readonly string[];
  readonly members?: Readonly<
    Record<string, { readonly shape: string; readonly documentation?: string }>
  >;
  readonly member?: { readonly shape: string };
  readonly key?: { readonly shape: string };
  readonly value?: { readonly shape: string };
}
interface ServiceModel {
  readonly operations: Readonly<Record<string, { readonly input?: { readonly shape: string } }>>;
  readonly shapes: Readonly<Record<string, ModelShape>>;
}

function modelOf(data: string, service: string): ServiceModel {
  const version = readdirSync(join(data, service)).sort().at(-1) ?? "";
  const file = join(data, service, version, "service-2.json");
  const text = existsSync(file)
    ? readFileSync(file, "utf8")
    : gunzipSync(readFileSync(`${file}.gz`)).toString();
  return JSON.parse(text) as ServiceModel;
}

/** Shapes that hold themselves end where they begin again. */
function shapeOf(model: ServiceModel, name: string, above: readonly string[] = []): Shape {
  const given = model.shapes[name];
  if (!given || above.includes(name)) return {};
  const of = (child: { readonly shape: string } | undefined) =>
    child && shapeOf(model, child.shape, [...above, name]);
  const { min, max, pattern } = given;
  const shape: Shape = {
    ...(min !== undefined && { min }),
    ...(max !== undefined && { max }),
    ...(pattern !== undefined && { pattern }),
    ...(given.enum && { values: given.enum }),
    ...(given.members && {
      members: Object.fromEntries(
        Object.entries(given.members).map(([member, child]) => [member, of(child) ?? {}]),
      ),
    }),
    ...(given.member && { item: of(given.member) }),
    ...(given.type === "map" && { key: of(given.key), value: of(given.value) }),
  };
  return shape;
}

/** `service.Operation` of each call that sends an input. */
function operations(): string[] {
  const named = Object.values(SENT).flatMap(({ by, as }) => [
    by,
    ...Object.values(as ?? {}).flatMap((path) => (path.includes(":") ? path.split(":")[0] : [])),
  ]);
  return [...new Set(named)].filter((name) => name !== undefined).sort();
}

/** ElastiCache's types are in no enumeration, but in the documentation of a member. What is no more made is not taken. */
function nodeTypes(data: string): string[] {
  const text =
    modelOf(data, "elasticache").shapes.CreateReplicationGroupMessage?.members?.CacheNodeType
      ?.documentation ?? "";
  const made = text
    .split(/(?=Current generation:|Previous generation:)/)
    .filter((part) => part.startsWith("Current generation:"));
  const types = made.flatMap((part) => part.match(/cache\.[a-z0-9]+\.[a-z0-9]+/g) ?? []);
  return [...new Set(types)].sort();
}

function extract(folder: string): Models {
  const data = join(folder, "botocore", "data");
  const version = /__version__ = '(.*)'/.exec(
    readFileSync(join(folder, "botocore", "__init__.py"), "utf8"),
  )?.[1];
  const shapes = operations().map((name): [string, Shape] => {
    const [service = "", operation = ""] = name.split(".");
    const model = modelOf(data, service);
    const input = model.operations[operation]?.input;
    if (!input) throw new Error(`${name}: the models of botocore ${version} have no such input`);
    return [name, shapeOf(model, input.shape)];
  });
  return {
    source: `botocore ${version}`,
    date: new Date().toISOString().slice(0, 10),
    nodeTypes: nodeTypes(data),
    operations: Object.fromEntries(shapes),
  };
}

/** One line an operation: small, and a new version of botocore shows what changed. */
function write({ operations, ...about }: Models): string {
  const lines = Object.entries(operations).map(
    ([name, shape]) => `${JSON.stringify(name)}:${JSON.stringify(shape)}`,
  );
  const head = JSON.stringify(about).slice(0, -1);
  return `${head},"operations":{\n${lines.join(",\n")}\n}}\n`;
}

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error("Name the folder in which botocore is: pip install --target DIR botocore");
  process.exitCode = 1;
} else {
  writeFileSync(join(__dirname, "serviceModels.json"), write(extract(folder)));
}
