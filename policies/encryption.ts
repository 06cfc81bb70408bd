import { either, setCommand } from "../config/messages/commands";
import type { Plan, PlannedResource } from "../plan/plan";
import { isPartOf } from "../plan/typeNames";
import { isCluster, secretsKeyOf } from "./clusters";
import { asInConfig } from "./configRules";
import { REFUSED, type Policy, type Violation } from "./policy";
import { inTheCode } from "./remedies";
import { at, isComputed, isNot, listOf } from "./values";
import { objectsOf } from "./workloads";

/*
 * Encryption, where data lies and on its way.
 */

const GROUP = "aws:elasticache/replicationGroup:ReplicationGroup";
const EFS_DRIVER = "efs.csi.aws.com";

/** What must have a value, by type: the input, and what it does. */
const AT_REST: Readonly<Record<string, { readonly input: string; readonly what: string }>> = {
  "aws:efs/fileSystem:FileSystem": { input: "encrypted", what: "files" },
  [GROUP]: { input: "atRestEncryptionEnabled", what: "snapshots and swap" },
};

const atRest: Policy = {
  id: "encryption-at-rest",
  why: "Whoever gets a disk or a snapshot reads what is on it, and encryption cannot be switched on later without replacing it.",
  severity: REFUSED,
  scanners: { checkov: ["CKV_AWS_42", "CKV_AWS_29", "CKV_AWS_58"] },
  check: ({ plan }) =>
    plan.resources.flatMap((resource): Violation[] => {
      const { type, inputs, read } = resource;
      if (read) return [];
      const wanted = AT_REST[type];
      if (wanted && isNot(inputs[wanted.input], true)) {
        return [unencrypted(resource, wanted.input, `${wanted.what} are not encrypted.`)];
      }
      return secretsInClear(resource)
        ? [
            unencrypted(
              resource,
              "encryptionConfig",
              "Kubernetes' Secrets have no key of their own.",
            ),
          ]
        : [];
    }),
};

function secretsInClear(resource: PlannedResource): boolean {
  return isCluster(resource) && secretsKeyOf(resource) === undefined;
}

function unencrypted(resource: PlannedResource, part: string, message: string): Violation {
  return {
    resource,
    part,
    message: `${part} is off: ${message}`,
    remedy: inTheCode(
      `set ${part} where the code makes ${resource.name}, before its first pulumi up`,
      part,
    ),
  };
}

const inTransit: Policy = {
  id: "encryption-in-transit",
  why: "Without TLS and a token, anything in the network reads sessions and pages, and can write them.",
  severity: REFUSED,
  scanners: { checkov: ["CKV_AWS_30", "CKV_AWS_31"] },
  check: ({ plan }) => plan.resources.flatMap(plainConnections),
};

function plainConnections(resource: PlannedResource): Violation[] {
  const { type, inputs, name } = resource;
  const broken = (part: string, message: string): Violation => ({
    resource,
    part,
    message: `${part} ${message}`,
    remedy: inTheCode(`set ${part} where the code makes ${name}`, part),
  });
  if (type === GROUP) {
    return [
      ...(isNot(inputs.transitEncryptionEnabled, true)
        ? [broken("transitEncryptionEnabled", "is off: Redis is spoken in clear.")]
        : []),
      ...(inputs.transitEncryptionMode === "preferred"
        ? [broken("transitEncryptionMode", "is preferred: Redis may be spoken in clear.")]
        : []),
      ...(inputs.authToken === undefined && listOf(inputs.userGroupIds).length === 0
        ? [broken("authToken", "is missing: whoever reaches the port may read and write.")]
        : []),
    ];
  }
  const attributes = at(inputs, "spec", "csi", "volumeAttributes");
  const isEfs = at(inputs, "spec", "csi", "driver") === EFS_DRIVER;
  return isEfs && at(attributes, "encryptInTransit") === "false"
    ? [broken("encryptInTransit", "is off: files travel in clear.")]
    : [];
}

const https: Policy = {
  ...asInConfig("https"),
  scanners: {},
  check: ({ plan }) => [...plainIngresses(plan), ...plainBalancers(plan)],
};

function plainIngresses(plan: Plan): Violation[] {
  return objectsOf(plan, "Ingress")
    .map((resource) => ({ resource, plain: plainHosts(resource) }))
    .filter(({ plain }) => plain.length > 0)
    .map(({ resource, plain }) => ({
      resource,
      message: `serves ${plain.join(" and ")} by plain HTTP.`,
      ...(isPartOf(resource, "AppIngress")
        ? { key: "ingress.tls", remedy: either(...certificates(plan)) }
        : {
            remedy: inTheCode(`set tls where the code makes ${resource.name}`, "Ingress"),
          }),
    }));
}

/** Servers of HTTP that have a load balancer of their own: it has no certificate, and neither have they. */
function plainBalancers(plan: Plan): Violation[] {
  return objectsOf(plan, "Service")
    .filter((resource) => SERVERS.some((component) => isPartOf(resource, component)))
    .filter(({ inputs }) => at(inputs, "spec", "type") === "LoadBalancer")
    .map((resource) => ({
      resource,
      message:
        "answers at a load balancer of its own, by plain HTTP and past the ingress controller.",
      ...(isPartOf(resource, "NextApp")
        ? {
            key: "app.service.type",
            remedy: setCommand("app.service.type", "ClusterIP", "", plan.stack),
          }
        : {
            remedy: inTheCode(
              `set the type ClusterIP where the code makes ${resource.name}`,
              "Service(",
            ),
          }),
    }));
}

const SERVERS = ["NextApp", "StaticAssets"];

function certificates(plan: Plan): string[] {
  const own = setCommand("ingress.tls.secretName", "SECRET", "", plan.stack);
  if (!plan.resources.some(isCluster)) return [own];
  const zone = setCommand("ingress.zone", "YOUR.ZONE", "", plan.stack);
  return [own, `with a certificate of ACM, in a zone of yours:\n${zone}`];
}

/** Hosts that no entry of `tls` covers; an entry without hosts covers all. */
function plainHosts({ inputs }: PlannedResource): string[] {
  const tls = at(inputs, "spec", "tls");
  if (isComputed(tls)) return [];
  const covered = listOf(tls).map((entry) => at(entry, "hosts"));
  if (covered.some((hosts) => isComputed(hosts) || listOf(hosts).length === 0)) return [];
  const names = covered.flatMap(listOf).map(String);
  const hosts = listOf(at(inputs, "spec", "rules")).map((rule) => at(rule, "host"));
  if (hosts.length === 0) return names.length > 0 ? [] : ["every host"];
  return hosts
    .filter((host) => !isComputed(host))
    .map((host) => (host === undefined ? "every host" : String(host)))
    .filter((host) => !names.some((name) => covers(name, host)));
}

/** `*.example.com` covers one name below, as certificates do. */
function covers(name: string, host: string): boolean {
  return name === host || (name.startsWith("*.") && host.replace(/^[^.]+/, "*") === name);
}

export const encryptionPolicies: readonly Policy[] = [atRest, inTransit, https];
