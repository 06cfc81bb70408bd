import { KUBERNETES_VERSIONS } from "./kubernetesVersions";

/** EKS add-ons that the stack installs, by what the code calls them. */
export const ADDON_NAMES = {
  efsDriver: "aws-efs-csi-driver",
  metricsServer: "metrics-server",
} as const;

export type AddonVersions = Readonly<Record<keyof typeof ADDON_NAMES, string>>;

/** As EKS names versions of add-ons. */
export const ADDON_VERSION = /^v\d+\.\d+\.\d+-eksbuild\.\d+$/;

/**
 * The version of each add-on, by version of Kubernetes. They are pinned only here: without a version EKS uses its
 * current default for a new cluster and never changes it, so two environments would run different drivers.
 *
 * To move one: `aws eks describe-addon-versions --addon-name NAME --kubernetes-version 1.35` lists the versions that EKS accepts. Set
 * `cluster.addonVersions` in one stack, see it work, then change this table. A new version of Kubernetes needs a row; the
 * control plane goes first, the add-ons follow in the same `up`.
 *
 * These are versions that others ran on this version of Kubernetes in autumn 2026; those for 1.37 are 1.36's. They were
 * not confirmed in an AWS account.
 */
export const ADDON_VERSIONS: Readonly<Record<string, AddonVersions>> = {
  "1.35": { efsDriver: "v3.4.2-eksbuild.1", metricsServer: "v0.9.0-eksbuild.5" },
  "1.36": { efsDriver: "v3.4.2-eksbuild.1", metricsServer: "v0.9.0-eksbuild.11" },
  "1.37": { efsDriver: "v3.4.2-eksbuild.1", metricsServer: "v0.9.0-eksbuild.11" },
};

/** The pinned versions, with those that a stack sets itself. */
export function addonVersions(
  kubernetesVersion: string,
  own: Partial<AddonVersions> = {},
): AddonVersions {
  const pinned = ADDON_VERSIONS[kubernetesVersion];
  if (!pinned) {
    throw new Error(
      `model/addonVersions.ts: there is no row for Kubernetes ${kubernetesVersion}; expected ${KUBERNETES_VERSIONS.join(", ")}`,
    );
  }
  return { ...pinned, ...own };
}
