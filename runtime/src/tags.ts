/** App pages and routes carry their tags in this header of the entry, not in the context of `set`. */
const TAGS_HEADER = "x-next-cache-tags";

function strings(value: unknown): readonly string[] {
  return Array.isArray(value)
    ? value.filter((item): item is string => typeof item === "string")
    : [];
}

/** The tags of an entry: from its own headers, and those of fetch data from the context. */
export function tagsOf(value: unknown, context: { readonly tags?: unknown } | undefined): string[] {
  const tags = new Set(strings(context?.tags));
  if (typeof value === "object" && value !== null) {
    if ("tags" in value) for (const tag of strings(value.tags)) tags.add(tag);
    if ("headers" in value && typeof value.headers === "object" && value.headers !== null) {
      const header: unknown = Reflect.get(value.headers, TAGS_HEADER);
      if (typeof header === "string") for (const tag of header.split(",")) if (tag) tags.add(tag);
    }
  }
  return [...tags];
}

/** The tags passed to a `get`: fetch data's own and the soft tags of its route. */
export function tagsAsked(context: {
  readonly tags?: unknown;
  readonly softTags?: unknown;
}): string[] {
  return [...strings(context.tags), ...strings(context.softTags)];
}
