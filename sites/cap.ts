import { UsageError } from "../cli/stackConfig";
import { pullRequestOf } from "../model/reviewSite";
import type { Cluster } from "./cluster";
import type { Pulumi } from "./pulumi";

/*
 * How many review sites there may be. Several are made at once, by jobs that know nothing of each other, so a look before a
 * site is made is not enough: between it and the making another may take the last place. So a site first takes a place,
 * by its stack, and then counts: whichever of several took its place last sees all others. None stays that sees too many.
 */

/** What a site is counted with. */
export interface Counting {
  /** Its stack: `pr-12`. */
  readonly stack: string;
  /** How many sites there may be at once. */
  readonly cap: number;
  readonly pulumi: Pulumi;
  readonly cluster: Cluster;
  /** @param ms to wait */
  readonly wait: (ms: number) => Promise<unknown>;
}

/** A site that gives its place back needs a few seconds; one that is being made shows its namespace later, or never. */
const WAIT_MS = 2_000;
const MOST_LOOKS = 15;

/** @throws {UsageError} if there is no place for another site now */
export async function refuseOverCap(counting: Counting): Promise<void> {
  const { all } = await others(counting);
  if (all.length >= counting.cap) throw overCap(all, counting.cap);
}

/**
 * Counts again, once the site has its stack. Of sites that are made at the same moment the lowest number stays: it waits
 * until those after it have given their places back.
 * @throws {UsageError} if there is no place: then the caller gives this one back
 */
export async function keepPlace(counting: Counting): Promise<void> {
  const { cap, wait } = counting;
  for (let looks = 1; ; looks++) {
    const { all, staying } = await others(counting);
    if (all.length < cap) return;
    if (staying.length >= cap || looks === MOST_LOOKS) throw overCap(all, cap);
    await wait(WAIT_MS);
  }
}

/**
 * All other sites by name, in Pulumi's state or in the cluster: what Pulumi knows takes its place again with its next
 * update, whether it has a namespace now or not. `staying`: those that will not make room for this one.
 */
async function others({ stack, pulumi, cluster }: Counting): Promise<{
  readonly all: readonly string[];
  readonly staying: readonly string[];
}> {
  const known = (await pulumi.stacks()).map(({ name }) => name);
  const namespaces = (await cluster.sites())
    .filter(({ goingSince }) => goingSince === undefined)
    .map(({ name }) => name);
  const all = [...new Set([...known, ...namespaces])]
    .filter((name) => pullRequestOf(name) !== undefined && name !== stack)
    .sort();
  const own = pullRequestOf(stack) ?? 0;
  const first = (name: string) => (pullRequestOf(name) ?? 0) < own;
  return { all, staying: all.filter((name) => namespaces.includes(name) || first(name)) };
}

function overCap(names: readonly string[], cap: number): UsageError {
  return new UsageError(
    `there are ${names.length} review sites already, and --max is ${cap}: ${names.join(", ")}.\n` +
      `  remove one: npm run stack -- remove ${names[0]}\n  or allow more: --max ${names.length + 1}`,
  );
}
