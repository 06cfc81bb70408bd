import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { stacksIn } from "../cli/stackConfig";
import { PROJECT } from "../model/project";
import { isProduction } from "../policies/scene";

/*
 * Which images ran somewhere before production, as far as the stacks' files say: what they name, and what they named.
 */

const DIGEST = /sha256:[0-9a-f]{64}/g;
/** Commits that are looked at, the newest first. */
const COMMITS = "500";

/**
 * Digests of images in the files of stacks outside production, now and in the history that is there. A shallow clone
 * knows less.
 * @param root folder of Pulumi.yaml
 */
export function triedImages(root: string): ReadonlySet<string> {
  const production = new Set<string>();
  const found: string[] = [];
  for (const stack of stacksIn(root)) {
    const file = `Pulumi.${stack}.yaml`;
    const text = readFileSync(join(root, file), "utf8");
    if (isProduction(stack, productionIn(text))) production.add(file);
    else found.push(...(text.match(DIGEST) ?? []));
  }
  return new Set([...found, ...namedOnce(root, production)]);
}

function productionIn(text: string): Record<string, string> {
  const key = `${PROJECT}:production`;
  try {
    const value = (parse(text) as { config?: Record<string, unknown> } | null)?.config?.[key];
    return value === undefined ? {} : { [key]: String(value) };
  } catch {
    // Whoever previews that stack is told what is wrong with its file.
    return {};
  }
}

/** What the history added to files that are not of production. Without git there is none. */
function namedOnce(root: string, production: ReadonlySet<string>): string[] {
  const { status, stdout } = spawnSync(
    "git",
    [
      "-C",
      root,
      "log",
      "-p",
      "--unified=0",
      "--format=",
      // As if the user had configured nothing.
      "--no-color",
      "--no-ext-diff",
      "--relative",
      "-n",
      COMMITS,
      "--",
      "Pulumi.*.yaml",
    ],
    { encoding: "utf8", maxBuffer: 64 * 1024 * 1024 },
  );
  if (status !== 0) return [];
  let file = "";
  return stdout.split("\n").flatMap((line) => {
    if (line.startsWith("+++ ")) file = line.replace(/^\+\+\+ (b\/)?/, "");
    const added = line.startsWith("+") && !line.startsWith("+++ ") && !production.has(file);
    return added ? [...(line.match(DIGEST) ?? [])] : [];
  });
}
