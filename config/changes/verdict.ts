import { either, setCommand } from "../commands";
import { told as tell } from "../problems";
import type { ChangeRule, Consequence, Facts } from "./rule";

/** What is to be said of a change before it is made. */
export interface Verdict {
  /** Why the change is not made; undefined where it may be. */
  readonly refusal: string | undefined;
  readonly warnings: readonly string[];
}

type Found = Consequence & Pick<ChangeRule, "key" | "kind">;

/**
 * Compares the facts of the last `up` with those of the next. What an older state does not know is not compared.
 * @param confirmed keys whose change the config confirms
 */
export function verdictOn(
  stack: string,
  rules: readonly Pick<ChangeRule, "key" | "kind" | "check">[],
  old: Facts,
  now: Facts,
  confirmed: readonly string[],
): Verdict {
  const found = rules.flatMap(({ key, kind, check }): Found[] => {
    const [before, after] = [old[key], now[key]];
    if (before === undefined || after === undefined || before === after) return [];
    const consequence = check(before, after);
    return consequence ? [{ key, kind, ...consequence }] : [];
  });
  const stopped = found.filter(
    ({ key, kind }) => kind === "refused" || (kind === "asked" && !confirmed.includes(key)),
  );
  return {
    refusal: stopped.length === 0 ? undefined : refusalOf(stack, stopped, confirmed.length),
    warnings: found
      .filter((it) => !stopped.includes(it))
      .map(({ key, message }) => tell(key, message)),
  };
}

/** @param confirmations how many the config has: the next one is put behind them */
function refusalOf(stack: string, stopped: readonly Found[], confirmations: number): string {
  let next = confirmations;
  const lines = stopped.map(({ key, kind, message, remedy }) => {
    const confirm = kind === "asked" ? [setCommand(`confirm[${next++}]`, key, "", stack)] : [];
    const ways = [...confirm, ...(remedy === undefined ? [] : [remedy])];
    return `  ${tell(key, message, either(...ways))}`;
  });
  const one = stopped.length === 1;
  const count = one ? "1 change" : `${stopped.length} changes`;
  const asItIs = one ? "as it is" : "as they are";
  return `${count} of stack '${stack}' cannot be made ${asItIs}; nothing is touched.\n${lines.join("\n")}`;
}
