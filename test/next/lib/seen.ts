import type { Answer } from "../../../runtime/test/lib/next";

/** Headers that differ between two answers of one server, or say how long a body with a number is. */
const VOLATILE = new Set([
  "connection",
  "content-length",
  "date",
  "keep-alive",
  "transfer-encoding",
]);

/** All that a visitor gets, without what is another in each answer: numbers of the origin, hashes, ports. */
export function seen(answer: Answer): Record<string, unknown> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(answer.headers)) {
    if (value !== undefined && !VOLATILE.has(name)) headers[name] = header(name, [value].flat());
  }
  return { status: answer.status, headers, text: text(answer) };
}

export function seenOf(answers: readonly Answer[]): readonly Record<string, unknown>[] {
  return answers.map(seen);
}

/** The order of values instead of the values: 7, 7, 9 is 0, 0, 1. */
export function ranks(values: readonly number[]): readonly number[] {
  const sorted = [...new Set(values)].sort((a, b) => a - b);
  return values.map((value) => sorted.indexOf(value));
}

function header(name: string, values: readonly string[]): string {
  if (name === "etag") return "one";
  if (name === "set-cookie") return values.map((line) => line.replace(/=[^;]*/, "=…")).join(", ");
  return unnumbered(values.join(", "));
}

function text(answer: Answer): string {
  const type = String(answer.headers["content-type"] ?? "");
  if (type.startsWith("text/x-component")) return "";
  const visible = type.startsWith("text/html")
    ? answer.body
        // whether a boundary or the title comes late is a matter of milliseconds
        .replace(/<!--\$\?-->.*?<!--\/\$-->/gs, "")
        .replace(/<(script|style|head|title|template)\b.*?<\/\1>/gs, "")
        .replace(/<!--.*?-->/g, "")
        .replace(/<[^>]*>/g, " ")
    : answer.body;
  return unnumbered(visible.replace(/\s+/g, " ").trim().slice(0, 2000));
}

function unnumbered(value: string): string {
  return value
    .replace(/http:\/\/(127\.0\.0\.1|localhost):\d+/g, "")
    .replace(/(\[\[[\w-]+:)\d+/g, "$1#")
    .replace(/([?&]from=)\d+/g, "$1#")
    .replace(/(_rsc=)[\w-]+/g, "$1#")
    .replace(/("digest":"|digest=)[^"&]+/g, "$1#")
    .replace(/[\w-]{20,}(?=\.(?:js|css|woff2))|[0-9a-f]{16,}/g, "#");
}
