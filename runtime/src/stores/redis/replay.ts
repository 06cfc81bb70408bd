import { localMicros, type ClockOffset } from "../../clock";
import { encode } from "../../entry";
import type { ReplayTarget } from "../outage";
import { dropCall, revalidateCall, writeCall } from "./commands";
import { isOutOfMemory } from "./failures";
import type { Keys } from "./keys";
import { runScript, type Call } from "./run-script";
import { DISTRUST } from "./scripts";

/** Replays on this connection what was recorded while Redis was away. */
export function replayOn(call: Call, keys: Keys, offset: ClockOffset): ReplayTarget {
  return {
    revalidate: async (tags, durations) => {
      await runScript(call, revalidateCall(keys, tags, durations));
    },
    write: async (release, entry, seeded) => {
      const { key, asOf } = entry;
      const { bytes } = encode(entry);
      // it comes from the folder
      const options = { seeded, ttlMs: undefined, replace: true, folderEveryMs: undefined };
      try {
        await runScript(call, writeCall(keys, { release, key, asOf, bytes, ...options }));
      } catch (cause) {
        // a full Redis is one that is back; what it has of this entry is older
        if (!isOutOfMemory(cause)) throw cause;
        await dropOn(call, keys, release, key, seeded);
      }
    },
    drop: (release, key, seeded) => dropOn(call, keys, release, key, seeded),
    toStoreTime: (local) => offset.toRemoteAtMost(local),
    distrust: async () => {
      const now = String(offset.toRemoteAtMost(localMicros()));
      await runScript(call, { script: DISTRUST, keys: [keys.control], args: [now] });
    },
  };
}

/** Takes an entry out, also where the script cannot be run. */
export async function dropOn(
  call: Call,
  keys: Keys,
  release: string,
  key: string,
  seeded: boolean,
): Promise<void> {
  await runScript(call, dropCall(keys, release, key, seeded)).catch(() =>
    call(["UNLINK", keys.entry(release, key)]),
  );
}
