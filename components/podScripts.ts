import { RunError } from "@pulumi/pulumi/errors";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Folders whose scripts pods have in one, `/pod`: see pod/README.md. */
export const POD_FOLDERS = ["pod/agent", "pod/publisher", "pod/shared", "runtime/src/contract"].map(
  (folder) => join(__dirname, "..", folder),
);

/** Kubernetes' limit for a ConfigMap is 1 MiB, its names included. */
const LIMIT_BYTES = 1_000_000;

/**
 * The data of the ConfigMap: by name, with the same line endings on every machine; otherwise different machines would
 * see a change.
 */
export function scriptsIn(folders: readonly string[]): Record<string, string> {
  const paths = folders
    .flatMap((folder) => readdirSync(folder).map((name) => ({ name, path: join(folder, name) })))
    .filter(({ name }) => /\.[cm]js$/.test(name))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const data: Record<string, string> = {};
  for (const { name, path } of paths) {
    if (name in data) {
      throw new RunError(
        `${path} has the name of a script in another folder, and pods have all scripts in one. Rename one of the two.`,
      );
    }
    data[name] = readFileSync(path, "utf8").replaceAll("\r\n", "\n");
  }
  const bytes = Buffer.byteLength(JSON.stringify(data));
  if (bytes > LIMIT_BYTES) {
    throw new RunError(
      `the scripts in ${folders.join(", ")} have ${bytes} bytes, and a ConfigMap takes ${LIMIT_BYTES}. ` +
        `Remove from there what pods do not run.`,
    );
  }
  return data;
}
