import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { objectLabels } from "./labels";

export interface NetworkPoliciesArgs {
  namespace: pulumi.Input<string>;
  /** Namespace of the ingress controller. */
  controllerNamespace: string;
  /** Further namespaces whose pods reach the site's. */
  allowFromNamespaces: string[];
  /** The workloads that answer visitors. They reach each other and Redis. */
  servers: string[];
  /** The workload that anybody reaches, where its Service has a port outside the cluster, and its pods' port. */
  openToAll?: { workload: string; port: number };
  /** The Redis workloads in the namespace. */
  redis: string[];
  /** Where pods may connect to beside DNS and Redis: anywhere, or these IPv4 ranges. */
  outbound: "all" | string[];
}

type Rules = k8s.types.input.networking.v1.NetworkPolicySpec;
type Peer = k8s.types.input.networking.v1.NetworkPolicyPeer;

const REDIS_PORT = [{ protocol: "TCP", port: 6379 }];
/** To anywhere: where DNS is answered (a Service, the node itself) differs between clusters. */
const DNS_PORTS = ["UDP", "TCP"].map((protocol) => ({ protocol, port: 53 }));

/**
 * Who may talk to whom in the application's namespace: what is not named here is refused. Kubelet's probes are always let
 * through. A cluster whose network does not enforce policies ignores them all.
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

/** The policies by their role. They add up: a connection passes that one of them lets through. */
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
    // Services of `ingress.paths` stand beside the application: all but Redis is the controller's to reach.
    "from-controller": {
      podSelector: others,
      policyTypes: ["Ingress"],
      ingress: [{ from: [...namespaces, { podSelector: servers }] }],
    },
    // Nodes pass visitors on from addresses that no selector knows.
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
