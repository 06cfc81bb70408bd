import type { ClockOffset, Micros } from "../../clock";
import { decode, type Entry } from "../../entry";
import type { Debts, Owed } from "../write-behind";
import type { RedisConnection } from "./connection";
import type { Keys } from "./keys";
import { list, text } from "./replies";
import { CLAIM, OVERDUE } from "./scripts";

/** How many entries of killed pods one pod takes over at a time. */
const AT_ONCE = 20;

/**
 * Which entries still have to be written to the shared folder, kept in Redis so that another pod can do it for one that
 * was killed.
 */
export class RedisDebts implements Debts {
  private readonly everyMs: number;

  constructor(
    private readonly connection: RedisConnection,
    private readonly keys: Keys,
    everyMs: number,
  ) {
    this.everyMs = Math.max(1, everyMs);
  }

  get ready(): boolean {
    return this.connection.ready;
  }

  async claim(release: string, key: string, asOf: Micros): Promise<boolean> {
    const { keys } = this;
    const reply = await this.connection.run({
      script: CLAIM,
      keys: [keys.entry(release, key), keys.written(release, key), keys.owed(release)],
      args: [String(asOf), String(this.everyMs), key],
    });
    return Number(reply) === 1;
  }

  async overdue(release: string, ms: number): Promise<readonly Owed[]> {
    const { keys } = this;
    const reply = await this.connection.run({
      script: OVERDUE,
      keys: [keys.owed(release)],
      args: [
        String(ms),
        keys.entry(release, ""),
        keys.written(release, ""),
        String(this.everyMs),
        String(AT_ONCE),
      ],
    });
    const pairs = list(reply);
    const owed: Owed[] = [];
    for (let i = 0; i + 1 < pairs.length; i += 2) {
      const raw = pairs[i + 1];
      const entry = Buffer.isBuffer(raw) ? decode(text(pairs[i]), raw) : undefined;
      if (entry) owed.push({ entry: inLocalTime(entry, this.connection.offset), asOf: entry.asOf });
    }
    return owed;
  }

  async ask(): Promise<void> {
    // a write that changes nothing: a server that became a replica would still answer a PING
    await this.connection.call(["UNLINK", this.keys.asked]);
  }
}

function inLocalTime(entry: Entry, offset: ClockOffset): Entry {
  const local = (time: Micros): Micros => (time === 0 ? 0 : offset.toLocal(time));
  const { asOf, storedAt, staleAt } = entry;
  return { ...entry, asOf: local(asOf), storedAt: local(storedAt), staleAt: local(staleAt) };
}
