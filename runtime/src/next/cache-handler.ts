/**
 * What Next.js is given as `cacheHandler`. It bundles this file into edge code too (middleware, edge routes
 * and pages), where Node's modules are missing and stock Next.js has no handler. Bundlers put the
 * runtime in place of NEXT_RUNTIME and leave out what is not reached; the server itself has no such value.
 */
let handler: unknown;
if (process.env.NEXT_RUNTIME !== "edge") {
  handler = (require("../cache-handler") as typeof import("../cache-handler")).default;
}

export default handler;
