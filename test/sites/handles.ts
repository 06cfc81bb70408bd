import type { Plan, PlannedResource } from "../../plan/plan";
import { COMPUTED } from "../../plan/plan";

/*
 * What a stack holds that another stack could hold as well: each as text that both plans would have.
 */

export interface Handles {
  /** DNS names that its Ingresses answer to. */
  readonly hosts: readonly string[];
  /** Under which it keeps pages in a shared store, and the stores: Redis by its address. */
  readonly keys: readonly string[];
  /** Claims and volumes, and what is behind them: folders of nodes, exports, file systems. */
  readonly claims: readonly string[];
  /** Objects of Kubernetes by kind, namespace and name, and ports of the nodes. */
  readonly names: readonly string[];
}

/** @param plan with its secrets in clear */
export function handlesOf(plan: Plan): Handles {
  const own = plan.resources.filter(({ read }) => !read);
  const objects = own.filter(({ type }) => type.startsWith("kubernetes:"));
  const texts = own.flatMap(({ inputs }) => textsIn(inputs));
  return sorted({
    hosts: objects.filter(ofKind("Ingress")).flatMap(({ inputs }) => hostsIn(inputs)),
    keys: [
      ...objects.flatMap(({ inputs }) => variable(inputs, "NEXT_SHARED_CACHE_APP")),
      ...texts.flatMap((text) => /^rediss?:\/\/(?:[^@]*@)?(.+)$/.exec(text)?.[1] ?? []),
    ],
    claims: [
      ...objects.filter(ofKind("PersistentVolumeClaim")).map(nameOf),
      ...objects.filter(ofKind("PersistentVolume")).map(nameOf),
      ...objects.flatMap(({ inputs }) => sourcesIn(inputs)),
      ...objects.flatMap(({ inputs }) => claimNames(inputs)),
    ],
    names: [...objects.flatMap(namesOf), ...objects.flatMap(({ inputs }) => nodePorts(inputs))],
  });
}

/** What two stacks both hold, by kind; `[]`: nothing. */
export function shared(a: Handles, b: Handles): string[] {
  return (Object.keys(a) as (keyof Handles)[]).flatMap((kind) =>
    a[kind].filter((handle) => b[kind].includes(handle)).map((handle) => `${kind}: ${handle}`),
  );
}

function ofKind(kind: string): (resource: PlannedResource) => boolean {
  return ({ type }) => type.endsWith(`:${kind}`);
}

function nameOf({ type, name, inputs }: PlannedResource): string {
  const { namespace, name: own = `${name}-…` } = metadataOf(inputs);
  return `${type.split(":").at(-1)} ${namespace ?? "-"}/${own}`;
}

/** Without a namespace, a name that Pulumi completes by itself is nobody else's. */
function namesOf(resource: PlannedResource): string[] {
  const { namespace, name } = metadataOf(resource.inputs);
  return namespace === undefined && name === undefined ? [] : [nameOf(resource)];
}

function metadataOf(inputs: PlannedResource["inputs"]): { namespace?: string; name?: string } {
  const release = inputs.chart === undefined ? undefined : inputs;
  return (release ?? inputs.metadata ?? {}) as { namespace?: string; name?: string };
}

function hostsIn(inputs: PlannedResource["inputs"]): string[] {
  const { rules = [], tls = [] } = inputs.spec as {
    rules?: { host: string }[];
    tls?: { hosts?: string[] }[];
  };
  return [...rules.map(({ host }) => host), ...tls.flatMap(({ hosts = [] }) => hosts)];
}

/** Values of a variable in all containers below. */
function variable(value: unknown, name: string): string[] {
  return mapsIn(value).flatMap((map) =>
    map.name === name && typeof map.value === "string" ? [map.value] : [],
  );
}

function claimNames(value: unknown): string[] {
  return mapsIn(value).flatMap(({ claimName }) =>
    typeof claimName === "string" && claimName !== COMPUTED ? [`claimName ${claimName}`] : [],
  );
}

function sourcesIn(value: unknown): string[] {
  return mapsIn(value).flatMap(({ hostPath, nfs, csi }) =>
    [hostPath, nfs, csi].flatMap((source) => (source ? [JSON.stringify(source)] : [])),
  );
}

function nodePorts(value: unknown): string[] {
  return mapsIn(value).flatMap((map) =>
    ["nodePort", "hostPort"].flatMap((key) => (map[key] ? [`${key} ${String(map[key])}`] : [])),
  );
}

function mapsIn(value: unknown): Record<string, unknown>[] {
  if (typeof value !== "object" || value === null) return [];
  const below = Object.values(value).flatMap(mapsIn);
  return Array.isArray(value) ? below : [value as Record<string, unknown>, ...below];
}

function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

function sorted(handles: Handles): Handles {
  return Object.fromEntries(
    Object.entries(handles).map(([kind, all]) => [kind, [...new Set(all as string[])].sort()]),
  ) as unknown as Handles;
}
