/** How long requests are taken to come many at a time after they did, in milliseconds. */
const CROWDED_FOR = 1000;

/**
 * Next.js gives requests for one page one answer if they come while it waits for the cache. An answer from
 * memory comes before the next request is even read, so under load each request would pay for an answer of
 * its own. Where requests come many at a time, the first therefore waits until all that have arrived are
 * read: one turn of the event loop. A request that comes alone does not wait.
 */
export class Crowd {
  private inThisTurn = 0;
  private until = 0;

  /** What to wait for before the cache is asked for a page; undefined for nothing. */
  gather(): Promise<void> | undefined {
    this.inThisTurn += 1;
    if (this.inThisTurn === 1) setImmediate(() => this.endTurn());
    if (this.inThisTurn === 1 && performance.now() >= this.until) return undefined;
    return new Promise((resolve) => setImmediate(resolve));
  }

  private endTurn(): void {
    if (this.inThisTurn > 1) this.until = performance.now() + CROWDED_FOR;
    this.inThisTurn = 0;
  }
}
