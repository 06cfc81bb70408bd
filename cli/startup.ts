import { readFileSync } from "node:fs";
import nodeModule from "node:module";
import { join, sep } from "node:path";

/*
 * Most of a preview's time goes into loading modules. This halves it, and is imported before anything else:
 * - tsx reads, scans and maps every file of the SDKs, none of which is TypeScript.
 * - The Pulumi SDK loads a compiler and npm's dependency resolver, which serve functions that run in the cloud.
 */

const DEPENDENCIES = join(sep, "node_modules", sep);
const DEFERRED = ["typescript", "@npmcli/arborist"];

/** Not in Node 20. */
interface CompileCache {
  enableCompileCache?(): unknown;
}

/** Node's own module object has it; its types do not. */
interface Compiling extends NodeJS.Module {
  _compile(code: string, filename: string): void;
}

if (!process.argv.includes("--trace")) leaveOutTraces();
// Node 22 and later keep compiled code between runs.
(nodeModule as CompileCache).enableCompileCache?.();
loadDependenciesAsTheyAre();
for (const name of DEFERRED) defer(name);

/** With source maps on, Node reads the map of every file; and the SDK takes the stack of every promise that it makes. */
function leaveOutTraces(): void {
  process.setSourceMapsEnabled(false);
  // tsx looks at the three innermost.
  Error.stackTraceLimit = 3;
}

/** Leaves the project's own files to tsx. */
function loadDependenciesAsTheyAre(): void {
  const transform = require.extensions[".js"];
  require.extensions[".js"] = (module, filename) => {
    if (!filename.includes(DEPENDENCIES)) return transform(module, filename);
    try {
      (module as Compiling)._compile(readFileSync(filename, "utf8"), filename);
    } catch (error) {
      // An ES module, which tsx can load.
      if (!(error instanceof SyntaxError)) throw error;
      transform(module, filename);
    }
  };
}

/** Puts a stand-in for a package where the SDK finds it, which loads the package when a part of it is used. */
function defer(name: string): void {
  const sdk = require.resolve("@pulumi/pulumi");
  const file = resolveFrom(name, sdk);
  if (file === undefined || require.cache[file]) return;
  let loaded: Record<PropertyKey, unknown> | undefined;
  const load = () => {
    if (!loaded) {
      delete require.cache[file];
      loaded = require(file) as Record<PropertyKey, unknown>;
    }
    return loaded;
  };
  const standIn = new Proxy(
    {},
    {
      get: (_, key) => (key === "__esModule" ? true : key === "default" ? load() : load()[key]),
      has: (_, key) => key in load(),
    },
  );
  const cached = { id: file, filename: file, loaded: true, exports: standIn, children: [] };
  require.cache[file] = cached as unknown as NodeJS.Module;
}

function resolveFrom(name: string, file: string): string | undefined {
  try {
    return require.resolve(name, { paths: [file] });
  } catch {
    return undefined;
  }
}
