import { readStackConfig } from "../../cli/stackConfig";
import { explain } from "../../cli/explain";
import { hider } from "../../plan/hidden";
import type { BaseTree } from "./baseTree";
import { plannedByItsCommand, plannedOnItsPackages } from "./otherBase";
import { planned, type Planned } from "./planning";

/**
 * The plan of a stack in the base, by the code as it is now: in this process, or where its dependencies are others, on its own
 * packages. Where that cannot run its program, the base's own command does.
 * @param key under which this process hides secrets
 */
export async function plannedBase(tree: BaseTree, stack: string, key: Buffer): Promise<Planned> {
  const { folder, sameDependencies } = tree;
  try {
    const config = readStackConfig(folder, stack);
    const base = sameDependencies
      ? await planned(folder, stack, hider(key))
      : plannedOnItsPackages(folder, config, key);
    return "plan" in base || base.refused ? base : plannedByItsCommand(folder, config, base.why);
  } catch (error) {
    return { why: explain(error, false), refused: true };
  }
}
