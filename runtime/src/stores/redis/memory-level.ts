import { localMicros, type Micros } from "../../clock";
import type { Entry } from "../../entry";
import type { TagVersions } from "../../freshness";
import type { Found, Holding, Lookup, StoreClock } from "../store";
import type { ClientSideCache } from "./client-side-cache";
import { proveCall } from "./commands";
import type { RedisConnection } from "./connection";
import { reported, timed } from "./failures";
import type { Keys } from "./keys";
import type { Lineage } from "./lineage";
import { list, text } from "./replies";

/** An answer from the client-side cache needs proof this recent (in microseconds) that the connection is alive. */
const PROOF_FOR = 500_000;

const NO_VERSIONS: TagVersions = new Map();

export interface MemoryLevelParts {
  readonly clientSide: ClientSideCache;
  readonly connection: RedisConnection;
  readonly lineage: Lineage;
  readonly keys: Keys;
  readonly clock: StoreClock;
  /** Finds out whose data the server has, on the connection that is in use. */
  readonly handshake: () => Promise<void>;
}

/**
 * The client-side cache as far as it can be trusted: while the connection is proven, and Redis has the data that this
 * process knows.
 */
export class MemoryLevel {
  /** The question that is under way. */
  private proving: Promise<void> | undefined;

  constructor(private readonly parts: MemoryLevelParts) {}

  /** Whether entries can be answered from memory at all. */
  get remembers(): boolean {
    const { clientSide, connection } = this.parts;
    return clientSide.enabled && connection.tracked;
  }

  /** A fresh entry, at once; undefined if there is none, or none that can be trusted. */
  find(lookup: Lookup): Found | undefined {
    const now = this.provenNow();
    const entry = now === undefined ? undefined : this.held(lookup, now);
    if (now === undefined || entry === undefined) return undefined;
    return {
      level: "memory",
      entry,
      now,
      exact: undefined,
      versions: NO_VERSIONS,
      floor: 0,
      leased: false,
      superseded: false,
      toLocal: this.parts.clock.toLocal,
    };
  }

  /** The same check as that of a lookup: what is answered by it is as new as what the lookup would have given. */
  stillHolds(lookup: Lookup, entry: Entry): Holding {
    const now = this.provenNow();
    if (now === undefined) return "unproven";
    return this.held(lookup, now) === entry ? "yes" : "changed";
  }

  /** Whether there is an entry, and only the proof is missing. */
  lacksProof(lookup: Lookup): boolean {
    if (this.provenNow() !== undefined) return false;
    const { ready, offset } = this.parts.connection;
    return ready && this.held(lookup, offset.toRemoteAtMost(localMicros())) !== undefined;
  }

  /** One short question for all who ask at the same time. It says as much of the server as reading the entry. */
  prove(lookup: Lookup): Promise<void> {
    this.proving ??= reported("prove", lookup.key, () => this.proveNow(lookup))
      // the circuit breaker or the log tell of it
      .catch(() => undefined)
      .finally(() => (this.proving = undefined));
    return this.proving;
  }

  private async proveNow(lookup: Lookup): Promise<void> {
    const { connection, keys } = this.parts;
    if (!this.remembers || !connection.ready) return;
    const sent = localMicros();
    const reply = list(await timed("prove", () => connection.run(proveCall(keys, lookup))));
    await this.isSameData(Number(text(reply[0])), text(reply[1]), sent);
  }

  /** Learns the server's time. False if its data was replaced: nothing in memory counts any more. */
  async isSameData(now: Micros, id: string, sent: Micros): Promise<boolean> {
    const { clientSide, connection, lineage, handshake } = this.parts;
    connection.offset.learn(now, sent, localMicros());
    if (lineage.is(id)) return true;
    // emptied during a connection, or failed over: find out before trusting anything
    lineage.warnLost();
    clientSide.clear();
    await handshake();
    return false;
  }

  /** Redis's time, if the client-side cache can be trusted. */
  private provenNow(): Micros | undefined {
    const { connection } = this.parts;
    if (!this.remembers || !connection.ready) return undefined;
    const local = localMicros();
    if (local - connection.provenAt > PROOF_FOR) return undefined;
    return connection.offset.toRemoteAtMost(local);
  }

  private held(lookup: Lookup, now: Micros): Entry | undefined {
    const { clientSide, keys } = this.parts;
    return clientSide.get(keys.entry(lookup.release, lookup.key), lookup.tags, now);
  }
}
