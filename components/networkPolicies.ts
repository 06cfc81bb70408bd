import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { objectLabels } from "./labels";

export interface NetworkPoliciesArgs {
  namespace: pulumi.Input<string>;
  /** Namespace of the ingress controller. */
  controllerNamespace: string;
  /** Additional namespaces whose pods can reach the site's. */
  allowFromNamespaces: string[];
  /** The workloads that answer visitors. They reach each other and Redis. */
  servers: string[];
  /** The workload that everybody can reach because its Service has a port outside the cluster, and its pods' port. */
  openToAll?: { workload: string; port: number };
  /** The Redis workloads in the namespace. */
  redis: string[];
  /** Where pods may connect to beside DNS and Redis: anywhere, or these IPv4 ranges. */
  outbound: "all" | string[];
}

type Rules = k8s.types.input.networking.v1.NetworkPolicySpec;
type Peer = k8s.types.input.networking.v1.NetworkPolicyPeer;

const REDIS_PORT = [{ protocol: "TCP", port: 6379 }];
/** To anywhere, because clusters answer DNS in different places (a Service, the node itself). */
const DNS_PORTS = ["UDP", "TCP"].map((protocol) => ({ protocol, port: 53 }));

/**
 * The network policies of the application's namespace: what they do not name is denied. The kubelet's probes always get
 * through. A cluster whose network plugin does not enforce policies ignores them.
 */
export class NetworkPolicies extends pulumi.ComponentResource {
  constructor(name: string, args: NetworkPoliciesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("next-on-eks:kubernetes:NetworkPolicies", name, {}, opts);
    for (const [role, spec] of Object.entries(policies(args))) {
      new k8s.networking.v1.NetworkPolicy(
        `${name}-${role}`,
        { metadata: { namespace: args.namespace, labels: objectLabels(name) }, spec },
        { parent: this },
      );
    }
    this.registerOutputs({});
  }
}

/** The policies by role. They add up: a connection is allowed if one of them allows it. */
export function policies(args: Omit<NetworkPoliciesArgs, "namespace">): Record<string, Rules> {
  const redis = workloads("In", args.redis);
  const others = workloads("NotIn", args.redis);
  const servers = workloads("In", args.servers);
  const namespaces: Peer[] = [args.controllerNamespace, ...args.allowFromNamespaces].map(
    (namespace) => ({
      namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
    }),
  );
  const outbound: Peer[] | undefined =
    args.outbound === "all"
      ? undefined
      : args.outbound.map((range) => ({ ipBlock: { cidr: range } }));
  return {
    "deny-all": { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
    // `ingress.paths` may name other Services in the namespace, so the controller can reach everything except Redis.
    "from-controller": {
      podSelector: others,
      policyTypes: ["Ingress"],
      ingress: [{ from: [...namespaces, { podSelector: servers }] }],
    },
    // Nodes forward visitors from addresses that no selector matches.
    ...(args.openToAll !== undefined && {
      "from-anywhere": {
        podSelector: workloads("In", [args.openToAll.workload]),
        policyTypes: ["Ingress"],
        ingress: [{ ports: [{ protocol: "TCP", port: args.openToAll.port }] }],
      },
    }),
    "to-redis": {
      podSelector: redis,
      policyTypes: ["Ingress"],
      ingress: [{ from: [{ podSelector: servers }], ports: REDIS_PORT }],
    },
    outbound: {
      podSelector: others,
      policyTypes: ["Egress"],
      egress: [
        { ports: DNS_PORTS },
        { to: [{ podSelector: servers }] },
        { to: [{ podSelector: redis }], ports: REDIS_PORT },
        ...(outbound === undefined ? [{}] : outbound.length > 0 ? [{ to: outbound }] : []),
      ],
    },
  };
}

function workloads(
  operator: "In" | "NotIn",
  values: string[],
): k8s.types.input.meta.v1.LabelSelector {
  return { matchExpressions: [{ key: "app.kubernetes.io/name", operator, values }] };
}
