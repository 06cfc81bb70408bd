import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import * as zlib from "node:zlib";
import { nodeFolder } from "../../../test/agent/helpers/versions";
import type { RawAnswer } from "../lib/exchange";

type Decode = (body: Buffer) => Buffer;

const ownZstd: unknown = Reflect.get(zlib, "zstdDecompressSync");
/** The oldest major version of Node.js that has zstd in all its releases. */
const NODE_WITH_ZSTD = "24";

/** A Node.js that reads and makes zstd: this one, or one from the registry. @throws if there is none for this machine */
export function nodeWithZstd(): string {
  if (typeof ownZstd === "function") return process.execPath;
  return join(nodeFolder(NODE_WITH_ZSTD), "node");
}

const UNZSTD = `
const { readFileSync } = require("node:fs");
process.stdout.write(require("node:zlib").zstdDecompressSync(readFileSync(0)));
`;
/** A process for each body takes its time, and the same ones come again and again. */
const unpacked = new Map<string, Buffer>();

function unzstd(body: Buffer): Buffer {
  if (typeof ownZstd === "function") return Reflect.apply(ownZstd, zlib, [body]) as Buffer;
  const name = body.toString("latin1");
  const known = unpacked.get(name);
  if (known) return known;
  const { status, stdout, stderr } = spawnSync(nodeWithZstd(), ["-e", UNZSTD], { input: body });
  assert.equal(status, 0, `zstd: ${String(stderr)}`);
  unpacked.set(name, stdout);
  return stdout;
}

const DECODE: Readonly<Record<string, Decode>> = {
  br: zlib.brotliDecompressSync,
  zstd: unzstd,
  gzip: zlib.unzipSync,
  deflate: zlib.unzipSync,
  identity: (body) => body,
};

export function headerOf({ headers }: RawAnswer, name: string): string | undefined {
  return headers.find(([own]) => own.toLowerCase() === name)?.[1];
}

export function encodingOf(got: RawAnswer): string {
  return headerOf(got, "content-encoding") ?? "identity";
}

/** What says how a body is compressed, and how that is framed. */
const FRAMING = /^(?:content-encoding|content-length|transfer-encoding)$/i;

/** The same in plain: the body is decoded, and what says how it was sent is gone. */
export function plain(got: RawAnswer): RawAnswer {
  const encoding = encodingOf(got);
  const decode = DECODE[encoding] ?? assert.fail(`Content-Encoding: ${encoding}`);
  // an answer to HEAD and a 304 say how it would be
  const body = got.body.length === 0 ? got.body : decode(got.body);
  return { ...got, headers: got.headers.filter(([name]) => !FRAMING.test(name)), body };
}
