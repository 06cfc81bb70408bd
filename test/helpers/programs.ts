import { join } from "node:path";
import type { Program } from "../../engine/engine";
import { answers } from "./answers";
import { changed, configOf, ROOT, wire, type Groups } from "./configs";
import { record, type Recording, type Settings } from "./recording";

/** What the team that clones the repository has to set: nobody owns the values of the example. */
export const OWN_VALUES: Groups = {
  "next-on-eks:cluster.publicAccessCidrs": ["8.8.8.0/24"],
  "next-on-eks:cluster.adminRoleArns": ["arn:aws:iam::999988887777:role/platform"],
};
export const OWN_IMAGE = `999988887777.dkr.test/shop@sha256:${"0".repeat(64)}`;

const INDEX = join(ROOT, "index.ts");

export const program = require(INDEX) as Program;

/**
 * Runs index.ts with the config of a stack for tests.
 * @param changes by path of the full key: `next-on-eks:app.image`
 */
export function runStack(
  stack: string,
  changes: Groups = {},
  settings: Settings = {},
): Promise<Recording> {
  const config = wire(changed(configOf(stack), changes));
  return record(program, { stack, config, ...settings });
}

/** As the offline preview: what a provider would compute is unknown. */
export function previewStack(stack: string, changes: Groups = {}): Promise<Recording> {
  return runStack(stack, changes, { preview: true, answers: { invoke: answers.invoke } });
}

/** What a team changes in stack prod to run it, with values of its own. */
export function prodChanges(changes: Groups = {}): Groups {
  return {
    ...OWN_VALUES,
    "next-on-eks:app.image": OWN_IMAGE,
    "next-on-eks:app.host": "www.shop.test",
    "next-on-eks:ingress.zone": "shop.test",
    ...changes,
  };
}

/** Stack prod as a team would run it. */
export function runProd(changes: Groups = {}, settings: Settings = {}): Promise<Recording> {
  return runStack("prod", prodChanges(changes), settings);
}
