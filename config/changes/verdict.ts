import type { CommonConfig } from "../commonConfig";
import { either, setCommand, upCommand } from "../messages/commands";
import { told as tell } from "../messages/problems";
import type { ChangeRule, Consequence, Facts } from "./rule";

/** What to say about a change before it is made. */
export interface Verdict {
  /** Why the change is refused; undefined if it is allowed. */
  readonly refusal: string | undefined;
  readonly warnings: readonly string[];
}

/** Nothing to say. */
export const SAFE: Verdict = { refusal: undefined, warnings: [] };

/** All that is to be said. */
export function together(...verdicts: readonly Verdict[]): Verdict {
  const refusals = verdicts.flatMap(({ refusal }) => refusal ?? []);
  return {
    refusal: refusals.length === 0 ? undefined : refusals.join("\n"),
    warnings: verdicts.flatMap(({ warnings }) => warnings),
  };
}

/** The part of a rule that is compared, whatever config its facts come from. */
type Comparable = Pick<ChangeRule<CommonConfig>, "key" | "kind" | "check">;
type Found = Consequence & Pick<Comparable, "key" | "kind"> & { readonly unprotect?: boolean };

/**
 * Compares the facts of the last `up` with those of the next. What an older state has not recorded is not compared.
 * @param answers.confirmed keys whose change the config confirms
 * @param answers.protect whether Pulumi refuses to delete what is protected
 */
export function verdictOn(
  stack: string,
  rules: readonly Comparable[],
  old: Facts,
  now: Facts,
  { confirmed, protect }: { confirmed: readonly string[]; protect: boolean },
): Verdict {
  const found = rules.flatMap(({ key, kind, check }): Found[] => {
    const [before, after] = [old[key], now[key]];
    if (before === undefined || after === undefined || before === after) return [];
    const consequence = check(before, after);
    return consequence
      ? [{ key, kind, ...consequence, unprotect: protect && consequence.deletesProtected }]
      : [];
  });
  const stopped = found.filter(
    ({ key, kind }) => kind === "refused" || (kind === "asked" && !confirmed.includes(key)),
  );
  return {
    refusal: stopped.length === 0 ? undefined : refusalOf(stack, stopped, confirmed.length),
    warnings: found
      .filter((it) => !stopped.includes(it))
      .map(({ key, message, unprotect }) =>
        tell(key, message, unprotect ? unprotected(stack) : undefined),
      ),
  };
}

/** Pulumi's own refusal names no key of the config. */
function unprotected(stack: string): string {
  return [
    "protect is on, and Pulumi does not delete what it protects. First, with the old value:",
    `${setCommand("protect", "false", "", stack)} && ${upCommand(stack)}`,
  ].join("\n");
}

/** @param confirmations how many the config has: the next one is appended */
function refusalOf(stack: string, stopped: readonly Found[], confirmations: number): string {
  let next = confirmations;
  const lines = stopped.map(({ key, kind, message, remedy, unprotect }) => {
    const confirm = kind === "asked" ? [setCommand(`confirm[${next++}]`, key, "", stack)] : [];
    const ways = [...confirm, ...(remedy === undefined ? [] : [remedy])];
    const first = unprotect ? [unprotected(stack), "then:"] : [];
    return `  ${tell(key, message, [...first, either(...ways)].join("\n"))}`;
  });
  const one = stopped.length === 1;
  const count = one ? "1 change" : `${stopped.length} changes`;
  const asItIs = one ? "as it is" : "as they are";
  return `${count} of stack '${stack}' cannot be made ${asItIs}; nothing was changed.\n${lines.join("\n")}`;
}
