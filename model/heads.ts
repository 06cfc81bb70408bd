/*
 * How large the heads of requests and answers may be. Every hop has its own limit, and the smallest one counts:
 * docs/way-in.md.
 */

/** KiB that proxies may add to a head: `X-Forwarded-…`, trace ids. */
const ADDED_BY_PROXIES = 4;

const kibibytes = (size: string): number => Number(size.replace(/k$/, ""));

/**
 * The nginx directive that accepts request heads of `size`. Each line of a head must fit into one buffer, and the
 * longest line may be almost the whole head. The second buffer is for a head whose first part is in the small buffer
 * that every connection has.
 */
export function nginxRequestHead(size: string, hop: "first" | "behind"): string {
  const added = hop === "behind" ? ADDED_BY_PROXIES : 0;
  return `large_client_header_buffers 2 ${kibibytes(size) + added}k;`;
}

/** Flag of Node.js, whose own limit is 16 KiB, for the same heads behind nginx. */
export function nodeRequestHead(size: string): string {
  return `--max-http-header-size=${(kibibytes(size) + ADDED_BY_PROXIES) * 1024}`;
}

/**
 * nginx's buffers for the heads of answers, 4 KiB by default even if it buffers no bodies. A page with many preload
 * links or a session in its cookie has a larger head, and would be a 502. nginx refuses a first buffer that is larger
 * than the busy ones, so the three go together (nginx/kubernetes-ingress issue 9715).
 */
export const ANSWER_HEAD = { size: "32k", buffers: "4 32k", busy: "64k" };
