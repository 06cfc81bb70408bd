import type { Explained } from "./lib/runner";

/** Where three servers differ from one of stock Next.js, and why. */
export const EXPLAINED: readonly Explained[] = [
  {
    case: "app-static, fetch: data of more than 2 MB is whole",
    difference: /^seen\.readings: 3 on stock, 1 on ours$/,
    reason:
      "Next.js stores no data of more than 2 MB itself, and other cache handlers set their own limit. Ours stores up to NEXT_SHARED_CACHE_MAX_ENTRY_MIB, so the origin is asked once.",
  },
  {
    case: "revalidatetag, revalidatepath: a tag with a profile, of a page whose rendering fails: still shown",
    difference:
      /^seen\.0\.headers\.cache-control: "s-maxage=31536000" on stock, "s-maxage=1" on ours$/,
    reason:
      "A page without a lifetime that is shown once more has s-maxage=1, with stock Next.js s-maxage=31536000: Next.js decides only by its age whether a cache handler's entry is stale. Caches in front ask again at once.",
    versions: (version) => version >= 16.3,
  },
  {
    case: "revalidatetag, revalidatepath: a tag with a profile, of a page whose rendering fails: still shown",
    difference:
      /^seen\.0\.headers\.cache-control: "s-maxage=31536000" on stock, "s-maxage=1, stale-while-revalidate=31535999" on ours$/,
    reason:
      "On 16.0 to 16.2 the header also has stale-while-revalidate=31535999, because they add the default expireTime to every lifetime: caches in front may show the old page while they ask.",
    versions: (version) => version < 16.3,
  },
  {
    case: "use-cache: cacheLife in seconds: new when they are over",
    difference: /^seen\.1: 1 on stock, 0 on ours$/,
    reason:
      "Next.js's own store drops a result when its revalidate time is over, and the visitor waits. Until its expire time, ours shows it once more while a new one is made, as the documentation of cacheLife says.",
  },
  {
    case: "use-cache: cacheLife in seconds: the result that fails to be made anew",
    difference: /^seen\.old: false on stock, true on ours$/,
    reason:
      "As above: ours still has the old result to show, where Next.js's own store has none and the page fails.",
  },
];
