/**
 * The paths where browsers request the static files of `next build`: below `basePath`, and below `assetPrefix` if that
 * is a path of the site. Next.js answers both, because files that a page names itself have the first.
 */
export function staticPaths(app: { basePath?: string; assetPrefix?: string }): string[] {
  const prefixes = new Set([app.basePath ?? "", app.assetPrefix ?? app.basePath ?? ""]);
  return [...prefixes].map((prefix) => `${prefix}/_next/static`);
}
