import { z } from "zod";
import { about, text } from "./values";

/** A day without quotes is a point in time in YAML; so the Pulumi CLI and JSON write one. */
const MIDNIGHT = /(T00:00:00(\.0+)?Z| 00:00:00 \+0000 UTC)$/;

/** A day, also as a point in time. */
const day = () =>
  z.preprocess(
    (value) => (typeof value === "string" ? value.replace(MIDNIGHT, "") : value),
    z.string().refine(isDay, "expected a day such as 2027-03-31"),
  );

/** Not 2027-02-30, of which JavaScript makes a day in March. */
function isDay(text: string): boolean {
  const moment = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(Number(moment)) && moment.toISOString().startsWith(`${text}T`);
}

/** In characters: shorter than `no visitors` says nothing to who reads it in a year. */
const LEAST_REASON = 10;

/** Rules that a stack breaks on purpose, for a time. */
export const waivers = about(
  z.array(
    z.strictObject({
      rule: about(z.string(), "Name of the rule: [rules.md](rules.md).", { example: "one-pod" }),
      reason: about(
        text(
          z
            .string()
            .refine(
              (words) => words.trim().length >= LEAST_REASON,
              `expected a reason in words, of ${LEAST_REASON} characters or more`,
            ),
        ),
        "Why the rule may be broken here.",
        { example: "'a demo without visitors'" },
      ),
      until: about(day(), "The last day on which it may be. After it, nothing is deployed.", {
        example: "2027-03-31",
      }),
    }),
  ),
  "Rules that this stack may break for a time: [rules.md](rules.md).",
).default([]);

export type Waiver = z.output<typeof waivers>[number];
