import type { SharedCache } from "../shared-cache";
import type { Entry } from "../entry";
import type { Holding, Lookup } from "../stores/store";

/** What an answer was made from: as long as it is the same, Next.js would give the same answer. */
export interface Source {
  /** A metrics label. */
  readonly interface: "pages" | "files";
  /** For logs. */
  readonly name: string;
  /** Whether it is the same, as far as that is known now. @param proof what `prove` gave to this request */
  holds(proof?: unknown): Holding;
  /** Asks for what `holds` needs, where it is `unproven`. Settled in any case, and soon. */
  prove(): Promise<unknown>;
}

/** An entry of the client-side cache. */
export class EntrySource implements Source {
  readonly interface = "pages";
  /** Weak: what the client-side cache lets go of must not stay in memory because of it. */
  private readonly entry: WeakRef<Entry>;

  constructor(
    private readonly cache: Pick<SharedCache, "stillHolds" | "prove">,
    private readonly lookup: Lookup,
    entry: Entry,
  ) {
    this.entry = new WeakRef(entry);
  }

  get name(): string {
    return this.lookup.key;
  }

  holds(): Holding {
    const entry = this.entry.deref();
    return entry ? this.cache.stillHolds(this.lookup, entry) : "changed";
  }

  prove(): Promise<unknown> {
    return this.cache.prove(this.lookup);
  }
}
