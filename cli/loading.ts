import { readFileSync } from "node:fs";
import nodeModule from "node:module";
import { join, sep } from "node:path";

/*
 * Loads the SDKs with less work, for the preview and for Pulumi (Pulumi.yaml names it), before anything else:
 * - tsx reads, scans and maps every file of the SDKs, none of which is TypeScript.
 * - The Pulumi SDK loads a compiler and npm's dependency resolver, which serve functions that run in the cloud.
 *
 * And leaves stack traces to Node.js, which maps the project's own files, as tsx tells it how:
 * - What Pulumi maps them with does not know of tsx, and shows every line of the project as its second.
 * - The maps of the SDKs name files that are not there, such as node_modules/@pulumi/resource.ts. Colouring such a path takes
 *   many versions of Node.js 20 s (https://github.com/nodejs/node/issues/64011), and each config that is refused would.
 */

const DEPENDENCIES = join(sep, "node_modules", sep);
const DEFERRED = ["typescript", "@npmcli/arborist"];
const MAP = "\n//# sourceMappingURL=";

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
leaveOut("source-map-support/register");

/** Leaves the project's own files to tsx. */
function loadDependenciesAsTheyAre(): void {
  const transform = require.extensions[".js"];
  require.extensions[".js"] = (module, filename) => {
    if (!filename.includes(DEPENDENCIES)) return transform(module, filename);
    try {
      (module as Compiling)._compile(withoutMap(readFileSync(filename, "utf8")), filename);
    } catch (error) {
      // An ES module, which tsx can load.
      if (!(error instanceof SyntaxError)) throw error;
      transform(module, filename);
    }
  };
}

/** Without its last line, if that names a map. */
function withoutMap(code: string): string {
  const end = code.lastIndexOf(MAP);
  return end === -1 || code.slice(end).trim().includes("\n") ? code : code.slice(0, end);
}

/** Puts a stand-in for a package where the SDK finds it, which loads the package when a part of it is used. */
function defer(name: string): void {
  const file = inSdk(name);
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
  loadAs(file, standIn);
}

/** Puts an empty module in the place of one that the SDK loads. */
function leaveOut(name: string): void {
  const file = inSdk(name);
  if (file !== undefined) loadAs(file, {});
}

function loadAs(file: string, exports: object): void {
  const cached = { id: file, filename: file, loaded: true, exports, children: [] };
  require.cache[file] = cached as unknown as NodeJS.Module;
}

/** The file that the SDK loads by a name. */
function inSdk(name: string): string | undefined {
  try {
    return require.resolve(name, { paths: [require.resolve("@pulumi/pulumi")] });
  } catch {
    return undefined;
  }
}
