import { bytesOf, milliCores, QUANTITY } from "../model/quantities";
import { GENERATED, type Plan, type PlannedResource } from "../plan/plan";

const HOSTNAME = "kubernetes.io/hostname";
const MIB = 2 ** 20;

/** Pods that are alike. */
export interface PodGroup {
  readonly name: string;
  /** What one pod asks for: CPU in thousandths, memory in MiB. */
  readonly cpu: number;
  readonly memory: number;
  /** How many there are, and how many the autoscaler may make of them. */
  readonly min: number;
  readonly max: number;
  /** Whether each prefers a node without another one of them, or must have one. */
  readonly spread: boolean;
  readonly apart: boolean;
  /** Labels that a node must have. */
  readonly nodeSelector: Readonly<Record<string, string>>;
  /** Whether they are an add-on's, and only believed. */
  readonly isAddon?: true;
}

interface Container {
  readonly resources?: { readonly requests?: { readonly cpu?: string; readonly memory?: string } };
}

interface PodSpec {
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly topologySpreadConstraints?: readonly { readonly topologyKey: string }[];
  readonly affinity?: {
    readonly podAntiAffinity?: {
      readonly requiredDuringSchedulingIgnoredDuringExecution?: unknown;
    };
  };
}

interface DeploymentSpec {
  readonly replicas?: number;
  readonly template: { readonly spec: PodSpec };
}

interface AutoscalerSpec {
  readonly minReplicas: number;
  readonly maxReplicas: number;
  readonly scaleTargetRef: { readonly name: string };
}

/** The part of the values of F5's chart that says which pods it makes. */
interface ControllerValues {
  readonly controller?: Container &
    Omit<PodSpec, "containers" | "initContainers"> & { readonly replicaCount?: number };
}

/**
 * Pods as EKS configures its add-ons: `aws eks describe-addon-configuration`. From memory, not confirmed in an account; whether
 * they prefer separate nodes is not known.
 */
const ADDONS: Readonly<Record<string, { cpu: number; memory: number; pods: number } | undefined>> =
  {
    "metrics-server": { cpu: 100, memory: 200, pods: 2 },
    // They ask for nothing, and find room on any node.
    "aws-efs-csi-driver": { cpu: 0, memory: 0, pods: 0 },
  };

/** Undefined: how many pods, or what they ask for, is not known. */
type Count = (
  resource: PlannedResource,
  autoscalers: readonly AutoscalerSpec[],
) => PodGroup | undefined;

const COUNTED: Readonly<Record<string, Count | undefined>> = {
  "kubernetes:apps/v1:Deployment": ofDeployment,
  "kubernetes:helm.sh/v3:Release": ofChart,
  "aws:eks/addon:Addon": ofAddon,
};

/** The pods that a stack runs, what has pods of which nothing is known, and in words what add-ons are believed to run. */
export function podsIn({ resources }: Pick<Plan, "resources">): {
  groups: readonly PodGroup[];
  unknown: readonly string[];
  addons: readonly string[];
} {
  const autoscalers = resources
    .filter(({ type }) => type.endsWith(":HorizontalPodAutoscaler"))
    .map(({ inputs }) => inputs.spec as AutoscalerSpec);
  const groups: PodGroup[] = [];
  const unknown: string[] = [];
  for (const resource of resources) {
    const count = COUNTED[resource.type];
    if (!count) continue;
    const group = count(resource, autoscalers);
    if (group && Object.values(group).every((value) => !Number.isNaN(value))) groups.push(group);
    else unknown.push(`the pods of ${resource.name}`);
  }
  return { groups, unknown, addons: groups.filter(({ isAddon }) => isAddon).map(addonWords) };
}

/** `the add-on addons-metrics has 2 pods that ask for 100m CPU and 200Mi memory each` */
function addonWords({ name, cpu, memory, min }: PodGroup): string {
  if (min === 0) return `the pods of the add-on ${name} ask for no CPU and memory`;
  return `the add-on ${name} has ${min} pods that ask for ${cpu}m CPU and ${memory}Mi memory each`;
}

function ofDeployment(
  { name, inputs }: PlannedResource,
  autoscalers: readonly AutoscalerSpec[],
): PodGroup | undefined {
  const { replicas = 1, template } = (inputs.spec ?? {}) as Partial<DeploymentSpec>;
  if (!template) return undefined;
  const own = (inputs.metadata as { name?: string } | undefined)?.name ?? `${name}${GENERATED}`;
  const scaled = autoscalers.find(({ scaleTargetRef }) => scaleTargetRef.name === own);
  const { spec } = template;
  return {
    name,
    ...requestsOf(spec.containers, spec.initContainers ?? []),
    min: Number(scaled?.minReplicas ?? replicas),
    max: Number(scaled?.maxReplicas ?? replicas),
    ...placement(spec),
  };
}

function ofChart({ name, inputs }: PlannedResource): PodGroup | undefined {
  const { controller } = (inputs.values ?? {}) as ControllerValues;
  if (controller?.replicaCount === undefined) return undefined;
  const pods = Number(controller.replicaCount);
  return {
    name,
    ...requestsOf([controller], []),
    min: pods,
    max: pods,
    ...placement(controller),
  };
}

function ofAddon({ name, inputs }: PlannedResource): PodGroup | undefined {
  const addon = ADDONS[String(inputs.addonName)];
  if (addon === undefined) return undefined;
  const { pods, ...asked } = addon;
  return {
    name,
    ...asked,
    min: pods,
    max: pods,
    spread: false,
    apart: false,
    nodeSelector: {},
    isAddon: true,
  };
}

function placement({
  nodeSelector = {},
  topologySpreadConstraints = [],
  affinity,
}: Pick<PodSpec, "nodeSelector" | "topologySpreadConstraints" | "affinity">) {
  const apart =
    affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution !== undefined;
  const prefers = topologySpreadConstraints.some(({ topologyKey }) => topologyKey === HOSTNAME);
  return { spread: apart || prefers, apart, nodeSelector };
}

/** Init containers run before the others, one by one: the pod asks for the larger of both. */
function requestsOf(containers: readonly Container[], init: readonly Container[]) {
  const cpu = (one: Container) => milliCores(one.resources?.requests?.cpu ?? "0");
  const memory = (one: Container) => mebibytes(one.resources?.requests?.memory);
  const asked = (of: (one: Container) => number) =>
    Math.max(
      containers.reduce((sum, one) => sum + of(one), 0),
      ...init.map(of),
    );
  return { cpu: asked(cpu), memory: asked(memory) };
}

/** NaN for what is no amount. */
function mebibytes(amount?: string): number {
  if (amount === undefined) return 0;
  return QUANTITY.test(amount) ? bytesOf(amount) / MIB : NaN;
}
