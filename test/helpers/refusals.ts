import * as assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { carryOut, valuesOf, type Container } from "./commands";
import { changed, load, type Groups, type LoadOptions } from "./configs";
import { failureOf } from "./recording";

/** What breaks a rule: the changes to the least config, and the problem that is told. */
export type RuleCase = [name: string, changes: Groups, told: string, options?: LoadOptions];

export const prod: LoadOptions = { stack: "prod" };
export const CERTIFICATE = "arn:aws:acm:eu-west-1:111122223333:certificate/ID";
export const withTls: Groups = { "ingress.tls": { secretName: "shop-tls" } };

export function set(key: string, value: string, flags = ""): string {
  return `pulumi config set --stack test ${flags}--path '${full(key)}' ${value}`;
}

export function rm(key: string): string {
  return `pulumi config rm --stack test --path '${full(key)}'`;
}

function full(key: string): string {
  return key.includes(":") ? key : `next-on-eks:${key}`;
}

export const DIGEST_REMEDY = set("app.image", "REGISTRY/NAME@sha256:DIGEST");

/** Ways to mend one thing, as a message tells them. */
export function either(...ways: readonly string[]): string {
  return ways.join("\nor\n");
}

/** The way back, or a stack of its own before it. */
export function orAnotherStack(back: string, more = ""): string {
  return [
    `first, to create another stack beside this one${more}:`,
    "pulumi stack init NAME --copy-config-from test",
    "its own host, also in ingress.extraHosts, and a zone that contains it, unless ingress.zone does:",
    "pulumi config set --stack NAME --path 'next-on-eks:app.host' HOST",
    "then, or at once if you do not want another stack:",
    back,
  ].join("\n");
}

/** A problem as the error tells it. */
export function told(key: string, message: string, remedy: string): string {
  return `  ${full(key)}: ${message}\n    ${remedy.replaceAll("\n", "\n    ")}`;
}

/** A test for each case: the config is refused for this problem and for no other, and its remedy harms nothing else. */
export function refuses(base: Groups, cases: readonly RuleCase[]): void {
  for (const [name, changes, message, options] of cases) {
    it(`refuse ${name}`, async () => {
      const groups = changed(base, changes);
      const stack = options?.stack ?? "test";
      const expected = message.replaceAll("--stack test", `--stack ${stack}`);
      assert.equal(
        await failureOf(load(groups, options)),
        `The config of stack '${stack}' has 1 problem:\n${expected}`,
      );
      harmsNothingElse(expected, { ...groups, ...ownNames(options?.others) }, stack);
    });
  }
}

/** Which is selected while a remedy is carried out, and has to stay as it is. */
const OTHER = "other";

/**
 * Runs every command of a message, each by itself, and looks at what it changed: in the stack of the message alone, keys that
 * it sets by name, and what it removes. Only what the problem names may be removed. A command is alone on its line.
 */
export function harmsNothingElse(problem: string, config: Groups, stack = "test"): void {
  const [first = "", ...rest] = problem.split("\n").map((line) => line.trim());
  const isCommand = (text: string) => /pulumi (config|stack) /.test(text);
  assert.equal(syntaxErrors(rest.filter((text) => /^(pulumi|kubectl|npm) /.test(text))), "");
  for (const [index, line] of rest.entries()) {
    if (!isCommand(line)) continue;
    assert.match(line, /^pulumi (config (set|rm)|stack init) /, "a command is alone on its line");
    const commands = line.match(/(?<!\$\()pulumi (config|stack|up) /g) ?? [];
    assert.equal(line.split(" && ").length, commands.length, "a command is alone on its line");
    const other = structuredClone(config) as Container;
    const files: Record<string, Container> = {
      [stack]: structuredClone(config) as Container,
      [OTHER]: other,
    };
    // Of a copy that was told of before.
    if (rest.slice(0, index).some((text) => text.startsWith("pulumi stack init NAME "))) {
      files.NAME = structuredClone(config) as Container;
    }
    const before = valuesOf(files[stack] as Container);
    const { set, removed } = carryOut(line, { files, selected: OTHER });
    assert.deepEqual(other, config, `${line}\nchanges the stack that is selected`);
    for (const key of removed) {
      const named = first.includes(lastNameOf(key)) && !first.startsWith(`next-on-eks:${key}.`);
      assert.ok(named, `${line}\nremoves '${key}', which is not named`);
    }
    const after = valuesOf(files[stack] as Container);
    for (const key of [...before.keys(), ...after.keys()]) {
      const meant = before.get(key) === after.get(key) || names([...set, ...removed], key);
      assert.ok(meant, `${line}\nchanges '${key}', which it does not name`);
    }
  }
}

/** What a shell says of lines that it is to read and not to run. */
function syntaxErrors(lines: readonly string[]): string {
  return spawnSync("bash", ["-n"], { input: lines.join("\n"), encoding: "utf8" }).stderr;
}

function lastNameOf(key: string): string {
  const parts = key.replace(/\[\d+\]$/, "").split(".");
  return parts.at(-1) ?? key;
}

/** Whether commands name a key, what is in it, or what it is in. */
function names(commanded: readonly string[], key: string): boolean {
  const dotted = (text: string) =>
    text.replaceAll(/\["?([^"\]]*)"?\]/g, ".$1").replace(/NAME$/, "name");
  const bare = dotted(/^\[(.*)\]/.exec(key)?.[1] ?? key);
  return commanded
    .map(dotted)
    .some((it) => bare === it || bare.startsWith(`${it}.`) || it.startsWith(`${bare}.`));
}

/** Keys of the project that are no groups, without its namespace. */
function ownNames(others: Groups = {}): Groups {
  return Object.fromEntries(
    Object.entries(others)
      .filter(([key]) => key.startsWith("next-on-eks:"))
      .map(([key, value]) => [key.slice("next-on-eks:".length), value]),
  );
}
