import { createRequire } from "node:module";
import { join } from "node:path";
import { get } from "./release";

const IN_CONFIG =
  "take NEXT_ADAPTER_PATH out of the build, and write `export default withSharedCache(nextConfig)` in next.config, " +
  'with `import { withSharedCache } from "@next-on-eks/runtime"`';

function numbers(version: string): [major: number, minor: number, patch: number] {
  const [major = 0, minor = 0, patch = 0] = version.split(/[.-]/).map(Number);
  return [major, minor, patch];
}

/** Whether a version is the named minor or a later one. */
export function isSince(version: string, major: number, minor: number): boolean {
  const [a, b] = numbers(version);
  return a > major || (a === major && b >= minor);
}

/**
 * Why this version of Next.js does not work with a build adapter, and what to do instead; undefined if it does. Before
 * 16.2 Next.js calls adapters without its version and folder, and the interface is an experiment; 16.3.0 to 16.3.4 fail
 * to build `output: "standalone"` with any of them under Turbopack (vercel/next.js#96646).
 */
export function adapterProblem(
  version: string,
  phase: string | undefined,
  turbopack: boolean,
): string | undefined {
  if (!isSince(version, 16, 2)) {
    return `Next.js ${version} is too old for the build adapter of @next-on-eks/runtime, which needs 16.2 or newer: ${IN_CONFIG}`;
  }
  const [major, minor, patch] = numbers(version);
  const broken = major === 16 && minor === 3 && patch < 5;
  if (broken && turbopack && phase === "phase-production-build") {
    return (
      `Next.js ${version} cannot build output: "standalone" with Turbopack and a build adapter ` +
      `(https://github.com/vercel/next.js/issues/96646): update Next.js to 16.3.5 or newer; or build with ` +
      `\`next build --webpack\`; or ${IN_CONFIG}`
    );
  }
  return undefined;
}

/** The version of Next.js that a project has installed. */
export function installedVersion(projectDir: string): string {
  const version = get(createRequire(join(projectDir, "noop.js"))("next/package.json"), "version");
  if (typeof version !== "string")
    throw new Error("next/package.json has no version: install next");
  return version;
}
