/** A body that is being recorded. */
export interface InProgressBody {
  /** What it takes, in bytes. */
  readonly length: number;
  /** It is no longer wanted. */
  drop(): void;
}

/** Beside its bytes, a body holds its request and what was looked up for it: an estimate, in bytes. */
export const OVERHEAD = 16 * 1024;

/**
 * The bodies that are being recorded, in a bounded number of bytes. A client that reads slowly holds up the end of its
 * recording, and of one that leaves while its answer waits behind another Node may never tell, so the one goes first that began
 * first.
 */
export class InProgress {
  private readonly bodies = new Set<InProgressBody>();
  private sum = 0;

  /** @param limit in bytes */
  constructor(private readonly limit: number) {}

  get bytes(): number {
    return this.sum;
  }

  /** A body has grown by so many bytes. It may be dropped itself. */
  grew(body: InProgressBody, by: number): void {
    if (!this.bodies.has(body)) this.sum += OVERHEAD;
    this.bodies.add(body);
    this.sum += by;
    for (const oldest of this.bodies) {
      if (this.sum <= this.limit) break;
      oldest.drop();
    }
  }

  /** A body is recorded or dropped. Has to be called before its length changes. */
  ended(body: InProgressBody): void {
    if (this.bodies.delete(body)) this.sum -= body.length + OVERHEAD;
  }
}
