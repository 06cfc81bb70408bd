/** After several requests came at once, more are expected at once for this long, in milliseconds. */
const CROWDED_FOR_MS = 1000;

/**
 * Helps Next.js to coalesce requests. It gives all requests for one page the same answer if they arrive while it waits
 * for the cache. An answer from memory comes before the next request is even read, so under load each request would be
 * answered separately. If several requests come at once, each therefore waits until all that have arrived are read: one
 * turn of the event loop. A single request does not wait.
 */
export class RequestCoalescer {
  private inThisTurn = 0;
  private crowdedUntil = 0;

  /** What to wait for before asking the cache for a page; undefined if there is nothing to wait for. */
  holdBack(): Promise<void> | undefined {
    this.inThisTurn += 1;
    if (this.inThisTurn === 1) setImmediate(() => this.endTurn());
    if (this.inThisTurn === 1 && performance.now() >= this.crowdedUntil) return undefined;
    return new Promise((resolve) => setImmediate(resolve));
  }

  private endTurn(): void {
    if (this.inThisTurn > 1) this.crowdedUntil = performance.now() + CROWDED_FOR_MS;
    this.inThisTurn = 0;
  }
}
