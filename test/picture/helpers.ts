import type { Plan } from "../../plan/plan";
import { graphOf } from "../../picture/graph";
import type { Compared } from "../../picture/marks";
import { drawn } from "../../picture/picture";
import { svgOf } from "../../picture/svg";
import { reviewOf } from "../../review/review";
import { STACKS } from "../helpers/configs";
import { planOfStack } from "../policies/helpers";
import { planned } from "../review/helpers";

const VPC = {
  vpcId: "vpc-0123456789abcdef0",
  privateSubnetIds: ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
  publicSubnetIds: ["subnet-0123456789abcdef2", "subnet-0123456789abcdef3"],
};

/** Configs that leave parts out, or use what is there already. */
const ODD: Readonly<Record<string, readonly [stack: string, changes: Record<string, unknown>]>> = {
  "own controller, two small Redis": [
    "local",
    {
      "next-on-eks:ingress.install": false,
      "next-on-eks:redis": { sessions: "own", inCluster: true },
    },
  ],
  "own Redis, NFS, ports of the nodes": [
    "local",
    {
      "next-on-eks:redis": { url: "redis://redis.test:6379" },
      "next-on-eks:files": { nfs: { server: "10.0.0.5", path: "/mnt" } },
      "next-on-eks:cluster.nodes": undefined,
      "next-on-eks:ingress.nodePorts": { http: 30080, https: 30443 },
    },
  ],
  "files alone, no policies": [
    "local",
    {
      "next-on-eks:cache": { store: "files" },
      "next-on-eks:redis": undefined,
      "next-on-eks:networkPolicy": { enabled: false },
    },
  ],
  "own VPC, no static-assets, long hosts": [
    "dev",
    {
      "next-on-eks:network": { existing: VPC },
      "next-on-eks:assets": { enabled: false },
      "next-on-eks:app.host": `${"a".repeat(60)}.${"b".repeat(60)}.example.org`,
    },
  ],
};

let all: Promise<ReadonlyMap<string, Plan>> | undefined;

/** The stacks for tests, and odd ones, each made once. */
export function plans(): Promise<ReadonlyMap<string, Plan>> {
  all ??= make();
  return all;
}

async function make(): Promise<ReadonlyMap<string, Plan>> {
  const found = new Map<string, Plan>();
  for (const stack of STACKS) found.set(stack, await planOfStack(stack));
  for (const [name, [stack, changes]] of Object.entries(ODD)) {
    found.set(name, await planned(stack, changes));
  }
  return found;
}

export async function planNamed(name: string): Promise<Plan> {
  const plan = (await plans()).get(name);
  if (!plan) throw new Error(`there is no plan '${name}'`);
  return plan;
}

/** What a comparison of two plans is drawn from. */
export function comparedWith(before: Plan | undefined, after: Plan): Compared {
  const { rows } = reviewOf(before, after);
  return { before, changes: rows.flatMap(({ changes }) => [...changes]) };
}

/** The picture of what differs between two plans. */
export function pictureBetween(before: Plan | undefined, after: Plan): string {
  return svgOf("", [{ sentences: [], drawing: drawn(after, comparedWith(before, after)) }]);
}

/** A plan without the components of these names, and what is in them: `StaticAssets static-assets`. */
export function withoutParts(plan: Plan, ...names: readonly string[]): Plan {
  const gone = new Set(
    graphOf(plan).parts.flatMap((it) => (names.includes(it.component) ? it.id : [])),
  );
  if (gone.size !== names.length) throw new Error(`the plan has not all of ${names.join(", ")}`);
  const isGone = (urn: string | null): boolean =>
    urn !== null &&
    (gone.has(urn) || isGone(plan.resources.find((it) => it.urn === urn)?.parent ?? null));
  return { ...plan, resources: plan.resources.filter(({ urn }) => !isGone(urn)) };
}
