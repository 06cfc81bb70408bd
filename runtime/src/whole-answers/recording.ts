import type { ServerResponse } from "node:http";
import { ownCopy } from "../own-copy";
import type { InProgress } from "./in-progress";
import { headerOf, type WholeAnswer } from "./request";

export interface RecordingOptions {
  /** Asked before the first byte of the body is copied: most responses are not worth it. */
  readonly isWanted: () => boolean;
  /** In bytes; a larger body is not recorded. */
  readonly largest: number;
  /** What all recordings together may take. */
  readonly inProgress: InProgress;
  /** The response is complete, and everything of it was handed to the operating system. */
  readonly onAnswer: (answer: WholeAnswer) => void;
}

/** The beginning of an answer. */
type Head = Pick<WholeAnswer, "status" | "headers">;

/** Under which a response has its recorder, while it is recorded. */
const RECORDER = Symbol("next-shared-cache.recorder");

/**
 * Records what Next.js and its compression write to a response: it has to be called before Next.js's listener, which
 * wraps the same methods. What others that wrapped them before make of it (an instrumentation, the agent) is not part of
 * it: they do so again when the answer is given again. Most responses are not worth it, so for those it does as little as
 * it can.
 */
export function record(response: ServerResponse, options: RecordingOptions): void {
  const recorder = new Recorder(response, options);
  Object.defineProperty(response, RECORDER, { value: recorder });
  response.write = write as ServerResponse["write"];
  response.end = end as ServerResponse["end"];
  response.writeHead = writeHead as ServerResponse["writeHead"];
}

// One function each for all responses: a function of its own for each would cost more than all else.

function write(this: ServerResponse, ...args: unknown[]): unknown {
  const recorder = recorderOf(this);
  recorder.body.take(args[0], args[1]);
  return Reflect.apply(recorder.write, this, args);
}

function end(this: ServerResponse, ...args: unknown[]): unknown {
  const recorder = recorderOf(this);
  recorder.body.take(args[0], args[1]);
  return Reflect.apply(recorder.end, this, args);
}

function writeHead(this: ServerResponse, ...args: unknown[]): unknown {
  const recorder = recorderOf(this);
  recorder.takeHead(args);
  return Reflect.apply(recorder.writeHead, this, args);
}

function recorderOf(response: ServerResponse): Recorder {
  return Reflect.get(response, RECORDER) as Recorder;
}

/** What a response's own methods were, and what was recorded of it. */
class Recorder {
  readonly write: ServerResponse["write"];
  readonly end: ServerResponse["end"];
  readonly writeHead: ServerResponse["writeHead"];
  readonly body: Body;
  private head: Head | undefined;

  constructor(
    private readonly response: ServerResponse,
    private readonly options: RecordingOptions,
  ) {
    ({ write: this.write, end: this.end, writeHead: this.writeHead } = response);
    this.body = new Body(options, () => hasLeft(response));
  }

  takeHead([status, ...more]: readonly unknown[]): void {
    const { body, response } = this;
    // headers that are given to it may be nowhere else
    if (more.some((given) => typeof given === "object" && given !== null)) return body.drop();
    if (!body.isWanted) return;
    this.head = { status: Number(status), headers: headersOf(response) };
    response.once("finish", () => this.finish());
    // also of a visitor who leaves in the middle, or after `finish`
    response.once("close", () => body.drop());
  }

  private finish(): void {
    const { body, head, response } = this;
    if (!body.isWanted || head === undefined) return;
    const answer = { ...head, body: body.bytes(), chunked: response.chunkedEncoding };
    body.drop();
    if (answer.chunked || isFramed(response, answer)) this.options.onAnswer(answer);
  }
}

/** What was written of a body so far. */
class Body {
  length = 0;
  private chunks: Buffer[] = [];
  private wanted: boolean | undefined;

  /** @param hasLeft whether nobody will get it */
  constructor(
    private readonly options: RecordingOptions,
    private readonly hasLeft: () => boolean,
  ) {}

  get isWanted(): boolean {
    this.wanted ??= !this.hasLeft() && this.options.isWanted();
    return this.wanted;
  }

  take(chunk: unknown, encoding: unknown): void {
    if (!this.isWanted || chunk === null || chunk === undefined) return;
    if (typeof chunk === "function") return;
    const bytes = bytesOf(chunk, encoding);
    if (bytes === undefined || this.length + bytes.length > this.options.largest)
      return this.drop();
    this.chunks.push(bytes);
    this.length += bytes.length;
    this.options.inProgress.grew(this, bytes.length);
  }

  drop(): void {
    this.wanted = false;
    this.options.inProgress.ended(this);
    this.length = 0;
    this.chunks = [];
  }

  bytes(): Buffer {
    return ownCopy(this.chunks);
  }
}

/** Of a response to one who left before its first byte no end is ever told. Nor does one that waits for its turn know it. */
function hasLeft(response: ServerResponse): boolean {
  return response.destroyed || response.req.socket.destroyed;
}

/** A copy: the caller may write on into its buffer. */
function bytesOf(chunk: unknown, encoding: unknown): Buffer | undefined {
  if (typeof chunk === "string") {
    const named = typeof encoding === "string" && Buffer.isEncoding(encoding) ? encoding : "utf8";
    return Buffer.from(chunk, named);
  }
  return chunk instanceof Uint8Array ? Buffer.from(chunk) : undefined;
}

/** Those that Node adds to each response (`Date`, `Connection`) are not among them, unless the app sets them. */
function headersOf(response: ServerResponse): WholeAnswer["headers"] {
  return namesAsWritten(response).map((name) => [name, valueOf(response.getHeader(name))] as const);
}

/** All of Node's messages have them as written; its types know it of requests. */
function namesAsWritten(response: ServerResponse): readonly string[] {
  const read: unknown = Reflect.get(response, "getRawHeaderNames");
  const names: unknown = typeof read === "function" ? Reflect.apply(read, response, []) : [];
  return Array.isArray(names) ? names.map(String) : [];
}

/** Whether Node frames this body the same way again. */
function isFramed({ req }: ServerResponse, answer: WholeAnswer): boolean {
  const { status, body } = answer;
  if (req.method === "HEAD" || status === 304) return body.length === 0;
  const length = headerOf(answer, "content-length");
  // Node adds the length by itself to what was written at once; HTTP/1.0 may have ended it by closing the connection
  if (length === undefined) return req.httpVersion === "1.1";
  return Number(length) === body.length;
}

function valueOf(value: number | string | string[] | undefined): string | readonly string[] {
  return Array.isArray(value) ? [...value] : String(value);
}
