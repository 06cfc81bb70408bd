import { randomBytes } from "node:crypto";
import { projectStacksIn, UsageError } from "../../cli/stackConfig";
import { keepLoaded } from "../../engine/engine";
import { hider } from "../../plan/hidden";
import { isProduction } from "../../policies/scene";
import { sectionsOf } from "../../review/extraSections";
import { exitCodeOf, FAIL_ON, type FailOn } from "../../review/gate";
import { htmlOf } from "../../review/print/html";
import { jsonOf } from "../../review/print/json";
import { markdownOf } from "../../review/print/markdown";
import { textOf } from "../../review/print/text";
import { aloneOf, reviewOf, type StackReview } from "../../review/review";
import { writeFile } from "../outputFiles";
import { render, wantsColour, type Line } from "../paint";
import { withBaseTree, type BaseTree } from "./baseTree";
import { compared, versionOf } from "./comparing";
import { isCode } from "./experiments";
import { changedFiles, mergeBase } from "./git";
import { plannedBase } from "./plannedBase";
import { hasStack, planned } from "./planning";
import { SECTIONS_OF } from "./sections";

export interface AgainstOptions {
  /** A branch, tag or commit; empty: where the current branch left main. */
  readonly against: string;
  /** Only this stack; default: all that have a file, now or in the base. */
  readonly stack?: string | undefined;
  /** Exit code 2 if this is found. */
  readonly failOn?: string | undefined;
  /** File for all of it as JSON; `-` prints it instead of the text. */
  readonly json?: string | undefined;
  /** File for all of it as a page for browsers. */
  readonly html?: string | undefined;
  /** File for the comment of a pull request. */
  readonly markdown?: string | undefined;
  /** File for pictures in which the changed parts are marked. */
  readonly svg?: string | undefined;
  /** File for all of that comment, which may be longer than GitHub takes. */
  readonly whole?: string | undefined;
}

/** Compares the program with what it was, and prints what that does to each stack. */
export async function against(root: string, options: AgainstOptions): Promise<void> {
  const failOn = gateOf(options.failOn);
  const commit = mergeBase(root, options.against === "" ? undefined : options.against);
  const reviews = await withBaseTree(root, commit, async (tree) => {
    // Nothing changes the files meanwhile, and a program's modules hold nothing of a run: test/engine/modules.test.ts.
    for (const folder of [root, tree.folder]) keepLoaded(folder);
    const stacks = options.stack === undefined ? stacksOf(root, tree) : [options.stack];
    const files = changedFiles(root, commit).filter(isCode);
    const found: StackReview[] = [];
    // One after the other: the SDK has one run in a process.
    for (const stack of stacks) found.push(await reviewOfStack(root, tree, stack, files));
    return found;
  });
  process.exitCode = exitCodeOf(reviews, failOn);
  writeFiles(reviews, options);
  if (options.json === "-") {
    process.stdout.write(jsonOf(reviews));
    return;
  }
  const lines = textOf(reviews).map((line): Line => [line]);
  process.stdout.write(render(lines, wantsColour(process.stdout, process.env)));
}

function writeFiles(reviews: readonly StackReview[], options: AgainstOptions): void {
  const { markdown, whole, svg, html, json } = options;
  if (markdown !== undefined) writeFile("markdown", markdown, markdownOf(reviews));
  if (whole !== undefined) writeFile("whole", whole, markdownOf(reviews, { limit: Infinity }));
  if (svg !== undefined) writeFile("svg", svg, pictures().picturesOf(reviews));
  if (html !== undefined) writeFile("html", html, htmlOf(reviews, pictures().pictureIn));
  if (json !== undefined && json !== "-") writeFile("json", json, jsonOf(reviews));
}

/** Loaded where something is drawn alone. */
function pictures() {
  return require("../../picture/reviews") as typeof import("../../picture/reviews");
}

function stacksOf(root: string, tree: BaseTree): string[] {
  return [...new Set([...projectStacksIn(root), ...projectStacksIn(tree.folder)])].sort();
}

async function reviewOfStack(
  root: string,
  tree: BaseTree,
  stack: string,
  files: readonly string[],
): Promise<StackReview> {
  if (!hasStack(root, stack)) {
    if (hasStack(tree.folder, stack)) return { stack, kind: "removed" };
    const known = stacksOf(root, tree).join(", ");
    throw new UsageError(`--stack: neither version has Pulumi.${stack}.yaml; there are: ${known}.`);
  }
  const key = randomBytes(32);
  const hide = hider(key);
  const before = hasStack(tree.folder, stack) ? await plannedBase(tree, stack, key) : undefined;
  const base = before && "plan" in before ? before : undefined;
  const now = await planned(root, stack, hide, base);
  if ("why" in now) return { stack, kind: "failed", why: now.why };
  const said = () => sectionsOf(SECTIONS_OF, versionOf(now), undefined);
  const production = isProduction(stack, now.config.config);
  if (!before) return reviewOf(undefined, now.plan, { sections: said(), production });
  if ("why" in before) return aloneOf(now.plan, before.why, said());
  return compared(root, before, now, { files, hide });
}

function gateOf(failOn: string | undefined): FailOn | undefined {
  const gate = FAIL_ON.find((name) => name === failOn);
  if (gate === undefined && failOn !== undefined) {
    throw new UsageError(`--fail-on: '${failOn}' is refused: expected ${FAIL_ON.join(" or ")}.`);
  }
  return gate;
}
