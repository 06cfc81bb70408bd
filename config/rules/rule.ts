import type { Checked, CommonConfig } from "../commonConfig";
import type { Problem } from "../messages/problems";

/** `error`: the config is refused. `warning`: the preview and `pulumi up` say so. */
export type Severity = "error" | "warning";

/** The severity of a rule in production and in every other stack; `off`: the rule does not apply there. */
export interface SeverityByEnvironment {
  readonly production: Severity;
  readonly elsewhere: Severity | "off";
}

/** Refused in production; elsewhere a developer may want it, and is warned. */
export const STRICTER_IN_PRODUCTION = { production: "error", elsewhere: "warning" } as const;
/** Deserves a second look in production, and is normal elsewhere. */
export const WARNED_IN_PRODUCTION = { production: "warning", elsewhere: "off" } as const;

/**
 * Checks the groups that it needs, and reports nothing if one of them is missing because it was refused already: so a
 * stack gets all of its problems in one run.
 */
export type Check<T extends CommonConfig> = (
  config: Checked<T>,
  today: Date,
) => Problem | readonly Problem[] | undefined;

interface Named {
  /** Stable and unique: docs/rules.md lists it, and policies over a plan use it. */
  readonly id: string;
  /** Why there is the rule, in one sentence, for docs/rules.md. */
  readonly why: string;
}

/** The rule refuses. */
interface ErrorRule<T extends CommonConfig> extends Named {
  readonly severity: "error";
  readonly check: Check<T>;
}

interface WarningRule<T extends CommonConfig> extends Named {
  readonly severity: "warning" | typeof WARNED_IN_PRODUCTION;
  readonly check: Check<T>;
}

interface StricterRule<T extends CommonConfig> extends Named {
  readonly severity: typeof STRICTER_IN_PRODUCTION;
  /** In production. */
  readonly check: Check<T>;
  /** For stacks outside production, which may check less and word it differently. */
  readonly warn: Check<T>;
}

/** A rule that compares keys of the config. Rules about a single value are in the schemas. */
export type Rule<T extends CommonConfig> = ErrorRule<T> | WarningRule<T> | StricterRule<T>;
