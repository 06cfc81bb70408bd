import { endedSupport, KUBERNETES_VERSIONS } from "../../model/kubernetesVersions";
import { isLower } from "../../model/versions";
import { HOURS, type Pricer } from "../context";

/** The control plane, without the nodes. */
export const priceClusters: Pricer = (clusters, { add, today }) => {
  for (const { name, inputs } of clusters) {
    add(`EKS control plane ${name}`, "", ["eks.cluster", HOURS]);
    const version = String(inputs.version);
    if (!isExtended(version, inputs.upgradePolicy, today)) continue;
    const since = endedSupport(version, today);
    add(
      `extended support ${name}`,
      `Kubernetes ${version}${since === undefined ? "" : `, standard support ended ${since}`}`,
      ["eks.extendedSupport", HOURS],
    );
  }
};

/**
 * With the policy STANDARD, EKS upgrades a cluster when the standard support of its version ends; else it bills extended
 * support from that day on. Source: EKS user guide, "View current cluster upgrade policy".
 */
function isExtended(version: string, policy: unknown, today: Date): boolean {
  const { supportType = "EXTENDED" } = (policy ?? {}) as { supportType?: string };
  if (supportType === "STANDARD") return false;
  const [oldest = ""] = KUBERNETES_VERSIONS;
  return isLower(version, oldest) || endedSupport(version, today) !== undefined;
}
