import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import type { Chart, Manifest } from "./manifests";
import { UsageError } from "../cli/stackConfig";

/** The first words of every file that is written here, by which a later run recognizes it. */
const MARK = "# Written by npm run preview.";
const README = "README.md";

/**
 * @throws {UsageError} if the folder contains anything that no preview wrote: `kubectl apply -f` would apply that too
 */
export function checkFolder(folder: string): void {
  filesOfEarlierRun(folder);
}

/**
 * Writes one file per object into `folder`, numbered in the order of application, replacing those of an earlier run.
 * @throws {UsageError} as `checkFolder`
 */
export function writeManifests(
  folder: string,
  stack: string,
  manifests: readonly Manifest[],
  charts: readonly Chart[],
): void {
  const stale = filesOfEarlierRun(folder);
  mkdirSync(folder, { recursive: true });
  for (const file of stale) rmSync(join(folder, file));
  const digits = String(manifests.length).length;
  manifests.forEach((manifest, index) => {
    const number = String(index + 1).padStart(digits, "0");
    const name = `${number}-${manifest.kind.toLowerCase()}-${manifest.metadata.name}.yaml`;
    const head = `${MARK} Stack ${stack}; placeholders say computed or [secret].\n`;
    writeFileSync(join(folder, name), head + stringify(manifest, { aliasDuplicateObjects: false }));
  });
  writeFileSync(join(folder, README), readme(stack, charts));
}

function filesOfEarlierRun(folder: string): string[] {
  const names = entriesOf(folder);
  const foreign = names.find((name) => !isOurs(join(folder, name)));
  if (foreign !== undefined) {
    throw new UsageError(
      `--manifests: ${folder} holds '${foreign}', which no preview wrote; name an empty or a new folder.`,
    );
  }
  return names;
}

function entriesOf(folder: string): string[] {
  const status = statSync(folder, { throwIfNoEntry: false });
  if (!status) return [];
  if (!status.isDirectory()) throw new UsageError(`--manifests: ${folder} is no folder.`);
  return readdirSync(folder).sort();
}

function isOurs(file: string): boolean {
  return statSync(file).isFile() && readFileSync(file, "utf8").startsWith(MARK);
}

/** kubectl skips files that are not named as YAML or JSON. */
function readme(stack: string, charts: readonly Chart[]): string {
  const listed = charts.map(
    ({ name, chart, version, namespace }) =>
      `- ${name}: ${[chart, version].filter(Boolean).join(" ")} in the namespace ${namespace ?? "default"}`,
  );
  return [
    MARK,
    "",
    `The Kubernetes objects of stack ${stack}, for \`kubectl apply --dry-run=server -f .\` once its namespaces exist.`,
    "Values that only a deployment knows are placeholders (`computed`), and so are secrets (`[secret]`).",
    "Names that Pulumi completes with random letters are shown without them.",
    "",
    charts.length > 0 ? "Not rendered here, since only Helm can:" : "No charts.",
    "",
    ...listed,
  ]
    .join("\n")
    .trimEnd()
    .concat("\n");
}
