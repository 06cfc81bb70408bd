/**
 * Times are microseconds since the epoch. Redis is the clock of the Redis store: entries and tag
 * versions carry its time, so that the pods' clocks never decide what is newer.
 */
export type Micros = number;

/** This process's clock in microseconds; the same clock that Next.js compares entries with. */
export function localMicros(): Micros {
  return Math.floor((performance.timeOrigin + performance.now()) * 1000);
}

/** Offset between another clock and this process's, measured from round trips. */
export class ClockOffset {
  private offset = 0;
  private error = Infinity;
  private learntAt = 0;

  /** `sent` and `received` are local times around a reply that carried `remote`. */
  learn(remote: Micros, sent: Micros, received: Micros): void {
    const error = (received - sent) / 2;
    // after a minute a worse sample replaces a better one, because clocks drift
    if (error > this.error && received - this.learntAt < 60_000_000) return;
    this.offset = remote - (sent + received) / 2;
    this.error = error;
    this.learntAt = received;
  }

  get known(): boolean {
    return this.error !== Infinity;
  }

  toLocal(remote: Micros): Micros {
    return Math.round(remote - this.offset);
  }

  /** The other clock's time for a local one. Too early by the error of the estimate at most, never too late. */
  toRemoteAtMost(local: Micros): Micros {
    return Math.floor(local + this.offset - (this.known ? this.error : 0));
  }
}
