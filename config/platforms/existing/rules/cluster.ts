import { either, removeCommand, setCommand as set } from "../../../messages/commands";
import { STRICTER_IN_PRODUCTION, type Rule } from "../../../rules/rule";
import type { ExistingConfig } from "../config";

export const clusterRules: readonly Rule<ExistingConfig>[] = [
  {
    id: "context",
    why: "Without a context the stack is deployed wherever kubectl happens to point.",
    severity: STRICTER_IN_PRODUCTION,
    check: ({ cluster }) =>
      cluster && cluster.context === undefined
        ? {
            key: "cluster.context",
            message: "is missing: in production pulumi up must not deploy wherever kubectl points.",
            remedy: setContext(),
          }
        : undefined,
    warn: ({ cluster }) =>
      cluster && cluster.context === undefined
        ? {
            key: "cluster.context",
            message: "is not set: pulumi up deploys wherever kubectl points.",
            remedy: setContext(),
          }
        : undefined,
  },
  {
    id: "node-ports-without-controller",
    why: "The node ports belong to the controller that the stack installs.",
    severity: "error",
    check: ({ ingress }) =>
      ingress?.nodePorts && !ingress.install
        ? {
            key: "ingress.nodePorts",
            message: "has no effect: the stack installs no controller.",
            remedy: either(removeCommand("ingress.nodePorts"), set("ingress.install", "true")),
          }
        : undefined,
  },
];

function setContext(): string {
  return `${set("cluster.context", "CONTEXT")}\nto list them:\nkubectl config get-contexts`;
}
