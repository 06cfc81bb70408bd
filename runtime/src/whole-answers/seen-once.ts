import { createHash } from "node:crypto";
import type { WholeAnswer } from "./request";

/** Keys that were answered once, newest last. A page that is asked for more often than this many others is kept. */
const MOST = 10_000;

/**
 * Tells whether Next.js gave the same answer before. What differs from request to request (an id that an instrumentation
 * adds) is never the same, and a request that nobody repeats takes no more than two hashes here.
 */
export class SeenOnce {
  private readonly answers = new Map<string, string>();

  constructor(private readonly most = MOST) {}

  /** Whether the last answer for this key was the same. Remembers this one otherwise. */
  isSame(key: string, answer: WholeAnswer): boolean {
    const name = hash([key]);
    const now = hash([
      JSON.stringify([answer.status, answer.headers, answer.chunked]),
      answer.body,
    ]);
    const same = this.answers.get(name) === now;
    this.answers.delete(name);
    if (same) return true;
    this.answers.set(name, now);
    for (const oldest of this.answers.keys()) {
      if (this.answers.size <= this.most) break;
      this.answers.delete(oldest);
    }
    return false;
  }
}

/** 16 bytes as a text of as many characters: no two answers have the same by chance. */
function hash(parts: readonly (string | Buffer)[]): string {
  const made = createHash("sha256");
  for (const part of parts) made.update(part);
  return made.digest().toString("latin1", 0, 16);
}
