import type { CommonConfig } from "../commonConfig";
import { setCommand as set } from "../messages/commands";
import type { Rule } from "./rule";

/*
 * The rules about the namespaces of the application and of the ingress controller.
 */

/** Namespaces that every cluster has. Source: Kubernetes, "Namespaces", initial namespaces. */
const KUBERNETES_OWN = /^(default|kube-.*)$/;

export const namespaceRules: readonly Rule<CommonConfig>[] = [
  {
    id: "namespace-of-kubernetes",
    why: "A destroy deletes the stack's namespaces with everything in them.",
    severity: "error",
    check: ({ cluster }) =>
      cluster && KUBERNETES_OWN.test(cluster.namespace)
        ? {
            key: "cluster.namespace",
            message: `'${cluster.namespace}' belongs to Kubernetes: the stack labels its namespace, and deletes it with everything in it.`,
            remedy: set("cluster.namespace", "next-on-eks"),
          }
        : undefined,
  },
  {
    id: "controller-namespace-of-kubernetes",
    why: "A destroy deletes the controller's namespace with everything in it.",
    severity: "error",
    check: ({ ingress }) =>
      ingress?.install && KUBERNETES_OWN.test(ingress.namespace)
        ? {
            key: "ingress.namespace",
            message: `'${ingress.namespace}' belongs to Kubernetes: the stack creates the controller's namespace, and deletes it with everything in it.`,
            remedy: set("ingress.namespace", "nginx-ingress"),
          }
        : undefined,
  },
  {
    id: "controller-namespace-of-app",
    why: "Pods of the application run under the restricted Pod Security Standard, which the controller does not meet.",
    severity: "error",
    check: ({ ingress, cluster }) =>
      ingress?.install && ingress.namespace === cluster?.namespace
        ? {
            key: "ingress.namespace",
            message: `'${ingress.namespace}' is the application's namespace: the controller needs more rights and must have its own.`,
            remedy: set("ingress.namespace", "nginx-ingress"),
          }
        : undefined,
  },
];
