import type { Checked, CommonConfig } from "../commonConfig";
import type { Problem } from "../messages/problems";

/** `error`: the config is refused. `warning`: the preview and `pulumi up` say so. */
export type Severity = "error" | "warning";

/** What a rule weighs in production and in every other stack; `off`: there it does not hold. */
export interface SeverityByEnvironment {
  readonly production: Severity;
  readonly elsewhere: Severity | "off";
}

/** Refused in production; elsewhere a developer may want it, and is warned. */
export const STRICTER_IN_PRODUCTION = { production: "error", elsewhere: "warning" } as const;
/** Worth a second look in production, and everyday elsewhere. */
export const WARNED_IN_PRODUCTION = { production: "warning", elsewhere: "off" } as const;

/** What a rule warns of. Where a command helps, `remedy` has it. */
export type Finding = Omit<Problem, "remedy"> & Partial<Pick<Problem, "remedy">>;

/**
 * Looks at the groups that it needs, and is silent where one of them is not there, because it was refused already: so a stack
 * gets all of its problems in one run.
 */
export type Check<T extends CommonConfig, F extends Finding> = (
  config: Checked<T>,
  today: Date,
) => F | readonly F[] | undefined;

interface Named {
  /** Stable, and no other rule's: docs/rules.md lists it, and policies over a plan go by it. */
  readonly id: string;
  /** Why there is the rule, in one sentence, for docs/rules.md. */
  readonly why: string;
}

/** The rule refuses. Each problem has its remedy. */
interface ErrorRule<T extends CommonConfig> extends Named {
  readonly severity: "error";
  readonly check: Check<T, Problem>;
}

interface WarningRule<T extends CommonConfig> extends Named {
  readonly severity: "warning" | typeof WARNED_IN_PRODUCTION;
  readonly check: Check<T, Finding>;
}

interface StricterRule<T extends CommonConfig> extends Named {
  readonly severity: typeof STRICTER_IN_PRODUCTION;
  /** In production. */
  readonly check: Check<T, Problem>;
  /** Elsewhere, where less may be looked at, and is told otherwise. */
  readonly warn: Check<T, Finding>;
}

/** A rule that compares keys of the config. Those about one value alone are in the schemas. */
export type Rule<T extends CommonConfig> = ErrorRule<T> | WarningRule<T> | StricterRule<T>;
