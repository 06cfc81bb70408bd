/*
 * Rules of scanners that this project does not follow. docs/rules.md prints them.
 */

export interface RejectedRule {
  /** As its scanner names it. */
  readonly ids: readonly string[];
  readonly asks: string;
  readonly because: string;
}

export const REJECTED: readonly RejectedRule[] = [
  {
    ids: ["CKV_K8S_11"],
    asks: "a CPU limit",
    because:
      "A limit throttles a pod while its node has CPU to spare, and so costs latency; requests share CPU out fairly. CPU requests are asked for (`pod-resources`).",
  },
  {
    ids: ["CKV_K8S_15"],
    asks: "`imagePullPolicy: Always`",
    because:
      "A digest is the same image each time, so that asking the registry again only makes pods wait for it, and fail while it is down.",
  },
  {
    ids: ["CKV_K8S_35", "read-secret-from-env-var"],
    asks: "secrets as files",
    because:
      "Next.js and its apps read `process.env`. The variables come from Secrets, and no pod has a token for the Kubernetes API.",
  },
  {
    ids: ["CKV_K8S_40"],
    asks: "a uid of 10,000 or more",
    because:
      "Images of Node.js have the user 1000 (`node`), and the shared files belong to it. Pods cannot become root, and have no capabilities.",
  },
  {
    ids: ["default-service-account"],
    asks: "a ServiceAccount for each application",
    because:
      "Pods get no token at all (`automountServiceAccountToken: false`), so there is nothing to tell apart.",
  },
  {
    ids: ["no-anti-affinity"],
    asks: "pods that refuse to share a node",
    because:
      "`topologySpreadConstraints` spread them over nodes and zones without leaving one Pending; `app.hostAntiAffinity` is there for who wants more.",
  },
  {
    ids: ["minimum-three-replicas", "hpa-minimum-three-replicas"],
    asks: "three pods at least",
    because:
      "Two survive the loss of one, and the autoscaler adds what visitors need. A single pod in production is told (`one-pod`).",
  },
  {
    ids: ["CKV_AWS_39"],
    asks: "no public endpoint of the Kubernetes API",
    because:
      "Who deploys without a VPN needs one. Its addresses are listed (`cluster.publicAccessCidrs`), and the whole internet is refused (`api-server-open`).",
  },
  {
    ids: ["CKV_AWS_338"],
    asks: "logs that are kept for a year",
    because:
      "90 days of control plane logs are what an incident needs; a year is a matter of law, and of your own policy.",
  },
  {
    ids: ["CKV2_AWS_11"],
    asks: "flow logs of the VPC",
    because:
      "They cost money for each GB, also where nobody reads them. Whether to keep them is a matter of law, and of your own policy.",
  },
  {
    ids: ["CKV_AWS_51"],
    asks: "tags in ECR that never move",
    because: "Pods name the image by its digest. The tag only marks the newest one.",
  },
  {
    ids: ["CKV_AWS_158", "CKV_AWS_184", "CKV_AWS_191", "CKV_AWS_136"],
    asks: "keys of your own for logs, EFS, Redis and ECR",
    because:
      "AWS's keys encrypt all of them. A key of one's own is one more thing whose loss is the loss of the data; Kubernetes' Secrets have one.",
  },
];
