import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from "node:fs";
import { join } from "node:path";
import { CACHE, npm } from "./versions";

const SOURCE = join(__dirname, "..", "app");

/** A real build of the app in `../app`, kept from run to run. Builds are made one at a time. */
export interface Fixture {
  /** With node_modules: `npm start` works here. */
  readonly folder: string;
  /** With `server.js`. */
  readonly standalone: string;
}

export function fixture(nextVersion: string): Fixture {
  const folder = join(CACHE, `next-${nextVersion}-${fingerprint()}`);
  if (!existsSync(folder)) build(folder, nextVersion);
  return { folder, standalone: join(folder, ".next", "standalone") };
}

function build(folder: string, nextVersion: string): void {
  const temporary = `${folder}.${process.pid}`;
  mkdirSync(temporary, { recursive: true });
  try {
    cpSync(SOURCE, temporary, { recursive: true });
    npm(["install", "--save-exact", `next@${nextVersion}`], temporary);
    const env = { ...process.env, NEXT_TELEMETRY_DISABLED: "1", NODE_ENV: "production" as const };
    execFileSync("npx", ["next", "build"], { cwd: temporary, env, stdio: "pipe" });
    // As an image's Dockerfile does.
    const files = join(temporary, ".next", "static");
    cpSync(files, join(temporary, ".next", "standalone", ".next", "static"), { recursive: true });
    renameSync(temporary, folder);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/** Changes with the app's files, and with how they are built. */
function fingerprint(): string {
  const hash = createHash("sha256").update(readFileSync(__filename));
  const files = readdirSync(SOURCE, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  for (const file of files) hash.update(file.slice(SOURCE.length)).update(readFileSync(file));
  return hash.digest("hex").slice(0, 12);
}
