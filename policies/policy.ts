import type { SeverityByEnvironment } from "../config/rules/rule";
import type { Plan, PlannedResource } from "../plan/plan";
import type { ResourceChange } from "../review/change";

/*
 * What a policy is: a rule that looks at a plan, and so at what the config and the code make of each other. A policy
 * with the id of a rule of the config is the same rule: the config refuses or warns early and names the key, the policy
 * notices where the code or a provider's default leads to the same.
 */

/** All that a policy may look at. */
export interface Scene {
  readonly plan: Plan;
  /** Whether the rules for production apply. */
  readonly production: boolean;
  readonly today: Date;
  /** The stack's config, for what no resource of it shows: by full key, maps and lists as JSON. Undefined: not known. */
  readonly config?: Readonly<Record<string, string>>;
  /** What a change does to the stack; undefined: there is one plan, and nothing to compare it with. */
  readonly comparison?: Comparison;
  /** Digests of the images that stacks outside production name or named: `sha256:…`. Undefined: not known. Asked only if needed. */
  readonly tried?: () => ReadonlySet<string>;
}

export interface Comparison {
  readonly before: Plan;
  readonly changes: readonly ResourceChange[];
}

/** The resource that breaks a rule. */
export type Culprit = Pick<PlannedResource, "urn" | "type" | "name">;

export interface Violation {
  readonly resource: Culprit;
  /** Which part of it, if there can be several: `container next`. With the rule and the resource it is the violation's identity. */
  readonly part?: string;
  /** What is wrong, with the value. It begins in lower case, since the resource's name comes before it. */
  readonly message: string;
  /** How to put it right: commands and text, each on lines of their own. */
  readonly remedy: string;
  /** The config key of which the config's rule of the same name tells this; absent: the config knows nothing of it. */
  readonly key?: string;
}

/** The rules of scanners that look for the same, by their own ids. */
export interface Scanners {
  readonly checkov?: readonly string[];
  readonly kubeLinter?: readonly string[];
}

export interface Policy {
  /** Stable: waivers name it. */
  readonly id: string;
  /** Why there is the rule, in one sentence. */
  readonly why: string;
  readonly severity: SeverityByEnvironment;
  readonly scanners: Scanners;
  /** Whether it says nothing of one plan alone: it compares two. */
  readonly comparesPlans?: true;
  readonly check: (scene: Scene) => readonly Violation[];
}

/** Refused in every environment. */
export const REFUSED = { production: "error", elsewhere: "error" } as const;
/** Worth a look in every environment. */
export const WARNED = { production: "warning", elsewhere: "warning" } as const;
