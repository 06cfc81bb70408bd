import type { CommonConfig } from "../commonConfig";
import { removeCommand, setCommand as set } from "../messages/commands";
import type { Problem } from "../messages/problems";
import { PLAIN_VARIABLES, RESERVED_VARIABLES } from "../variables";
import type { Rule } from "./rule";

/*
 * The rules about how many pods there are, where they listen, and their environment.
 */

export const podRules: readonly Rule<CommonConfig>[] = [
  {
    id: "replicas-range",
    why: "The autoscaler needs a minimum that is not above the maximum.",
    severity: "error",
    check: ({ app }) =>
      app && app.replicas.min > app.replicas.max
        ? {
            key: "app.replicas",
            message: `min ${app.replicas.min} is greater than max ${app.replicas.max}.`,
            remedy: set("app.replicas.max", String(app.replicas.min)),
          }
        : undefined,
  },
  {
    id: "node-port-type",
    why: "A Service of type ClusterIP has no port on the nodes.",
    severity: "error",
    check: ({ app }) =>
      app?.service.nodePort !== undefined && app.service.type === "ClusterIP"
        ? {
            key: "app.service.nodePort",
            message: `${app.service.nodePort} has no effect: the Service is of type ClusterIP.`,
            remedy: set("app.service.type", "NodePort"),
          }
        : undefined,
  },
  {
    id: "node-port-twice",
    why: "Kubernetes refuses a node port that another Service has.",
    severity: "error",
    check: ({ app, ingress }) => {
      const { http, https } = ingress?.nodePorts ?? {};
      const twice =
        http !== undefined && http === https
          ? "ingress.nodePorts.https"
          : app?.service.nodePort !== undefined && [http, https].includes(app.service.nodePort)
            ? "app.service.nodePort"
            : undefined;
      return twice === undefined
        ? undefined
        : {
            key: twice,
            message: `${https === http ? https : app?.service.nodePort} is already the port of another Service.`,
            remedy: set(twice, "PORT"),
          };
    },
  },
  {
    id: "variable-twice",
    why: "A variable has one value.",
    severity: "error",
    check: ({ app }) => {
      const twice = Object.keys(app?.secretEnv ?? {}).find((name) => name in (app?.env ?? {}));
      return twice === undefined
        ? undefined
        : {
            key: `app.env.${twice}`,
            message: "is set in app.env and in app.secretEnv.",
            remedy: removeCommand(`app.env.${twice}`),
          };
    },
  },
  {
    id: "reserved-variables",
    why: "The stack sets these variables itself, and the code in the pods relies on their values.",
    severity: "error",
    check: ({ app }) =>
      (["env", "secretEnv"] as const).flatMap((group) =>
        Object.keys(app?.[group] ?? {}).flatMap((name) => {
          const reason =
            RESERVED_VARIABLES.get(name) ??
            (group === "secretEnv" ? PLAIN_VARIABLES.get(name) : undefined);
          return reason === undefined ? [] : reservedVariable(`app.${group}.${name}`, reason);
        }),
      ),
  },
  {
    id: "agent-port",
    why: "Next.js and the pod's agent listen in one container, each on its own port.",
    severity: "error",
    check: ({ app }) =>
      app && app.port === app.agentPort
        ? {
            key: "app.agentPort",
            message: `${app.agentPort} is app.port, where Next.js listens; the pod's agent needs its own port.`,
            remedy: set("app.agentPort", String(app.port === 65535 ? 9797 : app.port + 1)),
          }
        : undefined,
  },
];

function reservedVariable(key: string, reason: string): Problem {
  return { key, message: `is reserved: ${reason}.`, remedy: removeCommand(key) };
}
