import nodeModule, { createRequire } from "node:module";
import { join, sep } from "node:path";

/*
 * Imported before anything else where a base with other dependencies is planned: this code, as it is now, then runs on the
 * Pulumi packages of the folder that the process was started in. They keep a program's state in their modules, so that the
 * program there and the engine here must have the same ones. Other packages are each side's own.
 */

interface Resolving {
  _resolveFilename(
    request: string,
    parent: { filename?: string | null } | undefined,
    ...more: unknown[]
  ): string;
}

const folder = process.cwd() + sep;
const ours = join(__dirname, "..", "..") + sep;
const theirs = createRequire(join(folder, "index.ts"));
const resolving = nodeModule as unknown as Resolving;
const resolveAsUsual = resolving._resolveFilename.bind(nodeModule);

resolving._resolveFilename = (request, parent, ...more) => {
  const from = parent?.filename ?? "";
  const own = from.startsWith(ours) && !from.startsWith(folder);
  if (own && request.startsWith("@pulumi/")) {
    try {
      return theirs.resolve(request);
    } catch {
      // One that came later: what uses it here is not used there.
    }
  }
  return resolveAsUsual(request, parent, ...more);
};
