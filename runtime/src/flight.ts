/*
 * React's Flight format, as far as needed to tell a complete stream from a partial one: rows `id:…\n`, some with their
 * length in front (`id:T<length>,…`), which name each other as "$id", "$L<id>", "$@<id>" and so on. Next.js 16.2 ends
 * the stream of a 'use cache' function early when a prefetch is cut short.
 */

/** Rows of text and of binary data, which have their length in front instead of a line feed at the end. */
const WITH_LENGTH = new Set([..."TAObUoSsLlGgMmV"]);
/** A string that begins with the name of a row; a quote behind a backslash begins none. */
const REFERENCE = /(?<!\\)"\$[L@QWBKiFh]?([0-9a-f]+)(?::[^"\\]*)?"(?!\s*:)/g;

const COLON = 0x3a;
const COMMA = 0x2c;
const LINE_FEED = 0x0a;

/** Whether a stream has its root, ends with the end of a row, and lacks no row that another one names. */
export function isWhole(bytes: Uint8Array): boolean {
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const there = new Set<string>();
  const named = new Set<string>();
  for (let at = 0; at < data.length;) {
    const colon = data.indexOf(COLON, at);
    if (colon === -1) return false;
    const id = data.toString("latin1", at, colon);
    const tag = String.fromCharCode(data[colon + 1] ?? 0);
    if (WITH_LENGTH.has(tag)) {
      const comma = data.indexOf(COMMA, colon);
      const length = comma === -1 ? NaN : parseInt(data.toString("latin1", colon + 2, comma), 16);
      at = comma + 1 + length;
      if (!(at <= data.length)) return false;
    } else {
      const end = data.indexOf(LINE_FEED, colon);
      if (end === -1) return false;
      for (const [, name] of data.toString("utf8", colon + 1, end).matchAll(REFERENCE))
        if (name !== undefined) named.add(name);
      at = end + 1;
    }
    there.add(id);
  }
  return there.has("0") && [...named].every((id) => there.has(id));
}
