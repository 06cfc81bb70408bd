import type { StackConfig } from "../../cli/stackConfig";
import { PROJECT } from "../../model/project";
import { isProduction } from "../../policies/scene";
import { causesBy } from "../../review/causes";
import {
  sectionsOf,
  type ExtraSection,
  type SectionOf,
  type Version,
} from "../../review/extraSections";
import type { Encrypted } from "../../review/encrypted";
import { reviewOf, type Compared } from "../../review/review";
import { experimentsOf } from "./experiments";
import type { Hide, Made } from "./planning";
import { SECTIONS_OF } from "./sections";

export interface ComparingOptions {
  /** Files of the code that differ. */
  readonly files: readonly string[];
  /** By which the secrets of both versions are hidden. */
  readonly hide: Hide;
  /** What is said beside what differs; default: all that there is. */
  readonly sections?: readonly SectionOf[];
}

/**
 * What a change does to a stack of which both versions can be planned.
 * @param root folder of the program as it is now
 */
export async function compared(
  root: string,
  before: Made,
  now: Made,
  { files, hide, sections = SECTIONS_OF }: ComparingOptions,
): Promise<Compared> {
  const experiments = await experimentsOf(root, before, now, files, hide);
  return reviewOf(before.plan, now.plan, {
    causesOf: causesBy(experiments),
    encrypted: encryptedKeys(before.config, now.config),
    confirmed: confirmedKeys(now.config),
    production: isProduction(now.plan.stack, now.config.config),
    sections: [...limitsOf(before), ...sectionsOf(sections, versionOf(now), versionOf(before))],
  });
}

/** Said of a stack without changes too: there may be some that this comparison cannot see. */
function limitsOf({ limited }: Made): ExtraSection[] {
  if (limited === undefined) return [];
  const summary =
    "planned by its own command: secrets are compared by how they are encrypted alone, and of its values nobody knows from which resource they come";
  const lines = ["the code of this version cannot run its program:", ...limited.split("\n")];
  return [{ id: "base", title: "Base", summary, lines, danger: "rest", changed: true }];
}

export function versionOf({ plan, config: { config } }: Made): Version {
  return { plan, config };
}

/** The config is valid: it has been planned. */
function confirmedKeys({ config }: StackConfig): string[] {
  return JSON.parse(config[`${PROJECT}:confirm`] ?? "[]") as string[];
}

function encryptedKeys(before: StackConfig, now: StackConfig): Encrypted[] {
  const [old, later] = [before.ciphertexts, now.ciphertexts];
  return [...new Set([...Object.keys(old), ...Object.keys(later)])]
    .filter((key) => old[key] !== later[key])
    .sort()
    .map((key) => ({
      key,
      change: !(key in old) ? "added" : key in later ? "changed" : "removed",
    }));
}
