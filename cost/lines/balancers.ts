import type { PlannedResource } from "../../plan/plan";
import { HOURS, type Context } from "../context";

/** EKS Auto Mode makes a Network Load Balancer for a Service of this class. */
const NLB = "eks.amazonaws.com/nlb";
const SCHEME = "service.beta.kubernetes.io/aws-load-balancer-scheme";

interface Service {
  readonly type?: string;
  readonly loadBalancerClass?: string;
  readonly annotations?: Readonly<Record<string, unknown>>;
}

/** Load balancers that Kubernetes makes, which are no resources of the plan: their hours, addresses and traffic. */
export function priceBalancers({ plan, usage, add, notPriced }: Context): void {
  const { trafficGb } = usage;
  for (const { name, service } of services(plan.resources)) {
    if (service.type !== "LoadBalancer") continue;
    const [balancer, traffic, addresses] = partsOf(name);
    if (service.loadBalancerClass !== NLB) {
      notPriced(
        balancer,
        `its class is ${service.loadBalancerClass ?? "not set"}, and only ${NLB} has a price, a Network Load Balancer of EKS Auto Mode`,
        { also: [traffic, addresses] },
      );
      continue;
    }
    add(balancer, "Network Load Balancer", ["balancer.hour", HOURS]);
    // A capacity unit is 1 GB in an hour. Source: Elastic Load Balancing pricing.
    add(traffic, `${trafficGb} GB`, ["balancer.capacity", trafficGb], ["transfer.out", trafficGb]);
    if (service.annotations?.[SCHEME] !== "internet-facing") continue;
    const zones = zonesOf(plan.resources);
    add(addresses, String(zones), ["address.hour", zones * HOURS]);
  }
}

function partsOf(name: string): readonly [balancer: string, traffic: string, addresses: string] {
  return [
    `load balancer of ${name}`,
    `traffic of ${name} to visitors`,
    `public IPv4 addresses of ${name}`,
  ];
}

function services(resources: readonly PlannedResource[]): { name: string; service: Service }[] {
  return resources.flatMap(({ type, name, inputs }) => {
    if (type === "kubernetes:core/v1:Service") {
      const { annotations } = (inputs.metadata ?? {}) as Service;
      return [{ name, service: { ...(inputs.spec as Service), annotations } }];
    }
    if (type !== "kubernetes:helm.sh/v3:Release") return [];
    const values = (inputs.values ?? {}) as { controller?: { service?: Service } };
    return values.controller?.service ? [{ name, service: values.controller.service }] : [];
  });
}

/** A load balancer has an address in each zone; so has the shared file system, which an existing VPC has too. */
function zonesOf(resources: readonly PlannedResource[]): number {
  const zones = resources.filter(({ type }) => type === "aws:efs/mountTarget:MountTarget").length;
  return zones === 0 ? NaN : zones;
}
