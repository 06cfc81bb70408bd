import { HOURS, range, type Amount, type Context } from "../context";
import { nodesFor, type NodeCount } from "../nodes";
import { podsIn } from "../pods";

/** Each node of EKS Auto Mode has a disk of 80 GiB. Source: EKS user guide, "Create a Node Class", `ephemeralStorage`. */
const DISK_GIB = 80;

const NODES = "nodes and Auto Mode's fee";
const DISKS = "disks of the nodes";

/** The nodes that EKS Auto Mode makes for the stack's pods, which are no resources of the plan. */
export function priceNodes(context: Context): void {
  const clusters = context.plan.resources.filter(({ type }) => type === "eks:index:Cluster");
  if (clusters.length === 0) return;
  const isAuto = ({ inputs }: (typeof clusters)[number]) =>
    (inputs.autoMode as { enabled?: unknown } | undefined)?.enabled === true;
  if (!clusters.every(isAuto))
    return leaveOut(context, "the cluster has Auto Mode off, and only its nodes are counted");

  const { groups, unknown, addons } = podsIn(context.plan);
  for (const pods of unknown) {
    context.notPriced(
      `nodes for ${pods}`,
      "how many they are, or how much CPU and memory they ask for, is not known",
    );
  }
  const nodes = nodesFor(groups, (type) => context.price(`node.${type}`));
  if ("why" in nodes) return leaveOut(context, nodes.why);
  const types = [...new Set([...Object.keys(nodes.min), ...Object.keys(nodes.max)])];
  const amounts = types.flatMap((type): Amount[] =>
    ["node", "autoMode"].map((price) => [
      `${price}.${type}`,
      (nodes.min[type] ?? 0) * HOURS,
      (nodes.max[type] ?? 0) * HOURS,
    ]),
  );
  const words = types.map((type) => `${range(nodes.min[type] ?? 0, nodes.max[type] ?? 0)} ${type}`);
  context.add(NODES, words.join(", "), ...amounts);
  for (const pods of addons) context.assume(`${pods}; not confirmed in an account`);
  const [least, most] = [total(nodes.min), total(nodes.max)];
  context.add(DISKS, `${range(least, most)} of ${DISK_GIB} GiB`, [
    "node.disk",
    least * DISK_GIB,
    most * DISK_GIB,
  ]);
}

function leaveOut({ notPriced }: Context, why: string): void {
  notPriced(NODES, why);
  notPriced(DISKS, "each node has one, and how many nodes there are is not known");
}

function total(nodes: NodeCount): number {
  return Object.values(nodes).reduce((sum, count) => sum + count, 0);
}
