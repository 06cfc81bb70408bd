import { localMicros, type Micros } from "./clock";
import { tagsOfLookup, type Durations, type Found, type Lookup } from "./stores/store";

const MOST = 10_000;

/** The revalidations of this process: those in progress, and the last one of each tag. */
export class OwnRevalidations {
  private readonly last = new Map<string, { at: Micros; done: Promise<void> }>();
  private lastAt: Micros = 0;
  private readonly thisTick = new Map<string, Promise<void>>();

  /** Calls in one tick for the same tags are merged: Next.js notifies each handler separately. */
  once(
    tags: readonly string[],
    durations: Durations | undefined,
    run: () => Promise<void>,
  ): Promise<void> {
    const name = JSON.stringify([tags, durations ?? null]);
    const running = this.thisTick.get(name);
    if (running) return running;
    const at = localMicros();
    const done = run();
    if (this.last.size > MOST) this.last.clear();
    for (const tag of tags) this.last.set(tag, { at, done });
    this.lastAt = at;
    this.thisTick.set(name, done);
    process.nextTick(() => this.thisTick.delete(name));
    return done;
  }

  /**
   * A revalidation that began after the lookup: Next.js already knows about it, and would render again what the answer
   * calls fresh, at the same time as another pod. Settled when it is done.
   */
  since(asked: Micros, lookup: Lookup, found: Found): Promise<void> | undefined {
    if (asked > this.lastAt) return undefined;
    for (const tag of tagsOfLookup(lookup, found.entry)) {
      const own = this.last.get(tag);
      if (own && own.at >= asked) return own.done;
    }
    return undefined;
  }
}
