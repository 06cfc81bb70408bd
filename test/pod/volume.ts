import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { POD } from "../helpers/podFolder";

const PUBLISH = join(POD, "publish.mjs");
export const NAIVE = join(__dirname, "naive.mjs");
const FAULTS = join(__dirname, "faults.cjs");

export const MINUTE = 60_000;

/** A folder that is removed by `clean`. */
export class Scratch {
  private made: string | undefined;
  private count = 0;

  /** Made when it is first asked for: a suite that is filtered out never cleans up. */
  get path(): string {
    return (this.made ??= fs.mkdtempSync(join(tmpdir(), "pod-test-")));
  }

  folder(): string {
    const path = join(this.path, String((this.count += 1)));
    fs.mkdirSync(path);
    return path;
  }

  clean(): void {
    if (this.made !== undefined) fs.rmSync(this.made, { recursive: true, force: true });
  }
}

export interface Build {
  readonly directory: string;
  /** Content by path below `.next/static`. */
  readonly files: Readonly<Record<string, string>>;
}

/** A folder like `.next/standalone` of a build, with static files whose names carry a hash. */
export function makeBuild(
  directory: string,
  options: {
    deploymentId?: string;
    buildId?: string;
    /** Files that only this build has. */
    own?: string;
    ownFiles?: number;
    bytes?: number;
    /** As Next.js writes it; "" for none. Default: the runtime package's. */
    cacheHandler?: string;
    basePath?: string;
    /** `images` of its config, as Next.js completes it. */
    images?: object;
  },
): Build {
  const { deploymentId, own = deploymentId ?? options.buildId ?? "", ownFiles = 6 } = options;
  const { cacheHandler = "../node_modules/@next-on-eks/runtime/dist/next/cache-handler.js" } =
    options;
  const buildId = options.buildId ?? "build-TfctsWXpff2fKS";
  const files: Record<string, string> = {
    [`${buildId}/_buildManifest.js`]: `self.__BUILD_MANIFEST="${own}"`,
    [`${buildId}/_ssgManifest.js`]: "self.__SSG_MANIFEST=new Set",
  };
  const chunks = [
    "common-a",
    "common-b",
    ...Array.from({ length: ownFiles }, (_, i) => `${own}-${i}`),
  ];
  for (const chunk of chunks) {
    const content = `/* ${chunk} */ ${"lorem ipsum ".repeat((options.bytes ?? 3000) / 12)}`;
    files[`chunks/app/[slug]/${hash(content)}.js`] = content;
  }
  files[`media/${hash(own)}.woff2`] = own.repeat(50);
  const dist = join(directory, ".next");
  fs.mkdirSync(join(dist, "cache"), { recursive: true });
  fs.writeFileSync(join(dist, "BUILD_ID"), buildId);
  fs.writeFileSync(
    join(dist, "required-server-files.json"),
    JSON.stringify({
      version: 1,
      config: { deploymentId, cacheHandler, basePath: options.basePath, images: options.images },
    }),
  );
  for (const [path, content] of Object.entries(files)) {
    fs.mkdirSync(join(dist, "static", path, ".."), { recursive: true });
    fs.writeFileSync(join(dist, "static", path), content);
  }
  return { directory, files };
}

/** Gives a build files in `public/`. */
export function withPublic(build: Build, files: Readonly<Record<string, string | Buffer>>): Build {
  for (const [path, content] of Object.entries(files)) {
    const file = join(build.directory, "public", path);
    fs.mkdirSync(join(file, ".."), { recursive: true });
    fs.writeFileSync(file, content);
  }
  return build;
}

function hash(content: string): string {
  return createHash("sha256").update(content).digest("hex").slice(0, 13);
}

export interface Run {
  readonly code: number | null;
  readonly signal: string | null;
  readonly out: string;
  readonly err: string;
  /** Lines that are JSON. */
  readonly lines: Record<string, unknown>[];
}

export interface RunOptions {
  readonly args?: string[];
  readonly env?: Record<string, string>;
  readonly script?: string;
  readonly faults?: boolean;
  readonly uid?: number;
  /** Killed after this time. */
  readonly killAfterMs?: number;
}

/** Runs the publisher as a pod's init container does. */
export function publish(volume: string, build: Build, options: RunOptions = {}): Promise<Run> {
  const { args = [], env = {}, script = PUBLISH, killAfterMs, uid } = options;
  const faults = options.faults || Object.keys(env).some((name) => name.startsWith("FAULT"));
  const child = spawn(
    process.execPath,
    [...(faults ? ["--require", FAULTS] : []), script, ...args],
    {
      env: {
        PATH: process.env.PATH,
        SHARED_CACHE_DIR: volume,
        APP_DIR: build.directory,
        CLAIM_NAME: "files-cache-1a2b3c",
        POD_NAME: "web-1",
        PRUNE_SETTLE_MS: "20",
        ...env,
      },
      uid,
      gid: uid,
    },
  );
  const timer =
    killAfterMs === undefined ? undefined : setTimeout(() => child.kill("SIGKILL"), killAfterMs);
  let [out, err] = ["", ""];
  child.stdout.on("data", (data) => (out += String(data)));
  child.stderr.on("data", (data) => (err += String(data)));
  return new Promise((done, failed) => {
    child.on("error", failed);
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      const lines = `${out}${err}`.split("\n").filter((line) => line.startsWith("{"));
      done({
        code,
        signal,
        out,
        err,
        lines: lines.map((line) => JSON.parse(line) as Run["lines"][0]),
      });
    });
  });
}

/** The line that says how it ended. */
export function summary(run: Run): Record<string, unknown> {
  const line = run.lines.find(({ outcome }) => outcome !== undefined);
  if (line === undefined) throw new Error(`no summary in: ${run.out}${run.err}`);
  return line;
}

/** Names of what is in a folder, without the publisher's own. */
export function releasesIn(volume: string): string[] {
  return namesIn(join(volume, "releases")).filter((name) => !name.startsWith("."));
}

export function namesIn(folder: string): string[] {
  return fs.existsSync(folder) ? fs.readdirSync(folder).sort() : [];
}

/** What the list of a release names of `public/`. */
export function publicFiles(volume: string, release: string): { path: string; sha256: string }[] {
  const list = join(volume, "releases", release, "public.json");
  if (!fs.existsSync(list)) return [];
  return (
    JSON.parse(fs.readFileSync(list, "utf8")) as { files: { path: string; sha256: string }[] }
  ).files;
}

/** What a reader of the volume would find wrong with it at this moment. */
export function damage(volume: string, builds: Record<string, Build>): string[] {
  const found: string[] = [];
  for (const release of releasesIn(volume)) {
    const build = builds[release];
    if (build === undefined) {
      found.push(`${release}: a release that no image holds`);
      continue;
    }
    for (const [path, content] of Object.entries(build.files)) {
      const file = join(volume, "releases", release, "static", path);
      if (!fs.existsSync(file)) found.push(`${release}: ${path} is missing`);
      else if (fs.readFileSync(file, "utf8") !== content) found.push(`${release}: ${path} is torn`);
    }
    for (const { path, sha256 } of publicFiles(volume, release)) {
      const file = join(volume, "releases", release, "public", sha256);
      const content = fs.existsSync(file) ? fs.readFileSync(file) : undefined;
      if (content === undefined) found.push(`${release}: public/${path} is missing`);
      else if (createHash("sha256").update(content).digest("base64url") !== sha256)
        found.push(`${release}: public/${path} is torn`);
    }
  }
  const contents = new Map(Object.values(builds).flatMap(({ files }) => Object.entries(files)));
  for (const path of filesBelow(join(volume, "static"))) {
    if (path.endsWith(".gz")) continue;
    if (fs.readFileSync(join(volume, "static", path), "utf8") !== contents.get(path)) {
      found.push(`union: ${path} is torn`);
    }
  }
  return found;
}

/** Files of a build that the union lacks. The folder of a build id that all builds share is no part of it. */
export function missingInUnion(volume: string, build: Build): string[] {
  return Object.keys(build.files).filter(
    (path) => !path.startsWith("build-") && !fs.existsSync(join(volume, "static", path)),
  );
}

export function filesBelow(folder: string): string[] {
  if (!fs.existsSync(folder)) return [];
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(folder.length + 1))
    .sort();
}

/** Makes a release look as if nobody had touched it for some time. */
export function age(volume: string, release: string, minutes: number): void {
  const then = new Date(Date.now() - minutes * MINUTE);
  const folder = join(volume, "releases", release);
  for (const name of namesIn(join(folder, "heartbeats"))) {
    fs.utimesSync(join(folder, "heartbeats", name), then, then);
  }
  for (const path of [join(folder, "manifest.json"), join(folder, "seen"), folder]) {
    if (fs.existsSync(path)) fs.utimesSync(path, then, then);
  }
}
