import type { IncomingMessage, ServerResponse } from "node:http";
import * as log from "../log";
import * as metrics from "../metrics";
import type { SharedCache } from "../shared-cache";
import { AnswerStore, type Held } from "./answer-store";
import { BetterForms } from "./better-forms";
import { encodingsOf } from "./encodings";
import {
  isSegmentPrefetch,
  reasonNotToKeep,
  reasonNotToKeepFile,
  sourceOf,
  type LookupNote,
} from "./keepable";
import { InProgress, OVERHEAD } from "./in-progress";
import { keyOf } from "./key";
import { isLastListener, type Listener } from "./next-listener";
import { reasonToGoPast, type IsBot } from "./past";
import { FileSource, type PublicFiles } from "./public-files";
import { record } from "./recording";
import type { WholeAnswer } from "./request";
import type { Routing } from "./routing";
import { SeenOnce } from "./seen-once";
import { send } from "./send";
import { EntrySource, type Source } from "./source";

export interface WholeAnswersOptions {
  readonly cache: Pick<SharedCache, "stillHolds" | "prove">;
  readonly isBot: IsBot;
  readonly routing: Routing;
  /** In bytes. */
  readonly limit: number;
  /** Whether pages are kept: the cache answers from memory. Files need no cache. */
  readonly pages: boolean;
  readonly files: PublicFiles | undefined;
  /** `compress` of next.config. */
  readonly compress: boolean;
}

/** A request, and `next`, which lets Next.js answer it. */
interface Asked {
  readonly key: string;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly next: () => unknown;
}

/** The largest answer that is kept, as a part of the limit. */
const LARGEST = 1 / 16;
/** What is being recorded, beside the limit and as a part of it; in bytes at least, for 64 answers at a time. */
const IN_PROGRESS = 1 / 4;
const LEAST_IN_PROGRESS = 64 * OVERHEAD;

/**
 * Gives what Next.js answered again, while the client-side cache still holds the entry that it was made from, or the file
 * is still the same: docs/decisions/runtime-whole-answers.md
 */
export class WholeAnswers {
  /** By the headers of a request, which Next.js hands to the handler. */
  private readonly notes = new WeakMap<object, LookupNote[]>();
  private readonly answers: AnswerStore;
  private readonly better: BetterForms;
  private readonly seen = new SeenOnce();
  private readonly largest: number;
  private readonly inProgress: InProgress;

  constructor(private readonly options: WholeAnswersOptions) {
    this.answers = new AnswerStore(options.limit);
    this.better = new BetterForms(this.answers, options.compress);
    this.largest = options.limit * LARGEST;
    this.inProgress = new InProgress(Math.max(options.limit * IN_PROGRESS, LEAST_IN_PROGRESS));
    metrics.gauge("next_shared_cache_answers_bytes", () => this.answers.bytes);
    metrics.gauge("next_shared_cache_answers_recording_bytes", () => this.inProgress.bytes);
    metrics.gauge("next_shared_cache_answers_entries", () => this.answers.size);
  }

  /** What a handler looked up. @param headers the object that Next.js gave to the handler */
  note(headers: object | undefined, note: LookupNote): void {
    if (headers) this.notes.get(headers)?.push(note);
  }

  /** In the place of Next.js's listener. */
  before(original: Listener): Listener {
    const wrapped = (
      server: unknown,
      request: IncomingMessage,
      response: ServerResponse,
    ): unknown => {
      const next = (): unknown => Reflect.apply(original, server, [request, response]);
      const key = reasonToGoPast(request, this.options.isBot) === undefined && keyOf(request);
      if (typeof key !== "string") return next();
      const asked = { key, request, response, next };
      const held = this.answers.peek(key);
      if (held) {
        const isAlone = isLastListener(server, own) && !isTouched(response);
        return isAlone && this.isGiven(held, request, response)
          ? undefined
          : this.give(held, asked);
      }
      this.watch(asked);
      return next();
    };
    const own: Listener = function (request, response) {
      return wrapped(this, request, response);
    };
    return own;
  }

  /** Nothing is awaited between the check and the answer. What changed is removed. */
  private isGiven(
    held: Held,
    request: IncomingMessage,
    response: ServerResponse,
    proof?: unknown,
  ): boolean {
    const { source } = held;
    const holding = source.holds(proof);
    if (holding === "changed") this.answers.remove(held.key);
    if (holding !== "yes") return false;
    this.answers.touch(held.key);
    const labels = { interface: source.interface, level: "answer", result: "hit" };
    metrics.count("next_shared_cache_requests_total", labels);
    if (log.isDebug())
      log.debug("get", { key: source.name, from: "answer", result: "hit", why: "fresh" });
    send(response, this.formOf(held, request));
    return true;
  }

  /** HTTP/1.0 has no chunks. */
  private formOf(held: Held, { headers, httpVersion }: IncomingMessage): WholeAnswer {
    if (httpVersion !== "1.1") return held.answer;
    return this.better.of(held, encodingsOf(headers["accept-encoding"])?.better ?? []);
  }

  /**
   * Where the proof is missing, after one short question to Redis or to the file system, for all requests that wait. It
   * costs less than Next.js, which would ask the same; while Redis is away it ends at once.
   */
  private async give(held: Held, asked: Asked): Promise<unknown> {
    const { key, request, response, next } = asked;
    const { source } = held;
    // also without a question, listeners after Next.js's run first, as they do when Next.js answers
    const proof = await (source.holds() === "unproven" ? source.prove() : undefined);
    if (isTouched(response)) return next();
    const now = this.answers.peek(key);
    if (now && this.isGiven(now, request, response, now === held ? proof : undefined))
      return undefined;
    if (this.answers.peek(key) === undefined) this.watch(asked);
    return next();
  }

  private watch({ key, request, response }: Asked): void {
    const { headers, url = "" } = request;
    const { pages, files } = this.options;
    const file = files?.fileOf(url);
    if ((!pages && file === undefined) || isTouched(response)) return;
    let isOnlyNextjs = true;
    // before Next.js sets any, and after listeners that follow it
    queueMicrotask(() => (isOnlyNextjs = !isTouched(response)));
    const encoding = encodingsOf(headers["accept-encoding"])?.asked ?? "identity";
    const segmentPrefetch = isSegmentPrefetch(request);
    const notes: LookupNote[] = [];
    this.notes.set(headers, notes);
    const keep = (answer: WholeAnswer, reason: string | undefined, source?: Source): void => {
      const why = reason ?? this.options.routing.reasonToGoPast(url);
      if (why !== undefined) log.debug("answer not kept", { url, why });
      else if (source && this.seen.isSame(key, answer)) this.answers.put(key, { answer, source });
    };
    const keepPage = (answer: WholeAnswer): void => {
      const found = sourceOf(notes, segmentPrefetch);
      if (!found) return keep(answer, "its lookups");
      const source = new EntrySource(this.options.cache, found.lookup, found.entry);
      // whether it may be given is asked each time
      if (source.holds() !== "changed")
        keep(answer, reasonNotToKeep(answer, encoding, this.largest), source);
    };
    const keepFile = async (answer: WholeAnswer, name: string): Promise<void> => {
      const state = await files?.stateOf(name);
      const reason = reasonNotToKeepFile(answer, encoding, this.largest, state?.etag);
      if (files && state) keep(answer, reason, new FileSource(files, name, state.change));
    };
    record(response, {
      isWanted: () =>
        isOnlyNextjs &&
        (file === undefined ? sourceOf(notes, segmentPrefetch) !== undefined : notes.length === 0),
      largest: this.largest,
      inProgress: this.inProgress,
      onAnswer: (answer) => (file === undefined ? keepPage(answer) : void keepFile(answer, file)),
    });
  }
}

/** The visitor left, or somebody else than Next.js has a part in the answer. */
function isTouched(response: ServerResponse): boolean {
  return response.destroyed || response.headersSent || response.getHeaderNames().length > 0;
}
