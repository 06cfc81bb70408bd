/**
 * Where browsers ask for the static files of `next build`: below `basePath`, and below `assetPrefix` where it is a path of the
 * site. Next.js answers both, since files that a page names by hand have the first.
 */
export function staticPaths(app: { basePath?: string; assetPrefix?: string }): string[] {
  const prefixes = new Set([app.basePath ?? "", app.assetPrefix ?? app.basePath ?? ""]);
  return [...prefixes].map((prefix) => `${prefix}/_next/static`);
}
