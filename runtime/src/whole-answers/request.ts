/** Of a request, what decides whether it may be answered from memory, and with which answer. */
export interface AskedBy {
  readonly method?: string;
  /** As sent. */
  readonly url?: string;
  readonly httpVersion: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** What Next.js sends, as Node is given it: status, headers and the bytes of the body. */
export interface WholeAnswer {
  readonly status: number;
  /** With their names as written, in order; without those that Node adds to each response. */
  readonly headers: readonly (readonly [name: string, value: string | readonly string[]])[];
  readonly body: Buffer;
  /** Framed by chunks, not by `Content-Length`. */
  readonly chunked: boolean;
}

/** A header's values by its name in lower case, as one text; undefined if the answer does not have it. */
export function headerOf(answer: WholeAnswer, name: string): string | undefined {
  const found = answer.headers.find(([own]) => own.toLowerCase() === name);
  if (found === undefined) return undefined;
  const [, value] = found;
  return typeof value === "string" ? value : value.join(", ");
}
