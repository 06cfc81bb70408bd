import type { Config } from "..";
import { staticPaths } from "../../model/staticPaths";
import { either, removeCommand, setCommand as set } from "../messages/commands";
import type { Problem } from "../messages/problems";
import { PLAIN_VARIABLES, RESERVED_VARIABLES } from "../variables";
import { annotationRules } from "./annotations";
import { rolloutRules } from "./rollout";
import type { Rule } from "./rule";

/** Namespaces that every cluster has. Source: Kubernetes, "Namespaces", initial namespaces. */
const KUBERNETES_OWN = /^(default|kube-.*)$/;

export const common: Rule<Config>[] = [
  ...rolloutRules,
  ...annotationRules,
  ({ app }) =>
    app && app.replicas.min > app.replicas.max
      ? {
          key: "app.replicas",
          message: `min ${app.replicas.min} is greater than max ${app.replicas.max}.`,
          remedy: set("app.replicas.max", String(app.replicas.min)),
        }
      : undefined,
  ({ app }) =>
    app?.service.nodePort !== undefined && app.service.type === "ClusterIP"
      ? {
          key: "app.service.nodePort",
          message: `${app.service.nodePort} has no use: the Service is of type ClusterIP.`,
          remedy: set("app.service.type", "NodePort"),
        }
      : undefined,
  ({ cluster }) =>
    cluster && KUBERNETES_OWN.test(cluster.namespace)
      ? {
          key: "cluster.namespace",
          message: `'${cluster.namespace}' is Kubernetes' own: the stack labels its namespace, and deletes it with all that is in it.`,
          remedy: set("cluster.namespace", "next-on-eks"),
        }
      : undefined,
  ({ ingress }) =>
    ingress?.install && KUBERNETES_OWN.test(ingress.namespace)
      ? {
          key: "ingress.namespace",
          message: `'${ingress.namespace}' is Kubernetes' own: the stack makes the controller's namespace, and deletes it with all that is in it.`,
          remedy: set("ingress.namespace", "nginx-ingress"),
        }
      : undefined,
  ({ ingress, cluster }) =>
    ingress?.install && ingress.namespace === cluster?.namespace
      ? {
          key: "ingress.namespace",
          message: `'${ingress.namespace}' is the application's namespace: the controller, which needs more rights, gets one of its own.`,
          remedy: set("ingress.namespace", "nginx-ingress"),
        }
      : undefined,
  ({ app, ingress }) => {
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
          message: `${https === http ? https : app?.service.nodePort} is the port of another Service: a node has one of each number.`,
          remedy: set(twice, "PORT"),
        };
  },
  ({ app }) => {
    const twice = Object.keys(app?.secretEnv ?? {}).find((name) => name in (app?.env ?? {}));
    return twice === undefined
      ? undefined
      : {
          key: `app.env.${twice}`,
          message: "is set in app.env and in app.secretEnv.",
          remedy: removeCommand(`app.env.${twice}`),
        };
  },
  ({ app }) =>
    (["env", "secretEnv"] as const).flatMap((group) =>
      Object.keys(app?.[group] ?? {}).flatMap((name) => {
        const reason =
          RESERVED_VARIABLES.get(name) ??
          (group === "secretEnv" ? PLAIN_VARIABLES.get(name) : undefined);
        return reason === undefined ? [] : reservedVariable(`app.${group}.${name}`, reason);
      }),
    ),
  ({ app }) =>
    app && app.port === app.agentPort
      ? {
          key: "app.agentPort",
          message: `${app.agentPort} is app.port, where Next.js listens; the pod's agent needs a port of its own.`,
          remedy: set("app.agentPort", String(app.port === 65535 ? 9797 : app.port + 1)),
        }
      : undefined,
  ({ assets, files }) =>
    assets?.enabled && files?.required === false
      ? {
          key: "assets.enabled",
          message: "true needs the shared files, and files.required is false.",
          remedy: removeCommand("assets.enabled"),
        }
      : undefined,
  ({ cache, files }) =>
    cache?.store === "files" && files?.required === false
      ? {
          key: "cache.store",
          message: "'files' needs the shared files, and files.required is false.",
          remedy: set("cache.store", "redis"),
        }
      : undefined,
  ({ app, assets, ingress }) => {
    const own = staticPaths(app ?? {});
    const taken = ingress?.paths.find(({ path }) => own.includes(path.replace(/\/$/, "")));
    return assets?.enabled && taken
      ? {
          key: "ingress.paths",
          message: `'${taken.path}' is the path of the static assets, and names service '${taken.service}'.`,
          remedy: either("remove it from ingress.paths", set("assets.enabled", "false")),
        }
      : undefined;
  },
  ({ ingress }) => {
    const tls = ingress?.tls;
    return tls && (tls.certificateArn === undefined) === (tls.secretName === undefined)
      ? {
          key: "ingress.tls",
          message: tls.secretName
            ? "certificateArn and secretName are both set; TLS ends in one place."
            : "neither certificateArn nor secretName is set.",
          remedy: tls.secretName
            ? removeCommand("ingress.tls.secretName")
            : set("ingress.tls.secretName", "SECRET"),
        }
      : undefined;
  },
  ({ app, ingress }) => {
    const twice = app && ingress && repeated([app.host, ...ingress.extraHosts]);
    return twice === undefined
      ? undefined
      : {
          key: "ingress.extraHosts",
          message: `'${twice}' is a host of the site already.`,
          remedy: removeCommand(
            `ingress.extraHosts[${ingress?.extraHosts.lastIndexOf(twice) ?? 0}]`,
          ),
        };
  },
  ({ ingress }) => {
    const paths = ingress?.paths.map(({ path }) => path) ?? [];
    const twice = repeated(["/", ...paths]);
    return twice === undefined
      ? undefined
      : {
          key: "ingress.paths",
          message: `'${twice}' is served already${twice === "/" ? ", by the application" : ""}.`,
          remedy: removeCommand(`ingress.paths[${paths.lastIndexOf(twice)}]`),
        };
  },
  ({ platform, production, ingress, app }) =>
    production && ingress && app && !ingress.tls && ingress.zone === undefined
      ? {
          key: "ingress.tls",
          message: `is missing: in production ${app.host} is served by HTTPS only.`,
          remedy: either(
            set("ingress.tls.secretName", "SECRET"),
            ...(platform === "aws"
              ? [set("ingress.tls.certificateArn", "ARN"), set("ingress.zone", "YOUR.ZONE")]
              : []),
          ),
        }
      : undefined,
];

function reservedVariable(key: string, reason: string): Problem {
  return { key, message: `is reserved: ${reason}.`, remedy: removeCommand(key) };
}

function repeated(names: readonly string[]): string | undefined {
  return names.find((name, index) => names.indexOf(name) !== index);
}
