import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hider } from "../../plan/hidden";
import { compared } from "../../preview/against/comparing";
import type { Plan } from "../../plan/plan";
import { planIn, type Made } from "../../preview/against/planning";
import { rulesBetween } from "../../preview/against/rules";
import { textOf } from "../../review/print/text";
import type { Compared } from "../../review/review";
import { copyProject } from "../helpers/copies";
import { configWith, SECRETS } from "./bases";
import type { Base, Edit, Scenario } from "./scenario";

/** What a plan is made from. */
const PARTS = ["index.ts", "package.json", "components", "config", "model", "platforms", "pod"];
const MORE = ["runtime/src", "example/Dockerfile", "example/package.json"];

/** A copy of the program whose files a scenario may change. */
export class Program {
  readonly folder = mkdtempSync(join(tmpdir(), "golden-"));

  constructor(more: readonly string[] = MORE) {
    copyProject([...PARTS, ...more], this.folder);
  }

  /** With some files changed for as long as `use` takes. */
  async with<T>(edits: readonly Edit[], use: () => Promise<T>): Promise<T> {
    const kept = new Map<string, string>();
    for (const { file, old, now } of edits) {
      const path = join(this.folder, file);
      const text = readFileSync(path, "utf8");
      if (text.split(old).length !== 2) throw new Error(`${file} has '${old}' not just once`);
      if (!kept.has(path)) kept.set(path, text);
      writeFileSync(
        path,
        text.replace(old, () => now),
      );
    }
    try {
      return await use();
    } finally {
      for (const [path, text] of kept) writeFileSync(path, text);
    }
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const TODAY = new Date("2026-12-01");
const hide = hider();
const bases = new Map<Base, Made>();

/**
 * What the comparison finds in a scenario, against its base, which is planned once.
 * @param tell told the plan of the scenario
 */
export async function reviewOfScenario(
  program: Program,
  { stack, config = {}, secrets = {}, code = [], rules = false }: Scenario,
  tell: (plan: Plan) => void = () => undefined,
): Promise<Compared> {
  const first = Object.fromEntries(SECRETS[stack].map((path) => [path, "v1:first"]));
  let before = bases.get(stack);
  if (before === undefined) {
    const base = configWith(stack, {}, first);
    before = { config: base, plan: await planIn(program.folder, base, hide) };
    bases.set(stack, before);
  }
  const made = before;
  return program.with(code, async () => {
    const now = configWith(stack, config, { ...first, ...secrets }, made.config.ciphertexts);
    const plan = await planIn(program.folder, now, hide, made.plan);
    tell(plan);
    const files = [...new Set(code.map(({ file }) => file))];
    return compared(
      program.folder,
      made,
      { config: now, plan },
      {
        files,
        hide,
        sections: rules ? [(one, other) => rulesBetween(one, other, TODAY)] : [],
      },
    );
  });
}

export function textOfScenario(review: Compared): string[] {
  return textOf([review])
    .flatMap(({ text }) => text.split("\n"))
    .filter((text, index, all) => text !== "" || index < all.length - 1);
}
