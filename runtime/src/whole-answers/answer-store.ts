import type { Better } from "./encodings";
import type { WholeAnswer } from "./request";
import type { Source } from "./source";

/** An answer with what it was made from. */
export interface KeptAnswer {
  readonly answer: WholeAnswer;
  readonly source: Source;
}

const NONE = {};

/** It has its place in the store. */
export class Held implements KeptAnswer {
  readonly answer: WholeAnswer;
  readonly source: Source;
  /** How often it was given to clients for whom it could have been smaller. */
  wanted = 0;
  /** Whether there may be such a form; undefined: not asked yet. */
  canBeBetter: boolean | undefined;
  /** The same answer, compressed better; undefined: not made yet, null: it would not be smaller. */
  forms: Readonly<Partial<Record<Better, WholeAnswer | null>>> = NONE;
  /** In bytes, with its forms. */
  size: number;

  constructor(
    readonly key: string,
    { answer, source }: KeptAnswer,
  ) {
    this.answer = answer;
    this.source = source;
    this.size = OVERHEAD + 2 * (key.length + source.name.length) + sizeOf(answer);
  }
}

/** The part of the memory for answers that were not given again yet. */
const NEW = 0.2;
/** Objects and maps, in bytes; also of each header, and of each further form. Measured: test/memory.long.ts */
const OVERHEAD = 1550;
const OF_HEADER = 80;
const OF_FORM = 500;

/**
 * Answers by their keys, in a bounded number of bytes. An answer that was not given again yet can only push out others like
 * it, so requests that nobody repeats leave the pages alone that many ask for. In both parts the one goes first that was
 * not asked for the longest.
 */
export class AnswerStore {
  private readonly fresh = new Map<string, Held>();
  private readonly used = new Map<string, Held>();
  private freshBytes = 0;
  private usedBytes = 0;

  /** @param limit in bytes; 0 keeps nothing */
  constructor(private readonly limit: number) {}

  get bytes(): number {
    return this.freshBytes + this.usedBytes;
  }

  get size(): number {
    return this.fresh.size + this.used.size;
  }

  /** Does not count as use: `touch` does. */
  peek(key: string): Held | undefined {
    return this.used.get(key) ?? this.fresh.get(key);
  }

  /** The answer was given again. */
  touch(key: string): void {
    const held = this.peek(key);
    if (held === undefined) return;
    this.remove(key);
    this.used.set(key, held);
    this.usedBytes += held.size;
    this.trim();
  }

  put(key: string, kept: KeptAnswer): void {
    const wasUsed = this.used.has(key);
    this.remove(key);
    const held = new Held(key, kept);
    if (held.size > this.limit * NEW) return;
    this.fresh.set(key, held);
    this.freshBytes += held.size;
    // a page that was rendered anew stays as hot as it was
    if (wasUsed) this.touch(key);
    this.trim();
  }

  /** Another form of an answer that is still here. @param form null: there is no better one */
  addForm(held: Held, name: Better, form: WholeAnswer | null): void {
    if (this.peek(held.key) !== held || name in held.forms) return;
    held.forms = { ...held.forms, [name]: form };
    const more = form === null ? 0 : OF_FORM + sizeOf(form);
    held.size += more;
    if (this.used.has(held.key)) this.usedBytes += more;
    else this.freshBytes += more;
    this.trim();
  }

  remove(key: string): void {
    this.freshBytes -= this.fresh.get(key)?.size ?? 0;
    this.usedBytes -= this.used.get(key)?.size ?? 0;
    this.fresh.delete(key);
    this.used.delete(key);
  }

  private trim(): void {
    for (const oldest of this.used.keys()) {
      if (this.usedBytes <= this.limit * (1 - NEW)) break;
      this.remove(oldest);
    }
    for (const oldest of this.fresh.keys()) {
      if (this.freshBytes <= this.limit * NEW) break;
      this.remove(oldest);
    }
  }
}

function sizeOf({ headers, body }: WholeAnswer): number {
  const text = headers.reduce((sum, [name, value]) => sum + name.length + lengthOf(value), 0);
  return OF_HEADER * headers.length + 2 * text + body.length;
}

function lengthOf(value: string | readonly string[]): number {
  return typeof value === "string" ? value.length : value.join("").length + 8 * value.length;
}
