import { PROJECT } from "../../model/project";
import type { Checked, CommonConfig } from "../commonConfig";
import { told, type Problem } from "../messages/problems";
import { annotationRules } from "./annotations";
import { filesRules } from "./files";
import { httpsRule, ingressRules } from "./ingress";
import { namespaceRules } from "./namespaces";
import { podRules } from "./pods";
import { reviewRules } from "./review";
import { imageRules } from "./images";
import { rolloutRules } from "./rollout";
import type { Check, Rule, SeverityByEnvironment } from "./rule";

/**
 * The rules that every platform has, in the order of their messages.
 * @param certificates commands that set a certificate for the site on the platform, besides a TLS Secret
 */
export function commonRules(certificates: () => readonly string[]): readonly Rule<CommonConfig>[] {
  return [
    ...imageRules,
    ...rolloutRules,
    ...annotationRules,
    ...podRules,
    ...namespaceRules,
    ...filesRules,
    ...ingressRules,
    httpsRule(certificates),
    ...reviewRules,
  ];
}

/** The severity of a rule, by environment. */
export function severities({
  severity,
}: Pick<Rule<CommonConfig>, "severity">): SeverityByEnvironment {
  return typeof severity === "string" ? { production: severity, elsewhere: severity } : severity;
}

/** The errors of a config. */
export function problemsOfRules<T extends CommonConfig>(
  rules: readonly Rule<T>[],
  config: Checked<T>,
  today: Date,
): Problem[] {
  return rules.flatMap((rule) => {
    if (rule.severity === "error") return found(rule.check, config, today);
    const stricter = "warn" in rule && config.production;
    return stricter ? found(rule.check, config, today) : [];
  });
}

/** The warnings of a config, as lines for the reader of a preview. */
export function warningsOfRules<T extends CommonConfig>(
  rules: readonly Rule<T>[],
  config: T,
  today: Date,
): string[] {
  const environment = config.production ? "production" : "elsewhere";
  return rules
    .filter((rule) => severities(rule)[environment] === "warning")
    .flatMap((rule) =>
      found("warn" in rule ? rule.warn : rule.check, config, today).map(
        ({ key, message, remedy }) => told(key, `${message} (rule ${rule.id})`, remedy),
      ),
    );
}

/** What a rule has said of a key: `app.replicas.min`. */
export interface Told {
  readonly rule: string;
  readonly key: string;
}

/** What such lines say: a rule about the plan need not say it again. */
export function toldIn(warnings: readonly string[]): Told[] {
  return warnings.flatMap((warning) => {
    const [first = ""] = warning.split("\n");
    const [, name = "", rule] = /^(\S+): .*\(rule ([a-z-]+)\)$/.exec(first) ?? [];
    return rule === undefined ? [] : { rule, key: name.replace(`${PROJECT}:`, "") };
  });
}

/** What is told and was not before; the words may differ, such as those of another host. */
export function newlyTold(now: readonly Told[], before: readonly Told[]): Told[] {
  return now.filter(({ rule, key }) => !before.some((it) => it.rule === rule && it.key === key));
}

function found<T extends CommonConfig>(
  check: Check<T>,
  config: Checked<T>,
  today: Date,
): readonly Problem[] {
  return [check(config, today) ?? []].flat();
}
