import type { CommonConfig } from "../commonConfig";
import { ingress as schema } from "../schema/ingress";
import { partsOf, schemaAt } from "../schema/tree";
import { shellWord } from "../messages/shellWord";

/** Config keys with the same meaning as an annotation that the stack sets. */
export const INSTEAD: Readonly<Record<string, string>> = {
  "kubernetes.io/ingress.class": "ingress.className",
  "nginx.org/client-max-body-size": "ingress.maxBodySize",
  "nginx.org/limit-req-burst": "ingress.rateLimit.burst",
  "nginx.org/limit-req-rate": "ingress.rateLimit.requestsPerSecond",
  "nginx.org/proxy-read-timeout": "ingress.readTimeoutSeconds",
  "pulumi.com/skipAwait": "ingress.awaitAddress",
};

/** nginx, "Configuration file measurement units". */
const SECONDS: Readonly<Record<string, number>> = { "": 1, s: 1, m: 60, h: 3600 };

/** The annotation's value as the key writes it; undefined if the key has no such value. */
const WRITTEN: Readonly<Record<string, (text: string) => string | undefined>> = {
  "ingress.maxBodySize": (text) => text.toLowerCase(),
  "ingress.rateLimit.requestsPerSecond": (text) => /^([0-9]+)r\/s$/.exec(text)?.[1],
  "ingress.readTimeoutSeconds": (text) => {
    const [, count, unit = ""] = /^([0-9]+)([smh]?)$/.exec(text) ?? [];
    return count && String(Number(count) * (SECONDS[unit] ?? 1));
  },
  "ingress.awaitAddress": (text) => ({ true: "false", false: "true" })[text],
};

/**
 * The value of an annotation, in the form of the key with the same meaning; undefined if the key accepts no such value.
 */
export function valueFor(name: string, ingress: CommonConfig["ingress"]): string | undefined {
  const key = INSTEAD[name];
  const text = ingress.annotations[name];
  if (key === undefined || text === undefined) return undefined;
  // A burst without a rate is no limit.
  if (key === "ingress.rateLimit.burst" && !ingress.rateLimit) return undefined;
  const value = (WRITTEN[key] ?? String)(text);
  const at = schemaAt(schema, partsOf(key).slice(1));
  return value !== undefined && at?.safeParse(stored(value)).success ? shellWord(value) : undefined;
}

/** What the CLI stores for a word. */
function stored(value: string): unknown {
  if (value === "true" || value === "false") return value === "true";
  return /^(0|[1-9][0-9]*)$/.test(value) ? Number(value) : value;
}
