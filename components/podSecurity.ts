import type { types } from "@pulumi/kubernetes";

/*
 * What the Pod Security Standard `restricted` asks of a pod and its containers, and a read-only root file system.
 * Source: Kubernetes, "Pod Security Standards".
 */

/** @param user uid and gid of the processes, and group of the volumes that take one */
export function restrictedPod(user: number): types.input.core.v1.PodSecurityContext {
  return {
    runAsNonRoot: true,
    runAsUser: user,
    runAsGroup: user,
    fsGroup: user,
    // Kubernetes must not walk a volume with many files at each start.
    fsGroupChangePolicy: "OnRootMismatch",
    seccompProfile: { type: "RuntimeDefault" },
  };
}

export const restrictedContainer: types.input.core.v1.SecurityContext = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
};

/** Labels of a namespace that refuses every pod that does not meet `restricted`. */
export const restrictedNamespace: Record<string, string> = {
  "pod-security.kubernetes.io/enforce": "restricted",
  "pod-security.kubernetes.io/warn": "restricted",
};
