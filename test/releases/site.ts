import { execFileSync, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { join, resolve } from "node:path";
import { deflateSync } from "node:zlib";

/** node_modules with Next.js; by default the example app's. */
export const MODULES =
  process.env.TEST_NEXT_MODULES ?? resolve(__dirname, "../../example/node_modules");

export const PAGES = ["", "a", "b", "c", "d", "e"];

export interface Site {
  readonly id: string;
  /** What an image of it holds: standalone server, static and public files. */
  readonly image: string;
  /** Content by path below `/_next/static`. */
  readonly files: ReadonlyMap<string, Buffer>;
}

export function missingModules(): string[] {
  return fs.existsSync(join(MODULES, "next/package.json"))
    ? []
    : [`there is no Next.js in ${MODULES}: npm ci --prefix example, or set TEST_NEXT_MODULES`];
}

/**
 * A real `next build` of a small site whose chunks differ from version to version.
 * @param more files of the application besides
 */
export function buildSite(
  folder: string,
  id: string,
  more: Readonly<Record<string, string | Buffer>> = {},
): Site {
  const source = join(folder, "source");
  fs.mkdirSync(join(source, "app"), { recursive: true });
  write(source, "package.json", JSON.stringify({ name: "site", private: true }));
  write(
    source,
    "next.config.mjs",
    `export default {
  output: "standalone",
  outputFileTracingRoot: import.meta.dirname,
  turbopack: { root: import.meta.dirname },
  deploymentId: ${JSON.stringify(id)},
  images: { maximumDiskCacheSize: 50_000_000 },
};
`.replaceAll("import.meta.dirname", "process.cwd()"),
  );
  write(
    source,
    "app/layout.jsx",
    `export default function Layout({ children }) { return <html><body>{children}</body></html>; }`,
  );
  for (const page of PAGES) {
    const name = `${page || "home"} of ${id}`;
    const path = page === "" ? "app" : `app/${page}`;
    write(
      source,
      `${path}/lazy.jsx`,
      `"use client";\nexport default function Lazy() { return <p>${name}, later</p>; }`,
    );
    write(
      source,
      `${path}/island.jsx`,
      `"use client";
import dynamic from "next/dynamic";
const Lazy = dynamic(() => import("./lazy"), { ssr: false });
export function Island() { return <div>${name}<Lazy /></div>; }`,
    );
    write(
      source,
      `${path}/page.jsx`,
      `import { Island } from "./island";
export default function Page() { return <main data-release="${id}"><Island /></main>; }`,
    );
  }
  fs.mkdirSync(join(source, "public"));
  // The same name in each release, another picture.
  fs.writeFileSync(join(source, "public/logo.png"), png(600, 400, id));
  for (const [path, content] of Object.entries(more)) write(source, path, content);
  copyModules(source);

  const build = spawnSync(
    process.execPath,
    [join(source, "node_modules/next/dist/bin/next"), "build"],
    {
      cwd: source,
      env: { PATH: process.env.PATH, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" },
      encoding: "utf8",
    },
  );
  if (build.status !== 0) throw new Error(`next build: ${build.stdout}${build.stderr}`);

  const image = join(folder, "image");
  fs.renameSync(join(source, ".next/standalone"), image);
  fs.renameSync(join(source, ".next/static"), join(image, ".next/static"));
  fs.renameSync(join(source, "public"), join(image, "public"));
  fs.rmSync(source, { recursive: true });
  const root = join(image, ".next/static");
  const paths = fs
    .readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((path) => fs.statSync(join(root, path)).isFile());
  return {
    id,
    image,
    files: new Map(paths.map((path) => [path, fs.readFileSync(join(root, path))])),
  };
}

/** What a pod has: the image's files, and a folder of its own for `.next/cache`. */
export function makePod(site: Site, folder: string): string {
  execFileSync("cp", ["-al", `${site.image}/.`, folder]);
  fs.mkdirSync(join(folder, ".next/cache"), { recursive: true });
  return folder;
}

function copyModules(to: string): void {
  const links = spawnSync("cp", ["-al", MODULES, join(to, "node_modules")]);
  if (links.status === 0) return;
  // On another file system.
  fs.rmSync(join(to, "node_modules"), { recursive: true, force: true });
  execFileSync("cp", ["-a", MODULES, join(to, "node_modules")]);
}

function write(folder: string, path: string, text: string | Buffer): void {
  fs.mkdirSync(join(folder, path, ".."), { recursive: true });
  fs.writeFileSync(join(folder, path), text);
}

/** A picture that is slow enough to encode to be worth keeping. */
export function png(width: number, height: number, seed: string): Buffer {
  let state = Buffer.from(seed).reduce((sum, byte) => sum * 31 + byte, 7) >>> 0;
  const rows = Buffer.alloc(height * (1 + width * 3));
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width * 3; x += 1) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      rows[y * (1 + width * 3) + 1 + x] = ((x + y) & 127) + (state >>> 25);
    }
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    part("IHDR", head),
    part("IDAT", deflateSync(rows, { level: 1 })),
    part("IEND", Buffer.alloc(0)),
  ]);
}

function part(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

function crc32(data: Buffer): number {
  let crc = ~0;
  for (const byte of data) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return ~crc >>> 0;
}
