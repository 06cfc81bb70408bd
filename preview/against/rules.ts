import { join } from "node:path";
import { newlyTold, toldIn } from "../../config/rules";
import { newIn, type PolicyFinding } from "../../policies/findings";
import { findingsIn } from "../../policies/scene";
import type { ExtraSection, SectionOf, Version } from "../../review/extraSections";
import { countsOf, findingLines, waiverLines } from "../rulesFound";
import { triedImages } from "../triedImages";

const ROOT = join(__dirname, "..", "..");

/** What rules find with the change and did not before; what they found before is counted. */
export const rulesSection: SectionOf = (now, before) => rulesBetween(now, before, new Date());

/** @param today decides what is near the end of its support */
export function rulesBetween(
  now: Version,
  before: Version | undefined,
  today: Date,
): ExtraSection | undefined {
  let images: ReadonlySet<string> | undefined;
  // Reads the history, for both versions once.
  const tried = () => (images ??= triedImages(ROOT));
  const found = findingsIn({ ...now, before: before?.plan, tried }, today);
  const base = before ? findingsIn({ ...before, tried }, today).open : [];
  const fresh = newIn(found.open, base);
  const mended = newIn(base, found.open);
  const more = waiverLines(found);
  // What the config tells stands among the new warnings, and is counted here.
  const [told, was] = [toldIn(now.plan.warnings), toldIn(before?.plan.warnings ?? [])];
  const toldNow = newlyTold(told, was).length;
  const old = found.open.length - fresh.length + told.length - toldNow;
  const gone = mended.length + newlyTold(was, told).length;
  if (fresh.length + toldNow + old + gone + more.length === 0) return undefined;
  const errors = fresh.filter(isRefusal);
  return {
    id: "rules",
    title: "Rules",
    summary: summaryOf(countsOf(fresh, toldNow), old, gone),
    lines: [...findingLines(fresh).flat(), ...more],
    danger: errors.length > 0 ? "protection" : "rest",
    changed: fresh.length > 0,
    fails: failureOf(errors),
  };
}

/** Their lines are printed below. */
function failureOf(errors: readonly PolicyFinding[]): string | undefined {
  const rules = [...new Set(errors.map(({ rule }) => rule))];
  if (rules.length === 0) return undefined;
  return `it breaks the ${rules.length === 1 ? "rule" : "rules"} ${rules.join(", ")}`;
}

/** Whether state may be replaced is for `--fail-on` to decide. */
function isRefusal({ rule, severity }: PolicyFinding): boolean {
  return severity === "error" && rule !== "state-replaced";
}

function summaryOf(fresh: string, old: number, mended: number): string {
  const parts = [
    fresh === "" ? "nothing new" : `${fresh} new`,
    ...(old > 0 ? [`${old} as before`] : []),
    ...(mended > 0 ? [`${mended} mended`] : []),
  ];
  return parts.join(", ");
}
