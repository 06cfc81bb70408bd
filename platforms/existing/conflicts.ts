import * as pulumi from "@pulumi/pulumi";
import { kubectlIn, type Kubectl } from "../../components/kubectl";
import { ownerName } from "../../components/labels";
import { staticPaths } from "../../model/staticPaths";
import type { ExistingConfig } from "../../config";
import { SAFE, type Facts, type Verdict } from "../../config/changes";
import { setCommand } from "../../config/messages/commands";
import { ConfigError, told } from "../../config/messages/problems";
import { readCluster } from "./clusterReading";
import { conflictsIn, type Wanted } from "./clusterRules";

/**
 * What an existing cluster contains that belongs to others and that the stack would claim too. Checked if the stack is
 * new, and later for what it newly claims; not offline, where the engine calls no hook.
 */
export async function clusterConflicts(
  config: ExistingConfig,
  old: Facts | undefined,
  run: Kubectl = kubectlIn(config.cluster.context),
): Promise<Verdict> {
  const wanted = wantedOf(config, old);
  const { namespaces, makesClass, hosts } = wanted;
  if (namespaces.length === 0 && !makesClass && hosts.length === 0) return SAFE;
  const found = await readCluster(run, [config.cluster.namespace, config.ingress.namespace]);
  const { problems, warnings } = conflictsIn(found, wanted);
  return {
    refusal: problems.length === 0 ? undefined : new ConfigError(config.stack, problems).message,
    warnings: warnings.map(({ key, message }) => told(key, message)),
  };
}

/** What the stack newly claims. */
function wantedOf({ app, cluster, confirm, ingress }: ExistingConfig, old?: Facts): Wanted {
  const sameClass = old?.["ingress.className"] === ingress.className;
  const hadController = old?.["ingress.install"] === "true";
  const served = sameClass ? (old["app.host"] ?? "").split(" ") : [];
  const hosts = [app.host, ...ingress.extraHosts].map((host, index): [string, string] => [
    index === 0 ? "app.host" : `ingress.extraHosts[${index - 1}]`,
    host,
  ]);
  return {
    owner: ownerName(),
    stack: pulumi.getStack(),
    namespaces: [
      ...(old === undefined ? [["cluster.namespace", cluster.namespace] as const] : []),
      ...(ingress.install && !hadController
        ? [["ingress.namespace", ingress.namespace] as const]
        : []),
    ],
    makesClass: ingress.install && !(hadController && sameClass),
    className: ingress.className,
    hosts: hosts.filter(([, host]) => !served.includes(host)),
    paths: ["/", ...ingress.paths.map(({ path }) => path), ...staticPaths(app)],
    confirmHosts: confirm.includes("app.host")
      ? undefined
      : setCommand(`confirm[${confirm.length}]`, "app.host"),
  };
}
