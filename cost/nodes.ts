import type { PodGroup } from "./pods";
import { NODE_TYPES, type NodeType } from "./wanted";

/** Nodes by instance type. */
export type NodeCount = Readonly<Record<string, number>>;

/** The nodes for the fewest pods and for the most, or why they cannot be told. */
export type Nodes = { readonly min: NodeCount; readonly max: NodeCount } | { readonly why: string };

interface Node {
  readonly pods: PodGroup[];
  /** Once it exists it does not grow: what it can hold. */
  type?: string;
}

/** What pods can use of a node: CPU in thousandths, memory in MiB. */
interface Room {
  readonly cpu: number;
  readonly memory: number;
}

/**
 * The nodes that EKS Auto Mode makes for pods: its Karpenter packs pods that wait onto as few nodes as their requests allow,
 * one pod of a group per node if the group prefers that, and takes the cheapest type in which a node's pods fit. More pods of an
 * autoscaler first go to nodes with room: the scheduler only prefers to spread them. The most is what there is at once: Karpenter may
 * pack the pods onto fewer, larger nodes later. Source: Karpenter, "Scheduling" (preferences are
 * treated as required while it makes nodes); Kubernetes, "Pod Topology Spread Constraints" (`ScheduleAnyway`).
 * @param price of an hour of a type; types without one are not used
 */
export function nodesFor(
  groups: readonly PodGroup[],
  price: (type: string) => number | undefined,
): Nodes {
  const types = Object.keys(NODE_TYPES)
    .filter((type) => price(type) !== undefined)
    .sort((a, b) => (price(a) ?? 0) - (price(b) ?? 0));
  const elsewhere = groups.find(({ nodeSelector }) => Object.keys(nodeSelector).some(isChoice));
  if (elsewhere) {
    return {
      why: `pods of ${elsewhere.name} choose their nodes by labels (nodeSelector), and which instance types have those is not known`,
    };
  }
  const large = groups.find((group) => group.max > 0 && typeFor([group], types) === undefined);
  if (large) {
    return {
      why: `a pod of ${large.name} asks for more CPU or memory than any instance type with a price has`,
    };
  }
  const nodes = waiting(
    pods(groups, ({ min: running }) => running),
    [],
    types,
  );
  const min = counted(nodes);
  const more = pods(groups, ({ max, min: running }) => Math.max(0, max - running));
  const left = more.filter((pod) => !scheduled(pod, nodes));
  return { min, max: counted(waiting(left, nodes, types)) };
}

/** Only what every node of the pool has is no choice. */
function isChoice(label: string): boolean {
  return label !== "kubernetes.io/os";
}

function pods(groups: readonly PodGroup[], count: (group: PodGroup) => number): PodGroup[] {
  return groups.flatMap((group) => Array<PodGroup>(count(group)).fill(group));
}

/** Nodes with those that pods without a place need: the largest pods first. */
function waiting(
  pods: readonly PodGroup[],
  existing: readonly Node[],
  types: readonly string[],
): readonly Node[] {
  const made: Node[] = [];
  for (const pod of [...pods].sort((a, b) => b.cpu - a.cpu || b.memory - a.memory)) {
    const place = made.find(
      (node) =>
        !(pod.spread && node.pods.includes(pod)) &&
        typeFor([...node.pods, pod], types) !== undefined,
    );
    if (place) place.pods.push(pod);
    else made.push({ pods: [pod] });
  }
  for (const node of made) node.type = typeFor(node.pods, types) ?? "";
  return [...existing, ...made];
}

/** Puts a pod onto the node with the fewest of its kind that has room for it. */
function scheduled(pod: PodGroup, nodes: readonly Node[]): boolean {
  const alike = (node: Node) => node.pods.filter((other) => other === pod).length;
  const [place] = nodes
    .filter((node) => !(pod.apart && node.pods.includes(pod)))
    .filter((node) => fits([...node.pods, pod], node.type ?? ""))
    .sort((a, b) => alike(a) - alike(b));
  place?.pods.push(pod);
  return place !== undefined;
}

function typeFor(pods: readonly PodGroup[], types: readonly string[]): string | undefined {
  return types.find((type) => fits(pods, type));
}

function fits(pods: readonly PodGroup[], type: string): boolean {
  const node = NODE_TYPES[type];
  if (!node) return false;
  const room = roomOf(node);
  const sum = (of: (pod: PodGroup) => number) => pods.reduce((total, pod) => total + of(pod), 0);
  return (
    pods.length <= node.pods &&
    sum(({ cpu }) => cpu) <= room.cpu &&
    sum(({ memory }) => memory) <= room.memory
  );
}

/** Memory that the machine itself takes, as a part. Source: Karpenter, `VM_MEMORY_OVERHEAD_PERCENT`. */
const VM_MEMORY = 0.075;
const EVICTION_MIB = 100;

/** What the kubelet keeps for itself. Source: EKS AMI, `kubeReserved`: 6, 1, 0.5, 0.5 and 0.25 % of each core; 255 MiB + 11 a pod. */
function roomOf({ vcpu, memory, pods }: NodeType): Room {
  const kept = [60, 10, 5, 5];
  const cpu = Array.from({ length: vcpu }, (_, core) => kept[core] ?? 2.5).reduce((a, b) => a + b);
  return {
    cpu: vcpu * 1000 - cpu,
    memory: memory * 1024 * (1 - VM_MEMORY) - 255 - 11 * pods - EVICTION_MIB,
  };
}

function counted(nodes: readonly Node[]): NodeCount {
  const count: Record<string, number> = {};
  for (const { type = "" } of nodes) count[type] = (count[type] ?? 0) + 1;
  return count;
}
