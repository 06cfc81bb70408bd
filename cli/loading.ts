import { readFileSync } from "node:fs";
import nodeModule from "node:module";
import { join, sep } from "node:path";

/*
 * Loads the SDKs with less work, for the preview and for Pulumi (Pulumi.yaml names it), before anything else:
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

// Node 22 and later keep compiled code between runs.
(nodeModule as CompileCache).enableCompileCache?.();
loadDependenciesAsTheyAre();
for (const name of DEFERRED) defer(name);

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
      // tsx copies all names of what a file imports.
      ownKeys: () => [...new Set([...Reflect.ownKeys(load()), "default"])],
      getOwnPropertyDescriptor: (_, key) => {
        if (key === "default") return { value: load(), configurable: true };
        const own = Reflect.getOwnPropertyDescriptor(load(), key);
        return own && { ...own, configurable: true };
      },
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
