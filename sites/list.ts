import { pullRequestOf } from "../model/reviewSite";
import { Cluster, type SiteNamespace } from "./cluster";
import type { Run } from "./commands";
import { Pulumi } from "./pulumi";

/** A stack that is the site of a pull request by its name. */
export interface SiteStack {
  readonly name: string;
  readonly pullRequest: number;
  /** When its last update began; undefined: there was none. */
  readonly lastUpdate: Date | undefined;
  /** An update runs now, as far as the backend says so. */
  readonly updating: boolean;
}

/** The review sites that there are, by Pulumi's state and by the cluster. */
export interface Sites {
  readonly stacks: readonly SiteStack[];
  readonly namespaces: readonly SiteNamespace[];
}

/** @param context of the kubeconfig; undefined: the current one */
export async function listed(run: Run, context: string | undefined): Promise<Sites> {
  const stacks = (await new Pulumi(run).stacks()).flatMap((stack): SiteStack[] => {
    const pullRequest = pullRequestOf(stack.name);
    return pullRequest === undefined ? [] : [{ ...stack, pullRequest }];
  });
  return { stacks, namespaces: await new Cluster(run, context).sites() };
}

/** For a person: one line for each site, with what is missing of it. */
export function table({ stacks, namespaces }: Sites): string {
  const numbers = [...stacks, ...namespaces].map(({ pullRequest }) => pullRequest);
  const lines = [...new Set(numbers)]
    .sort((a, b) => a - b)
    .map((number) => {
      const stack = stacks.find(({ pullRequest }) => pullRequest === number);
      const namespace = namespaces.find(({ pullRequest }) => pullRequest === number);
      return `${(stack ?? namespace)?.name.padEnd(12)} ${stateOf(stack, namespace)}`;
    });
  return lines.length === 0 ? "There are no review sites." : lines.join("\n");
}

function stateOf(stack: SiteStack | undefined, namespace: SiteNamespace | undefined): string {
  if (namespace?.goingSince !== undefined) return "its namespace is going";
  if (stack === undefined)
    return "in the cluster, without a stack: its state is lost, or elsewhere";
  if (namespace === undefined) return "a stack, without a namespace in the cluster";
  const until = namespace.until?.toISOString() ?? "nobody knows when";
  return `until ${until}${stack.updating ? ", being updated" : ""}`;
}
