import { UsageError } from "../cli/stackConfig";
import { PULL_REQUEST, pullRequestOf } from "../model/reviewSite";
import { Cluster } from "./cluster";
import type { Run } from "./commands";
import { Pulumi, type StateResource } from "./pulumi";

export interface RemoveOptions {
  readonly run: Run;
  /** Context of the kubeconfig; default: the one in the stack's state, else the current one. */
  readonly context?: string;
  /** The first `up` failed, so that the state may not have the namespace yet. */
  readonly unfinished?: boolean;
}

/** What is gone. */
export interface Removed {
  readonly stack: string;
  /** How many resources the state had. */
  readonly resources: number;
}

/**
 * Removes the site of a pull request: what is in the cluster, then the stack. It believes the cluster, and not what
 * Pulumi says of it.
 * @throws {UsageError} if the stack is none of a pull request, or something is left; then the stack stays, so that
 * nothing is forgotten
 */
export async function removeSite(stack: string, options: RemoveOptions): Promise<Removed> {
  const pulumi = new Pulumi(options.run);
  const number = numberOf(stack);
  if (!(await pulumi.exists(stack))) throw await withoutStack(stack, options);
  const { resources, context } = await pulumi.state(stack);
  if (resources.length > 0 && !options.unfinished) refuseOthers(stack, number, resources);
  const cluster = new Cluster(options.run, options.context ?? context);
  if (resources.length === 0 && (await thereStill(stack, cluster))) throw empty(stack, cluster);

  const { code, text } = await pulumi.destroy(stack);
  if (code !== 0) throw new UsageError(failed(stack, text));
  const { resources: left } = await pulumi.state(stack);
  if (left.length > 0) {
    throw new UsageError(
      `pulumi destroy of ${stack} ended without an error, but its state still has ${left.length} of ${resources.length} resources: ${left[0]?.urn}`,
    );
  }
  await refuseLeftovers(stack, cluster);
  await pulumi.forget(stack);
  return { stack, resources: resources.length };
}

function numberOf(stack: string): number {
  const number = pullRequestOf(stack);
  if (number !== undefined) return number;
  throw new UsageError(
    `'${stack}' is not the site of a pull request, which is named pr-NUMBER; this removes nothing else.\n` +
      `  if it is to go: pulumi destroy --stack ${stack}`,
  );
}

/** A stack that somebody named as a review site is not one for that. */
function refuseOthers(stack: string, number: number, resources: readonly StateResource[]): void {
  const marked = resources.some(
    ({ type, inputs }) => type === "kubernetes:core/v1:Namespace" && markOf(inputs) === `${number}`,
  );
  if (marked) return;
  throw new UsageError(
    `stack '${stack}' is not the site of a pull request: none of its ${resources.length} resources is a namespace with the label ${PULL_REQUEST}=${number}.\n` +
      `  if it is to go: pulumi destroy --stack ${stack}`,
  );
}

function markOf(inputs: StateResource["inputs"]): string | undefined {
  const { labels } = (inputs?.metadata ?? {}) as { labels?: Record<string, string> };
  return labels?.[PULL_REQUEST];
}

async function thereStill(stack: string, cluster: Cluster): Promise<boolean> {
  return (await cluster.sites()).some(({ name }) => name === stack);
}

async function withoutStack(stack: string, { run, context }: RemoveOptions): Promise<UsageError> {
  const cluster = new Cluster(run, context);
  return (await thereStill(stack, cluster))
    ? empty(stack, cluster)
    : new UsageError(
        `there is no stack '${stack}', and no namespace of it in the cluster: there is nothing to remove.\n  the sites that there are: npm run stack -- list`,
      );
}

/** Nothing that Pulumi knows of would be removed, and the site would stay. */
function empty(stack: string, cluster: Cluster): UsageError {
  return new UsageError(
    `nothing is removed: Pulumi's state has nothing of ${stack}, but its namespace is in the cluster. The state is lost, or in another backend (PULUMI_BACKEND_URL).\n` +
      `  if it is lost: ${cluster.command("delete", "namespace", stack)}\n` +
      `  then, for what is left of the stack: npm run stack -- remove ${stack}`,
  );
}

function failed(stack: string, text: string): string {
  const reason = `pulumi destroy of ${stack} failed, for the reason above; the stack stays.`;
  return /currently locked/.test(text)
    ? `${reason}\n  if no update of it runs any more: pulumi cancel --yes --stack ${stack}\n  then again: npm run stack -- remove ${stack}`
    : `${reason}\n  when that is repaired: npm run stack -- remove ${stack}`;
}

async function refuseLeftovers(stack: string, cluster: Cluster): Promise<void> {
  const there = (await cluster.sites()).find(({ name }) => name === stack);
  if (there !== undefined) {
    throw new UsageError(
      `pulumi destroy of ${stack} ended without an error, but its namespace is still in the cluster; the stack stays.\n` +
        `  what holds it up: ${cluster.command("describe", "namespace", stack)}\n` +
        `  then again: npm run stack -- remove ${stack}`,
    );
  }
  const volumes = await cluster.volumesOf(stack);
  if (volumes.length > 0) {
    throw new UsageError(
      `volumes of ${stack} are left, which its claims had: ${volumes.join(", ")}; the stack stays.\n` +
        `  if nobody needs what is on them: ${cluster.command("delete", "persistentvolume", ...volumes)}\n` +
        `  then again: npm run stack -- remove ${stack}`,
    );
  }
}
