import type { Micros } from "../../clock";
import type { Durations, Lookup } from "../store";
import type { Keys } from "./keys";
import { DROP, PROVE, READ, REVALIDATE, WRITE, type ScriptCall } from "./scripts";

/** Entries that are not read or written expire after this; reading one that is past half of it renews it. */
const TTL_MS = 30 * 24 * 3600_000;
/** If a refresh takes longer, or its pod died, another pod tries after this. */
const LEASE_STALE_MS = 10_000;
/** The same for what is not there at all: visitors wait for it. */
const LEASE_MISSING_MS = 3000;

/** `self` names this process in leases. */
export function readCall(keys: Keys, lookup: Lookup, self: string): ScriptCall {
  const { release, key, seed, lease } = lookup;
  return {
    script: READ,
    keys: [
      keys.entry(release, key),
      keys.lease(release, key),
      keys.control,
      keys.superseded(release),
    ],
    args: [
      keys.tags,
      [...lookup.tags, ...(seed?.tags ?? [])].join("\0"),
      String(seed?.asOf ?? ""),
      String(seed?.staleAt ?? ""),
      lease === "none" ? "0" : String(LEASE_STALE_MS),
      lease === "stale-or-missing" ? String(LEASE_MISSING_MS) : "0",
      seed ? key : "",
      ttlOf(key),
      self,
    ],
  };
}

/** Whether what this process has in memory of an entry can be trusted. */
export function proveCall(keys: Keys, { release, key }: Lookup): ScriptCall {
  return { script: PROVE, keys: [keys.control, keys.entry(release, key)], args: [ttlOf(key)] };
}

/** A 'use cache' entry lives as long as its own lifetime says. */
function ttlOf(key: string): string {
  return key.startsWith("u:") ? "0" : String(TTL_MS);
}

export interface RedisWrite {
  readonly release: string;
  readonly key: string;
  readonly asOf: Micros;
  readonly bytes: Buffer;
  readonly seeded: boolean;
  readonly ttlMs: number | undefined;
  readonly replace: boolean;
  /** Minimum ms between two writes of the entry to the shared folder; undefined: it is not written there. */
  readonly folderEveryMs: number | undefined;
}

export function writeCall(keys: Keys, write: RedisWrite): ScriptCall {
  const { release, key, ttlMs = TTL_MS, folderEveryMs } = write;
  return {
    script: WRITE,
    keys: [
      keys.entry(release, key),
      keys.lease(release, key),
      keys.superseded(release),
      keys.control,
      keys.written(release, key),
      keys.owed(release),
    ],
    args: [
      write.bytes,
      String(write.asOf),
      String(Math.max(1000, Math.min(TTL_MS, Math.ceil(ttlMs)))),
      write.seeded ? key : "",
      keys.tags,
      write.replace ? "1" : "0",
      folderEveryMs === undefined ? "0" : String(Math.ceil(folderEveryMs)),
      key,
    ],
  };
}

export function dropCall(keys: Keys, release: string, key: string, seeded: boolean): ScriptCall {
  return {
    script: DROP,
    keys: [keys.entry(release, key), keys.superseded(release)],
    args: [seeded ? key : ""],
  };
}

export function revalidateCall(
  keys: Keys,
  tags: readonly string[],
  durations: Durations | undefined,
): ScriptCall {
  const mode = durations === undefined ? "now" : String(durations.expire ?? "never");
  return { script: REVALIDATE, keys: [], args: [keys.tags, mode, tags.join("\0")] };
}
