import type { AskedBy, WholeAnswer } from "../../src/whole-answers/request";

/** A request as a browser sends it. */
export function askedBy(
  headers: Readonly<Record<string, string | undefined>> = {},
  over: Partial<AskedBy> = {},
): AskedBy {
  return {
    method: "GET",
    url: "/page?a=1",
    httpVersion: "1.1",
    headers: {
      host: "shop.example",
      "accept-encoding": "gzip, deflate, br, zstd",
      "user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
      accept: "text/html",
      "accept-language": "de",
      "x-forwarded-for": "192.0.2.1",
      "x-request-id": "1",
      cookie: "session=one; theme=dark",
      ...headers,
    },
    ...over,
  };
}

/** A page as Next.js answers with it from its cache. */
export function answerWith(
  headers: Readonly<Record<string, string | undefined>> = {},
  over: Partial<WholeAnswer> = {},
): WholeAnswer {
  const all = {
    Vary: "rsc, next-router-state-tree, next-router-prefetch, next-router-segment-prefetch, Accept-Encoding",
    "x-nextjs-cache": "HIT",
    "Cache-Control": "s-maxage=60, stale-while-revalidate=31535940",
    "Content-Type": "text/html; charset=utf-8",
    ETag: '"abc"',
    ...headers,
  };
  return {
    status: 200,
    headers: Object.entries(all).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value] as const],
    ),
    body: Buffer.from("<p>page</p>"),
    chunked: true,
    ...over,
  };
}
