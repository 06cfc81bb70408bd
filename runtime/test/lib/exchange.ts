import { connect, type Socket } from "node:net";

/** One answer as the bytes of a connection. */
export interface RawAnswer {
  readonly status: number;
  /** With their names as written, in order. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Without its framing, not decompressed. */
  readonly body: Buffer;
}

/**
 * What a connection gets for these bytes, answer by answer, until the server ends it: the last request has to ask for
 * that.
 * @param start once it is connected. Default: all bytes at once
 */
export function exchange(
  port: number,
  requests: string,
  methods: readonly string[] = ["GET"],
  start = (socket: Socket): unknown => socket.write(requests),
): Promise<readonly RawAnswer[]> {
  return new Promise((done, fail) => {
    const chunks: Buffer[] = [];
    const socket = connect(port, "127.0.0.1", () => start(socket));
    socket.setTimeout(60_000, () => socket.destroy(new Error("no answer in 60 s")));
    socket.on("data", (chunk) => chunks.push(chunk));
    socket.on("error", fail);
    socket.on("close", () => {
      try {
        done(answersIn(Buffer.concat(chunks), methods));
      } catch (cause) {
        fail(cause instanceof Error ? cause : new Error(String(cause)));
      }
    });
  });
}

function answersIn(bytes: Buffer, methods: readonly string[]): readonly RawAnswer[] {
  let rest = bytes;
  const answers = methods.map((method) => {
    const read = first(rest, method);
    ({ rest } = read);
    return read.answer;
  });
  if (rest.length > 0) throw new Error(`${rest.length} bytes after the last answer`);
  return answers;
}

function first(bytes: Buffer, method: string): { answer: RawAnswer; rest: Buffer } {
  const end = bytes.indexOf("\r\n\r\n");
  if (end === -1) throw new Error(`no answer in ${bytes.toString("latin1", 0, 200)}`);
  const [line = "", ...fields] = bytes.toString("latin1", 0, end).split("\r\n");
  const headers = fields.map((field) => {
    const at = field.indexOf(": ");
    return [field.slice(0, at), field.slice(at + 2)] as const;
  });
  const status = Number(line.split(" ")[1]);
  const { body, rest } = bodyOf(bytes.subarray(end + 4), status, method, headers);
  return { answer: { status, headers, body }, rest };
}

function bodyOf(
  bytes: Buffer,
  status: number,
  method: string,
  headers: RawAnswer["headers"],
): { body: Buffer; rest: Buffer } {
  if (method === "HEAD" || status === 304) return { body: Buffer.alloc(0), rest: bytes };
  const value = (name: string): string | undefined =>
    headers.find(([own]) => own.toLowerCase() === name)?.[1];
  const length = value("content-length");
  if (length !== undefined)
    return { body: bytes.subarray(0, Number(length)), rest: bytes.subarray(Number(length)) };
  // HTTP/1.0: until the end of the connection
  if (value("transfer-encoding") !== "chunked") return { body: bytes, rest: Buffer.alloc(0) };
  const parts: Buffer[] = [];
  for (let at = 0; ;) {
    const line = bytes.indexOf("\r\n", at);
    const size = parseInt(bytes.toString("latin1", at, line), 16);
    if (line === -1 || Number.isNaN(size)) throw new Error("a chunk is torn");
    at = line + 2 + size + 2;
    if (size === 0) return { body: Buffer.concat(parts), rest: bytes.subarray(at) };
    parts.push(bytes.subarray(line + 2, line + 2 + size));
  }
}
