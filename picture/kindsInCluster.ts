import type { Kind } from "./kind";
import { listAt, textAt, type Members } from "./members";
import { counted, redisTitle, resourcesWord } from "./words";

const POD = "spec.template.spec.containers.0";

/** Components that make Kubernetes objects. */
export const KINDS_IN_CLUSTER: Readonly<Record<string, Kind>> = {
  AppNamespace: {
    place: { frame: "namespace" },
    title: () => "namespace",
    facts: (members) => [members.value("Namespace", "metadata.name")],
  },
  IngressController: {
    place: { row: "entry", order: 1 },
    title: () => "nginx, the ingress controller",
    facts: (members) => [
      podsOf(members.value("Release", "values.controller.replicaCount")),
      reachedBy(members),
    ],
  },
  AppIngress: {
    place: { row: "routes", order: 1 },
    title: () => "Ingress",
    facts: (members) => [hostsOf(members), portsOf(members)],
  },
  NextApp: {
    place: { row: "servers", order: 1 },
    title: () => "Next.js pods",
    facts: (members) => [
      autoscaled(members) ?? podsOf(members.value("Deployment", "spec.replicas")),
      resourcesWord(
        members.value("Deployment", `${POD}.resources.requests.cpu`),
        members.value("Deployment", `${POD}.resources.limits.memory`),
      ),
      members.count("Deployment") > 1 ? "blue and green" : undefined,
    ],
  },
  StaticAssets: {
    place: { row: "servers", order: 2 },
    title: () => "static-assets pods",
    facts: (members) => [
      podsOf(members.value("Deployment", "spec.replicas")),
      "files of recent releases",
    ],
  },
  SharedVolumes: {
    place: { row: "storage", order: 2 },
    title: () => "shared folders",
    facts: (members) => [
      claim(members, "cache", "/shared/cache"),
      claim(members, "uploads", "/data"),
      storage(members),
    ],
  },
  InClusterRedis: {
    place: { row: "storage", order: 1 },
    title: (_, context) => redisTitle(context),
    facts: (members) => [
      podsOf(members.value("Deployment", "spec.replicas")),
      members.value("Deployment", `${POD}.image`),
    ],
  },
  NetworkPolicies: {
    place: { chip: true },
    title: (members) =>
      counted(members.count("NetworkPolicy"), "network policy", "network policies"),
  },
  PodFiles: { place: { chip: true }, title: () => "the pod's agent" },
};

function podsOf(replicas: string | undefined): string | undefined {
  return replicas === undefined ? undefined : counted(Number(replicas), "pod");
}

function autoscaled(members: Members): string | undefined {
  const of = (path: string) => members.value("HorizontalPodAutoscaler", path);
  const [min, max] = [of("spec.minReplicas"), of("spec.maxReplicas")];
  if (min === undefined || max === undefined) return undefined;
  return min === max ? podsOf(min) : `${min} to ${max} pods`;
}

function reachedBy(members: Members): string | undefined {
  const of = (path: string) => members.value("Release", `values.controller.service.${path}`);
  if (of("loadBalancerClass")?.includes("nlb")) return "behind a Network Load Balancer";
  if (of("type") === "NodePort") {
    return `on node ports ${of("httpPort.nodePort")} and ${of("httpsPort.nodePort")}`;
  }
  return of("type") === "LoadBalancer" ? "behind the cluster's load balancer" : undefined;
}

function hostsOf(members: Members): string | undefined {
  const hosts = members.of("Ingress").flatMap(({ inputs }) => listAt(inputs, "spec.rules"));
  const [first, ...more] = hosts.flatMap((rule) => textAt(rule, "host") ?? []);
  if (first === undefined) return undefined;
  return more.length > 0 ? `${first} and ${more.length} more` : first;
}

function portsOf(members: Members): string {
  const [ingress] = members.of("Ingress");
  return listAt(ingress?.inputs, "spec.tls").length > 0 ? "HTTPS" : "HTTP";
}

function claim(members: Members, name: string, folder: string): string | undefined {
  const found = members
    .of("PersistentVolumeClaim")
    .find((it) => it.name === name || it.name.endsWith(`-${name}`));
  const size = textAt(found?.inputs, "spec.resources.requests.storage");
  return found && `${folder} ${size ?? ""}`.trim();
}

/** Where the folders are, unless a part of its own says so. */
function storage(members: Members): string | undefined {
  const [server, hostPath, ownClass] = [
    members.value("PersistentVolume", "spec.nfs.server"),
    members.value("PersistentVolume", "spec.hostPath.path"),
    members.value("PersistentVolumeClaim", "spec.storageClassName"),
  ];
  if (server !== undefined) return `NFS server ${server}`;
  if (hostPath !== undefined) return "on the node's disk";
  return ownClass !== undefined && members.count("StorageClass") === 0
    ? `class ${ownClass}`
    : undefined;
}
