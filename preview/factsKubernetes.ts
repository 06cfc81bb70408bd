import { RESERVED_VARIABLES, PLAIN_VARIABLES } from "../config/variables";
import { either, labelled, type Facts } from "./factWords";
import { policyFacts } from "./factsNetworkPolicy";

const POD = "spec.template.spec.containers.0";

export const KUBERNETES_FACTS: Readonly<Record<string, Facts>> = {
  "kubernetes:apps/v1:Deployment": (input) => [
    labelled("replicas", input("spec.replicas")),
    labelled("image", input(`${POD}.image`)),
    labelled("cpu", input(`${POD}.resources.requests.cpu`)),
    labelled("memory", input(`${POD}.resources.limits.memory`)),
    input("spec.strategy.type") === "RollingUpdate"
      ? ""
      : labelled("strategy", input("spec.strategy.type")),
    labelled("surge", input("spec.strategy.rollingUpdate.maxSurge")),
    labelled("unavailable", input("spec.strategy.rollingUpdate.maxUnavailable")),
    // Only by name: the value of a variable is in --json, unless it is secret.
    labelled("env", ownVariables(input(`${POD}.env.*.name`))),
  ],
  "kubernetes:autoscaling/v2:HorizontalPodAutoscaler": (input) => [
    `${input("spec.minReplicas")} to ${input("spec.maxReplicas")} pods`,
    `${input("spec.metrics.0.resource.name")} ${input("spec.metrics.0.resource.target.averageUtilization")} %`,
  ],
  "kubernetes:core/v1:ConfigMap": (input) => [either(input("immutable"), "replaced when changed")],
  "kubernetes:core/v1:Namespace": (input) => [
    input("metadata.name"),
    labelled("pods", input("metadata.labels", "pod-security.kubernetes.io/enforce")),
  ],
  "kubernetes:core/v1:PersistentVolume": (input) => [
    input("spec.capacity.storage"),
    labelled("handle", input("spec.csi.volumeHandle")),
    input("spec.nfs.server") && `NFS ${input("spec.nfs.server")}:${input("spec.nfs.path")}`,
    labelled("host path", input("spec.hostPath.path")),
    labelled("reclaim", input("spec.persistentVolumeReclaimPolicy")),
  ],
  "kubernetes:core/v1:PersistentVolumeClaim": (input) => [
    input("spec.resources.requests.storage"),
    input("spec.accessModes"),
    labelled("class", input("spec.storageClassName")),
    labelled("volume", input("spec.volumeName")),
    labelled("volume with", input("spec.selector.matchLabels.next-on-eks/volume")),
  ],
  "kubernetes:core/v1:Secret": (input) => [
    input("type"),
    labelled("data", input("stringData") || input("data")),
  ],
  "kubernetes:core/v1:Service": (input) => [
    input("spec.type"),
    labelled("port", input("spec.ports.*.port")),
    labelled("node port", input("spec.ports.*.nodePort")),
  ],
  "kubernetes:helm.sh/v3:Release": (input) => [
    input("chart"),
    input("version"),
    labelled("namespace", input("namespace")),
    labelled("replicas", input("values.controller.replicaCount")),
    labelled("class", input("values.controller.ingressClass.name")),
  ],
  "kubernetes:networking.k8s.io/v1:Ingress": (input) => [
    labelled("host", input("spec.rules.*.host")),
    labelled("class", input("spec.ingressClassName")),
    labelled("TLS", input("spec.tls") && (input("spec.tls.0.secretName") || "of the controller")),
  ],
  "kubernetes:networking.k8s.io/v1:NetworkPolicy": (_, inputs) => policyFacts(inputs),
  "kubernetes:policy/v1:PodDisruptionBudget": (input) => [
    labelled("unavailable at once", input("spec.maxUnavailable")),
    labelled("available at least", input("spec.minAvailable")),
  ],
  "kubernetes:storage.k8s.io/v1:StorageClass": (input) => [
    input("provisioner"),
    input("parameters.provisioningMode"),
    labelled("reclaim", input("reclaimPolicy")),
  ],
  "pulumi:providers:kubernetes": (input) => [
    labelled("kubeconfig", input("kubeconfig")),
    labelled("context", input("context")),
    either(input("enableServerSideApply"), "server-side apply"),
  ],
};

/** Without those that every stack has: a reader looks for their own. */
function ownVariables(names: string): string {
  return names
    .split(" ")
    .filter((name) => !RESERVED_VARIABLES.has(name) && !PLAIN_VARIABLES.has(name))
    .join(" ");
}
