import type { Plan } from "../plan/plan";
import type { Section } from "./consequences";

/*
 * What others say of a change, beside what differs: rules that it breaks, what it costs. Each is a function of the two
 * versions; preview/against/sections.ts lists them, and the printers show what they return.
 */

/** One of the two versions of a stack. */
export interface Version {
  readonly plan: Plan;
  /** By full key (`next-on-eks:redis`); maps and lists as JSON, encrypted values as placeholders. */
  readonly config: Readonly<Record<string, string>>;
}

/** Plain text throughout: printers escape what is markup in their language. */
export interface ExtraSection {
  /** In the JSON, for other programs: `cost`. */
  readonly id: string;
  /** One or two words: `Cost`. */
  readonly title: string;
  /** One line, shown at any length of the comment; of the worst one if nothing else changes, it is the stack's headline. */
  readonly summary: string;
  /** Detail, one line each. A comment that is too long leaves it out, the least dangerous section first. */
  readonly lines: readonly string[];
  readonly danger: Section;
  /** Whether it says something that the base does not: if not, a stack without other changes is not shown. */
  readonly changed: boolean;
  /** Says what the base says too, and nothing that a reader of the change needs: only in the JSON. Default: false. */
  readonly quiet?: boolean;
  /** The same for other programs, as values: only in the JSON. */
  readonly data?: unknown;
  /** Why the command ends with exit code 1, in one line; undefined: it does not. */
  readonly fails?: string | undefined;
}

/**
 * @param now what is planned with the change
 * @param before undefined: there is nothing to compare with, because the stack is new or its base cannot be planned
 * @returns undefined: nothing to say of this stack
 */
export type SectionOf = (now: Version, before: Version | undefined) => ExtraSection | undefined;

export function sectionsOf(
  makers: readonly SectionOf[],
  now: Version,
  before: Version | undefined,
): ExtraSection[] {
  return makers.flatMap((make) => make(now, before) ?? []);
}
