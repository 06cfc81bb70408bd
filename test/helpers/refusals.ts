import * as assert from "node:assert/strict";
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

/** A test for each case: the config is refused for this problem and for no other. */
export function refuses(base: Groups, cases: readonly RuleCase[]): void {
  for (const [name, changes, message, options] of cases) {
    it(`refuse ${name}`, async () => {
      assert.equal(
        await failureOf(load(changed(base, changes), options)),
        `The config of stack '${options?.stack ?? "test"}' has 1 problem:\n${message}`,
      );
    });
  }
}
