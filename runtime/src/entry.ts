import * as v8 from "node:v8";
import * as zlib from "node:zlib";
import type { Micros } from "./clock";
import { isCacheControl, validLifetime, type CacheControl } from "./lifetimes";
import { ownCopy } from "./own-copy";

/** The part of an entry that differs from store to store: its times are on the store's clock. */
export interface Stamp {
  /** The key that Next.js asked for: proves that a file or value does not belong to another key. */
  readonly key: string;
  /** The store's time just before the rendering began: decides which of two entries is newer. */
  readonly asOf: Micros;
  /** The store's time when the entry was stored: its age counts from here. */
  readonly storedAt: Micros;
  /** When it becomes stale; 0 is never. */
  readonly staleAt: Micros;
  readonly tags: readonly string[];
}

/** What is the same in all stores. */
export interface Content {
  readonly key: string;
  readonly cacheControl: CacheControl | undefined;
  readonly value: unknown;
}

/** One cache entry as it is stored. */
export interface Entry extends Stamp, Content {
  readonly key: string;
}

/*
 * Layout: "NSC1", asOf, staleAt, storedAt (16 digits each), length of the tags (6 digits), the tags, then the body: 1
 * byte compression, 4 bytes CRC-32 of all the rest, the serialized value. The header uses digits so that the Lua
 * scripts can read it without decoding the body.
 */
const MAGIC = "NSC1";
export const HEADER = 4 + 16 + 16 + 16 + 6;
const PLAIN = 0;
const DEFLATED = 1;
/** Below this, deflating costs more than it saves. */
const WORTH_DEFLATING = 1024;

function digits(value: number, width: number): string {
  return String(Math.max(0, Math.floor(value))).padStart(width, "0");
}

let table: Uint32Array | undefined;
function crcByTable(data: Buffer, before = 0): number {
  if (table === undefined) {
    table = new Uint32Array(256);
    for (let i = 0; i < 256; i++) {
      let c = i;
      for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
      table[i] = c;
    }
  }
  let crc = before ^ 0xffffffff;
  for (const byte of data) crc = (table[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

/** zlib has it from Node 20.15 and 22.2 on. */
const nativeCrc: unknown = Reflect.get(zlib, "crc32");
const crc32: (data: Buffer, before?: number) => number =
  typeof nativeCrc === "function" ? (data, before) => Number(nativeCrc(data, before)) : crcByTable;

/** The serialized content of an entry, created once and framed for each store that gets it. */
export interface Body {
  readonly bytes: Buffer;
  readonly isDeflated: boolean;
  /** Bytes before compression. */
  readonly size: number;
}

export function serialize({ key, cacheControl, value }: Content): Body {
  const plain = v8.serialize([key, cacheControl, value]);
  const size = plain.length;
  if (size >= WORTH_DEFLATING) {
    const deflated = zlib.deflateRawSync(plain, { level: 3 });
    if (deflated.length < size * 0.9) return { bytes: deflated, isDeflated: true, size };
  }
  return { bytes: plain, isDeflated: false, size };
}

/** The bytes that a store keeps. */
export function frame(stamp: Stamp, body: Body): Buffer {
  const tags = Buffer.from(stamp.tags.join("\0"), "utf8");
  const times = [stamp.asOf, stamp.staleAt, stamp.storedAt]
    .map((time) => digits(time, 16))
    .join("");
  const head = Buffer.concat([Buffer.from(MAGIC + times + digits(tags.length, 6), "latin1"), tags]);
  const check = Buffer.allocUnsafe(5);
  check.writeUInt8(body.isDeflated ? DEFLATED : PLAIN, 0);
  check.writeUInt32BE(crc32(body.bytes, crc32(head)), 1);
  return Buffer.concat([head, check, body.bytes]);
}

/** An entry as the bytes of one store. */
export function encode(entry: Entry): { readonly bytes: Buffer; readonly size: number } {
  const body = serialize(entry);
  return { bytes: frame(entry, body), size: body.size };
}

/** Undefined for anything that is not a complete entry of this key: torn, foreign or poisoned. */
export function decode(key: string, bytes: Buffer): Entry | undefined {
  return decodeSized(key, bytes)?.entry;
}

interface Decoded {
  readonly entry: Entry;
  /** Bytes that the entry takes in memory, at most: its strings, and what its binary parts are views of. */
  readonly memoryBytes: number;
}

/** With the size of the entry in memory. */
export function decodeSized(key: string, bytes: Buffer): Decoded | undefined {
  const decoded = decodeWhole(bytes);
  return decoded?.entry.key === key ? decoded : undefined;
}

/** A complete entry, for any key. */
export function decodeAny(bytes: Buffer): Entry | undefined {
  return decodeWhole(bytes)?.entry;
}

function decodeWhole(bytes: Buffer): Decoded | undefined {
  const head = decodeHead(bytes);
  if (head === undefined || bytes.length < head.bodyAt + 5) return undefined;
  const compression = bytes.readUInt8(head.bodyAt);
  const crc = bytes.readUInt32BE(head.bodyAt + 1);
  const body = bytes.subarray(head.bodyAt + 5);
  try {
    if (crc32(body, crc32(bytes.subarray(0, head.bodyAt))) !== crc || compression > DEFLATED)
      return undefined;
    // binary parts are views of it: of a part of Redis's answer, or of zlib's 16 KiB, all would stay in memory
    const plain = alone(compression === DEFLATED ? zlib.inflateRawSync(body) : body);
    const parts: unknown = v8.deserialize(plain);
    if (!Array.isArray(parts) || parts.length !== 3) return undefined;
    const key: unknown = parts[0];
    if (typeof key !== "string") return undefined;
    const cacheControl = isCacheControl(parts[1]) ? validLifetime(parts[1]) : undefined;
    const { asOf, staleAt, storedAt, tags } = head;
    const entry = { key, asOf, staleAt, storedAt, tags, cacheControl, value: parts[2] };
    return { entry, memoryBytes: 2 * plain.length };
  } catch {
    return undefined;
  }
}

function alone(bytes: Buffer): Buffer {
  return bytes.length === bytes.buffer.byteLength ? bytes : ownCopy([bytes]);
}

export interface Head {
  readonly asOf: Micros;
  readonly staleAt: Micros;
  readonly storedAt: Micros;
  readonly tags: readonly string[];
  readonly bodyAt: number;
}

/** The part in front of the body. */
export function decodeHead(bytes: Buffer): Head | undefined {
  if (bytes.length < HEADER || bytes.toString("latin1", 0, 4) !== MAGIC) return undefined;
  const asOf = Number(bytes.toString("latin1", 4, 20));
  const staleAt = Number(bytes.toString("latin1", 20, 36));
  const storedAt = Number(bytes.toString("latin1", 36, 52));
  const length = Number(bytes.toString("latin1", 52, HEADER));
  if (![asOf, staleAt, storedAt].every(Number.isSafeInteger)) return undefined;
  if (!Number.isSafeInteger(length) || bytes.length < HEADER + length) return undefined;
  const text = bytes.toString("utf8", HEADER, HEADER + length);
  return {
    asOf,
    staleAt,
    storedAt,
    tags: text === "" ? [] : text.split("\0"),
    bodyAt: HEADER + length,
  };
}
