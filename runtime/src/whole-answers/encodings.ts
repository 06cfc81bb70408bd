/** In which form Next.js's compression answers. */
export type Encoding = "gzip" | "deflate" | "identity";

/** What is made here, where a client asks for it; the first of two that it likes as much is smaller. */
const BETTER = ["br", "zstd"] as const;
export type Better = (typeof BETTER)[number];

/** What an `Accept-Encoding` says. */
export interface Accepted {
  /** The form that Next.js answers with. */
  readonly asked: Encoding;
  /** Forms that the client names and likes at least as much, best first. */
  readonly better: readonly Better[];
}

/** Browsers send a few forms of it; each is read once. */
const MOST_KNOWN = 256;
const known = new Map<string, Accepted | "past">();

/** A longer one is read each time: what is remembered stays small. */
const LONGEST = 256;

/** Undefined for what is not a list of names with weights: such a request is left to Next.js. */
export function encodingsOf(accepted: string | string[] | undefined): Accepted | undefined {
  const text = accepted === undefined ? "" : String(accepted);
  let found = known.get(text);
  if (found === undefined) {
    found = read(text) ?? "past";
    if (text.length <= LONGEST) {
      // whoever makes up others must not keep those of browsers out
      if (known.size >= MOST_KNOWN) known.clear();
      known.set(text, found);
    }
  }
  return found === "past" ? undefined : found;
}

/** A name of the list, with its weight and its place. */
interface Item {
  readonly weight: number;
  readonly place: number;
}

function read(text: string): Accepted | undefined {
  const items = new Map<string, Item>();
  for (const part of text.split(",")) {
    if (part.trim() === "") continue;
    const [, name, weight = "1"] =
      /^\s*([\w-]+|\*)\s*(?:;\s*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*)?$/.exec(part) ?? [];
    if (name === undefined || items.has(name.toLowerCase())) return undefined;
    items.set(name.toLowerCase(), { weight: Number(weight), place: items.size });
  }
  const asked = askedOf(items);
  return { asked, better: betterOf(items, asked) };
}

/**
 * As Next.js's compression chooses, by https://github.com/jshttp/negotiator: the greatest weight, then a name before `*`,
 * then the client's order; and gzip before deflate.
 */
function askedOf(items: ReadonlyMap<string, Item>): Encoding {
  const best = bestOf(items, ["gzip", "deflate", "identity"]);
  const isGzipRefused = bestOf(items, ["gzip"]) === undefined;
  const asked = best !== "deflate" || isGzipRefused ? best : bestOf(items, ["gzip", "identity"]);
  // what the client refuses too is better than no answer
  return asked ?? "identity";
}

function bestOf(
  items: ReadonlyMap<string, Item>,
  names: readonly Encoding[],
): Encoding | undefined {
  const rated = names.map((name) => {
    const { weight, place } = itemOf(items, name);
    const named = items.has(name) || (name === "identity" && !items.has("*"));
    return { name, weight, place, named };
  });
  const [best] = rated
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight || Number(b.named) - Number(a.named) || a.place - b.place);
  return best?.name;
}

/** Without a word about it identity is allowed, and the least. */
function itemOf(items: ReadonlyMap<string, Item>, name: string): Item {
  const found = items.get(name) ?? items.get("*");
  if (found !== undefined) return found;
  if (name !== "identity") return { weight: 0, place: -1 };
  const weights = [...items.values()].map(({ weight }) => weight || 1);
  return { weight: Math.min(1, ...weights), place: items.size };
}

/** Only what the client names: whoever sends `*` may not know that these exist. */
function betterOf(items: ReadonlyMap<string, Item>, asked: Encoding): readonly Better[] {
  if (asked === "identity" && items.has("identity")) return [];
  const least = itemOf(items, asked).weight;
  const weightOf = (name: Better): number => items.get(name)?.weight ?? 0;
  return BETTER.filter((name) => weightOf(name) > 0 && weightOf(name) >= least).sort(
    (a, b) => weightOf(b) - weightOf(a),
  );
}
