import { KEY_HEADERS } from "./key";
import type { AskedBy } from "./request";

/** Whether Next.js may answer this user agent otherwise than a browser. */
export type IsBot = (userAgent: string) => boolean;

/** Each asks for something else than the whole page, or is answered for one visitor. */
const SPECIAL = [
  "authorization",
  "content-length",
  "expect",
  "if-match",
  "if-range",
  "if-unmodified-since",
  "range",
  "transfer-encoding",
  "upgrade",
] as const;

/** Names that Next.js reads and reserves, in all versions. */
const RESERVED =
  /^(?:next-|rsc|x-(?:next|middleware|prerender|invoke|invocation|now|matched|vercel|action))/;
const UNDERSTOOD: ReadonlySet<string> = new Set(KEY_HEADERS);

/** Draft mode, preview, and the test mode of navigation. */
const COOKIES = ["__prerender_bypass", "__next_preview_data", "next-instant-"] as const;

/** Why this request is not answered from memory, and its answer not kept; undefined if it may be. */
export function reasonToGoPast(request: AskedBy, isBot: IsBot): string | undefined {
  const { method, url = "", headers } = request;
  if (method !== "GET" && method !== "HEAD") return "its method";
  // as a browser sends it; what Next.js redirects or refuses is left to it
  if (!url.startsWith("/") || url.startsWith("//") || url.includes("\\")) return "its URL";
  for (const name of SPECIAL) if (headers[name] !== undefined) return `its header ${name}`;
  for (const name in headers)
    if (mayBeReserved(name) && RESERVED.test(name) && !UNDERSTOOD.has(name))
      return `its header ${name}`;
  const { cookie } = headers;
  if (cookie !== undefined) {
    const text = String(cookie);
    for (const name of COOKIES) if (text.includes(name)) return "a cookie of draft mode";
  }
  const agent = headers["user-agent"];
  return agent !== undefined && isBot(String(agent)) ? "a bot" : undefined;
}

/** Spares most headers the expression. */
function mayBeReserved(name: string): boolean {
  const first = name.charCodeAt(0);
  return first === 0x78 || first === 0x6e || first === 0x72;
}
