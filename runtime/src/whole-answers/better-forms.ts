import { promisify } from "node:util";
import * as zlib from "node:zlib";
import * as log from "../log";
import * as metrics from "../metrics";
import { ownCopy } from "../own-copy";
import type { AnswerStore, Held } from "./answer-store";
import type { Better } from "./encodings";
import { headerOf, type WholeAnswer } from "./request";

/** As often it was given before it is worth the time. */
const HOT = 16;
/** Answers that wait for it; more are asked for again. */
const MOST_WAITING = 100;
/** After each one as many times as long nothing is made: it takes a tenth of one core at most. */
const PAUSE = 9;
/** But no longer than this, in milliseconds: where the machine is busy, it was mostly waiting. */
const LONGEST_PAUSE = 2000;
/** Below it Next.js's compression leaves a body as it is, in bytes. */
const THRESHOLD = 1024;
/** Larger bodies would take a second, in bytes. */
const LARGE = 512 * 1024;
/** What a body may be after it is decompressed, in bytes. */
const LARGEST = 32 * 1024 * 1024;

/** What Next.js's compression takes for text, of the types that pages and files have. */
const TEXT =
  /^(?:text\/[^;]+|[^;]+\+(?:json|text|xml)|application\/(?:json|javascript|manifest|xml)|image\/bmp)\s*(?:;|$)/i;
const NO_TRANSFORM = /(?:^|,)\s*no-transform\s*(?:,|$)/i;

type Compress = (plain: Buffer) => Promise<Buffer>;

const { constants } = zlib;

/** Qualities: docs/decisions/runtime-whole-answers.md has times and sizes. */
const brotli: Compress = (plain) =>
  promisify<Buffer, zlib.BrotliOptions, Buffer>(zlib.brotliCompress)(plain, {
    params: {
      [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
      [constants.BROTLI_PARAM_QUALITY]: plain.length > LARGE ? 5 : 10,
      [constants.BROTLI_PARAM_SIZE_HINT]: plain.length,
    },
  });
const ZSTD_LEVEL = 15;

/** What this Node.js can make; zstd is there since 22.15. */
const MAKERS: ReadonlyMap<Better, Compress> = new Map<Better, Compress>([
  ["br", brotli],
  ...zstdOf(zlib),
]);

function zstdOf(all: object): readonly (readonly [Better, Compress])[] {
  const make: unknown = Reflect.get(all, "zstdCompress");
  const level: unknown = Reflect.get(constants, "ZSTD_c_compressionLevel");
  if (typeof make !== "function" || typeof level !== "number") return [];
  const params = { [level]: ZSTD_LEVEL };
  const compress: Compress = (plain) =>
    new Promise((done, fail) => {
      const onEnd = (cause: Error | null, made: Buffer): void => (cause ? fail(cause) : done(made));
      // without its size zstd prepares for a large body, and makes more of a small one
      const options = { params, pledgedSrcSize: plain.length };
      Reflect.apply(make, undefined, [plain, options, onEnd]);
    });
  return [["zstd", compress]];
}

/**
 * Makes Brotli and zstd of what is given often, once for each answer and one after the other, on libuv's threads. The
 * visitor who asks never waits for it.
 */
export class BetterForms {
  /** By the key of the answer: one that is pushed out meanwhile does not stay in memory because of it. */
  private readonly waiting = new Map<string, Better>();
  /** Who asks while it is made must not have it made again. */
  private making: Held | undefined;
  private isBusy = false;

  /** @param compress whether the app has Next.js compress at all */
  constructor(
    private readonly store: AnswerStore,
    private readonly compress: boolean,
  ) {}

  /** The best form of an answer that is there for a client that takes these. */
  of(held: Held, better: readonly Better[]): WholeAnswer {
    if (!this.compress || better.length === 0 || ++held.wanted < HOT) return held.answer;
    held.canBeBetter ??= canBeBetter(held.answer);
    if (!held.canBeBetter) return held.answer;
    for (const name of better) {
      const form = held.forms[name];
      if (form) return form;
      if (form === undefined && MAKERS.has(name)) {
        this.wish(held, name);
        return held.answer;
      }
    }
    return held.answer;
  }

  private wish(held: Held, name: Better): void {
    if (held === this.making || this.waiting.size >= MOST_WAITING) return;
    if (!this.waiting.has(held.key)) this.waiting.set(held.key, name);
    if (!this.isBusy) void this.makeAll();
  }

  private async makeAll(): Promise<void> {
    this.isBusy = true;
    for (const [key, name] of this.waiting) {
      this.waiting.delete(key);
      const held = this.store.peek(key);
      // pushed out meanwhile, or rendered anew: then it asks again once it is hot
      if (held?.canBeBetter !== true || name in held.forms) continue;
      const started = performance.now();
      this.making = held;
      this.store.addForm(held, name, await this.made(held.answer, name));
      this.making = undefined;
      const pause = Math.min(LONGEST_PAUSE, (performance.now() - started) * PAUSE);
      await new Promise((done) => setTimeout(done, pause).unref());
    }
    this.isBusy = false;
  }

  /** Null if it would not be smaller. */
  private async made(answer: WholeAnswer, name: Better): Promise<WholeAnswer | null> {
    try {
      const body = await MAKERS.get(name)?.(await plainOf(answer));
      const isSmaller = body !== undefined && body.length < answer.body.length;
      metrics.count("next_shared_cache_answers_compressed_total", {
        encoding: name,
        result: isSmaller ? "made" : "larger",
      });
      return isSmaller
        ? { ...answer, headers: headersFor(answer, name), body: ownCopy([body]), chunked: true }
        : null;
    } catch (cause) {
      metrics.count("next_shared_cache_answers_compressed_total", {
        encoding: name,
        result: "failed",
      });
      log.warnSometimes("compress", "A page could not be compressed better", {
        reason: log.reason(cause),
      });
      return null;
    }
  }
}

/** Whether Next.js compressed it, or would have for a client that takes gzip. */
export function canBeBetter(answer: WholeAnswer): boolean {
  // of a HEAD, a 304 or a redirect there is nothing
  if (answer.body.length === 0) return false;
  const encoding = headerOf(answer, "content-encoding");
  if (encoding !== undefined) return encoding === "gzip" || encoding === "deflate";
  const vary = headerOf(answer, "vary") ?? "";
  return (
    answer.body.length >= THRESHOLD &&
    /(?:^|,)\s*accept-encoding\s*(?:,|$)/i.test(vary) &&
    TEXT.test(headerOf(answer, "content-type") ?? "") &&
    !NO_TRANSFORM.test(headerOf(answer, "cache-control") ?? "")
  );
}

async function plainOf(answer: WholeAnswer): Promise<Buffer> {
  const encoding = headerOf(answer, "content-encoding");
  if (encoding === undefined) return answer.body;
  return promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.unzip)(answer.body, {
    maxOutputLength: LARGEST,
  });
}

/** As Next.js's compression names the form that it makes. */
function headersFor({ headers }: WholeAnswer, name: Better): WholeAnswer["headers"] {
  const others = headers.filter(
    ([own]) => !["content-encoding", "content-length"].includes(own.toLowerCase()),
  );
  return [...others, ["Content-Encoding", name]];
}
