import type { NextServer } from "../lib/next";
import { sleep } from "../lib/processes";
import { givenIn, metricsOf, usesRedis } from "./servers";

/** How long after Redis's last answer a pod may trust its memory: docs/shared-cache.md */
const PROOF_MS = 500;

interface State {
  /** The server counts on Redis: its circuit breaker is closed. */
  readonly usesRedis: boolean;
  readonly given: number;
}

/** Both from one moment: the page of metrics is made at once. */
export async function stateOf(server: NextServer): Promise<State> {
  const text = await metricsOf(server);
  return { usesRedis: usesRedis(text), given: givenIn(text) };
}

/**
 * Looks at a server all the time: what it gives from memory while nothing proves that this is still right. That begins when
 * the server knows that Redis is away, and at the latest when an answer of Redis to its very last question would be too old.
 */
export class Watch {
  givenUnproven = 0;
  /** How often it looked at such times, and how often before the server knew. */
  looks = 0;
  looksBeforeItKnew = 0;
  private unprovenFrom = Infinity;
  private isOver = false;
  private readonly looking: Promise<void>;

  constructor(private readonly server: NextServer) {
    this.looking = this.look();
    // it is seen at the end, and until then nobody waits for it
    this.looking.catch(() => undefined);
  }

  /** Redis answers nothing any more. */
  lost(): void {
    this.unprovenFrom = performance.now() + PROOF_MS;
  }

  /** It may answer again. */
  mended(): void {
    this.unprovenFrom = Infinity;
  }

  async end(): Promise<void> {
    this.isOver = true;
    await this.looking;
  }

  private async look(): Promise<void> {
    let askedAt = performance.now();
    let before = await stateOf(this.server);
    while (!this.isOver) {
      await sleep(5);
      const asksAt = performance.now();
      const now = await stateOf(this.server);
      // the count before is of a moment after the question for it, that of now is of one before here
      const isTooOld = askedAt >= this.unprovenFrom;
      if (isTooOld || (!before.usesRedis && !now.usesRedis)) {
        this.looks++;
        if (isTooOld && now.usesRedis) this.looksBeforeItKnew++;
        this.givenUnproven += now.given - before.given;
      }
      [askedAt, before] = [asksAt, now];
    }
  }
}
