import type { StackConfig } from "../../cli/stackConfig";
import type { Plan } from "../../plan/plan";
import { changedKeys, takenBack, type Experiment } from "../../review/causes";
import { differInTexts } from "../../review/properties";
import { planIn, type Hide, type Made } from "./planning";

/** Each is one more run of the program; of more keys it is only said that the config makes the difference. */
const MOST_KEYS = 8;
const MOST_FILES = 3;

/**
 * What tells where differences come from: the program as it is now, with the base's config, and with each key taken back.
 * @param files of the code that differ
 */
export async function experimentsOf(
  root: string,
  before: Made,
  now: Made,
  files: readonly string[],
  hide: Hide,
): Promise<Experiment[]> {
  const texts = differInTexts(before.plan, now.plan);
  const run = (config: StackConfig["config"]): Promise<Plan | undefined> =>
    // A config of which one key is taken back can contradict itself.
    planIn(root, { ...now.config, config }, hide, before.plan, texts).catch(() => undefined);
  const keys = changedKeys(before.config.config, now.config.config);
  const sameCode = files.length === 0;
  // The program as it is with the base's config: of the same code that is the base, which has been planned.
  const oldConfig =
    keys.length === 0 ? now.plan : sameCode ? before.plan : await run(before.config.config);
  const code: Experiment[] = sameCode
    ? []
    : [{ cause: filesWord(files), having: oldConfig ?? now.plan, without: before.plan }];
  if (keys.length > MOST_KEYS || keys.length === 1) {
    const cause = keys.length === 1 ? (keys[0] ?? "") : `${keys.length} keys of the config`;
    return [{ cause, having: now.plan, without: oldConfig ?? before.plan }, ...code];
  }
  const found: Experiment[] = [];
  const together: string[] = [];
  for (const key of keys) {
    const without = await run(takenBack(key, before.config.config, now.config.config));
    if (without) found.push({ cause: key, having: now.plan, without });
    else together.push(key);
  }
  if (together.length > 0 && oldConfig) {
    // Such as one key in place of another: alone, neither can be taken back.
    found.push({ cause: together.join(" and "), having: now.plan, without: oldConfig });
  }
  return [...found, ...code];
}

/** Whether a file can change what the program asks for. */
export function isCode(file: string): boolean {
  return (
    !/^(test|docs|bench|runtime\/test|\.github|\.ci|cost|picture|policies|preview|release|review|sites|plan|engine|cli|scripts)\//.test(
      file,
    ) &&
    !/^(README|CHANGELOG|LICENSE|eslint\.config|tsconfig|\.\w+rc|\.prettier|\.gitignore|Pulumi\..*\.yaml)|\.md$/.test(
      file,
    )
  );
}

function filesWord(files: readonly string[]): string {
  const more = files.length - MOST_FILES;
  return files.slice(0, MOST_FILES).join(", ") + (more > 0 ? ` and ${more} more files` : "");
}
