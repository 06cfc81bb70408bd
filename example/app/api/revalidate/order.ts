const OWN_TAGS = ["products", "temperature", "load"];
const OWN_PATHS = [
  ["/", "/time", "/tagged", "/cached", "/images"],
  ["/uploads", "/session", "/action", "/stream"],
].flat();

export type Profile = string | { expire: number };
export type Order = { tag: string; profile: Profile } | { path: string };

/**
 * What anybody may ask for where no token is set. Each name that was ever revalidated is kept for all pods, so
 * names that strangers make up would fill the cache.
 */
export function isOpenToAll(order: Order): boolean {
  return "tag" in order ? OWN_TAGS.includes(order.tag) : OWN_PATHS.includes(order.path);
}
