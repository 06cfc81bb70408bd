import * as assert from "node:assert/strict";
import { carryOut, valuesOf, type Container } from "./commands";
import { changed, load, type Groups, type LoadOptions } from "./configs";
import { failureOf } from "./recording";

/** What breaks a rule: the changes to the least config, and the problem that is told. */
export type RuleCase = [name: string, changes: Groups, told: string, options?: LoadOptions];

export const prod: LoadOptions = { stack: "prod" };
export const CERTIFICATE = "arn:aws:acm:eu-west-1:111122223333:certificate/ID";
export const withTls: Groups = { "ingress.tls": { secretName: "shop-tls" } };

export function set(key: string, value: string): string {
  return `pulumi config set --path 'next-on-eks:${key}' ${value}`;
}

export function rm(key: string): string {
  return `pulumi config rm --path 'next-on-eks:${key}'`;
}

export const DIGEST_REMEDY = set("app.image", "REGISTRY/NAME@sha256:DIGEST");

/** A problem as the error tells it. */
export function told(key: string, message: string, remedy: string): string {
  return `  next-on-eks:${key}: ${message}\n    ${remedy}`;
}

/** A test for each case: the config is refused for this problem and for no other, and its remedy harms nothing else. */
export function refuses(base: Groups, cases: readonly RuleCase[]): void {
  for (const [name, changes, message, options] of cases) {
    it(`refuse ${name}`, async () => {
      const groups = changed(base, changes);
      assert.equal(
        await failureOf(load(groups, options)),
        `The config of stack '${options?.stack ?? "test"}' has 1 problem:\n${message}`,
      );
      harmsNothingElse(message, { ...groups, ...ownNames(options?.others) });
    });
  }
}

/**
 * Runs the commands of a remedy, the alternatives in brackets too, and looks at what they changed: keys that they set by
 * name, and what they remove. Only what the problem names may be removed.
 */
export function harmsNothingElse(problem: string, config: Groups): void {
  const [first = "", ...rest] = problem.split("\n").map((line) => line.trim());
  for (const remedy of rest.flatMap((line) => line.split(/ \(| \[|\)$/))) {
    const commands = remedy.slice(Math.max(0, remedy.indexOf("pulumi config")));
    if (!/^pulumi config (set|rm)/.test(commands)) continue;
    const keys = structuredClone(config) as Container;
    const before = valuesOf(keys);
    const { set, removed } = carryOut(commands, keys);
    for (const key of removed) {
      const last =
        key
          .replace(/\[\d+\]$/, "")
          .split(".")
          .at(-1) ?? key;
      assert.ok(
        first.includes(last),
        `${commands}\nremoves '${key}', which the problem does not name`,
      );
    }
    const after = valuesOf(keys);
    const touched = [...before.keys(), ...after.keys()].filter(
      (key) => before.get(key) !== after.get(key),
    );
    const named = [...set, ...removed].map((key) =>
      key.replaceAll(/\[(\d+)\]/g, ".$1").replace(/NAME$/, "name"),
    );
    for (const key of touched) {
      const bare = /^\[(.*)\]/.exec(key)?.[1]?.replaceAll(/\[(\d+)\]/g, ".$1") ?? key;
      const meant = named.some(
        (it) => bare === it || bare.startsWith(`${it}.`) || it.startsWith(`${bare}.`),
      );
      assert.ok(meant, `${commands}\nchanges '${key}', which it does not name`);
    }
  }
}

/** Keys of the project that are no groups, without its namespace. */
function ownNames(others: Groups = {}): Groups {
  return Object.fromEntries(
    Object.entries(others)
      .filter(([key]) => key.startsWith("next-on-eks:"))
      .map(([key, value]) => [key.slice("next-on-eks:".length), value]),
  );
}
