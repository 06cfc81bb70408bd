import type { Plan } from "../plan/plan";
import { FATES, type Fate, type ResourceChange } from "../review/change";
import type { Part } from "./part";
import { topsOf } from "./tops";

/** What becomes of a part: in words, beside its colour, so that nobody needs to tell colours apart. */
export interface Mark {
  readonly fate: Fate;
  readonly sign: string;
  /** `1 replaced`; `created`, if it is new as a whole. */
  readonly words: string;
}

/** No two are alike. */
export const SIGNS: Readonly<Record<Fate, string>> = {
  deleted: "−",
  replaced: "±",
  "perhaps replaced": "±?",
  created: "+",
  updated: "~",
  "may change": "≈",
};

/** For little room: the sign says what the words leave out. */
export function shortWords({ sign, words }: Mark): string {
  return `${sign} ${words.replace("perhaps ", "")}`;
}

/** What a picture shows where it compares two plans. */
export interface Compared {
  /** Undefined: the stack is new. */
  readonly before: Plan | undefined;
  readonly changes: readonly ResourceChange[];
  /** URNs of resources that stay and lose what they hold: a Redis that is restarted. */
  readonly emptied?: ReadonlySet<string>;
}

/** The worst of what happens to the resources of each part, by its id. A part without changes has no mark. */
export function marksOf(
  parts: readonly Part[],
  { before, changes, emptied = new Set() }: Compared,
  after: Plan,
): ReadonlyMap<string, Mark> {
  const has = (plan: Plan | undefined, id: string) =>
    plan?.resources.some(({ urn }) => urn === id) === true;
  const [topBefore, topAfter] = [topsOf(before ?? after), topsOf(after)];
  const top = ({ urn, after: stays }: ResourceChange) => (stays ? topAfter(urn) : topBefore(urn));
  return new Map(
    parts.flatMap((part): [string, Mark][] => {
      if (part.existing) return [];
      if (!has(before, part.id)) return [[part.id, whole("created")]];
      if (!has(after, part.id)) return [[part.id, whole("deleted")]];
      const mine = changes.filter((change) => top(change) === part.id);
      const own = mine.map(({ fate }) => fate);
      const worst = FATES.find((fate) => own.includes(fate));
      if (worst !== "deleted" && worst !== "replaced" && mine.some(({ urn }) => emptied.has(urn))) {
        return [[part.id, EMPTIED]];
      }
      if (worst === undefined) return [];
      const count = own.filter((fate) => fate === worst).length;
      return [[part.id, { fate: worst, sign: SIGNS[worst], words: `${count} ${worst}` }]];
    }),
  );
}

/** As bad as replaced, for whoever has data in it. */
const EMPTIED: Mark = { fate: "replaced", sign: "!", words: "loses its data" };

function whole(fate: "created" | "deleted"): Mark {
  return { fate, sign: SIGNS[fate], words: fate };
}
