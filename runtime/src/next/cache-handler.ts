/**
 * What Next.js gets as `cacheHandler`. Next.js bundles this file into edge code too (middleware, edge routes and
 * pages), where Node's modules are missing and Next.js itself has no handler. Bundlers replace NEXT_RUNTIME with the
 * runtime and drop unreachable code; in the server itself the variable is not set.
 */
let handler: unknown;
if (process.env.NEXT_RUNTIME !== "edge") {
  handler = (require("../cache-handler") as typeof import("../cache-handler")).default;
}

export default handler;
