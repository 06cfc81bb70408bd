import { either, removeCommand, setCommand as set } from "../../../messages/commands";
import type { Rule } from "../../../rules/rule";
import type { AwsConfig } from "../config";
import { DOCUMENTATION_HOST } from "./certificateNames";

/** The load balancer, its certificate, and DNS. */
export const awsIngress: readonly Rule<AwsConfig>[] = [
  {
    id: "certificate-without-controller",
    why: "The certificate is for the load balancer, which exists only if the stack installs the controller.",
    severity: "error",
    check: ({ ingress }) =>
      ingress && !ingress.install && ingress.tls?.certificateArn !== undefined
        ? {
            key: "ingress.tls.certificateArn",
            message: `'${ingress.tls.certificateArn}' belongs to the load balancer, which the stack makes only with ingress.install.`,
            remedy: set("ingress.install", "true"),
          }
        : undefined,
  },
  {
    id: "certificate-region",
    why: "A load balancer accepts only certificates from its own region.",
    severity: "error",
    check: ({ ingress, region }) => {
      const arn = ingress?.tls?.certificateArn;
      const other = arn?.split(":")[3];
      return arn !== undefined && region !== undefined && other !== region
        ? {
            key: "ingress.tls.certificateArn",
            message: `'${arn}' is of region '${other}'; a load balancer takes certificates of its own, aws:region '${region}'.`,
            remedy: set(
              "ingress.tls.certificateArn",
              arn.replace(`:${other}:`, `:${region}:`).replace(/\/.*$/, "/ID"),
            ),
          }
        : undefined;
    },
  },
  {
    id: "zone-without-controller",
    why: "The DNS records point to the load balancer, which exists only if the stack installs the controller.",
    severity: "error",
    check: ({ ingress }) =>
      ingress && !ingress.install && ingress.zone !== undefined
        ? {
            key: "ingress.zone",
            message: `'${ingress.zone}' would point to the load balancer, which the stack creates only with ingress.install.`,
            remedy: set("ingress.install", "true"),
          }
        : undefined,
  },
  {
    id: "proxy-protocol-on-aws",
    why: "The load balancer always uses proxy protocol, and a controller that does not expect it answers 400.",
    severity: "error",
    check: ({ ingress }) =>
      ingress?.proxyProtocol === false
        ? {
            key: "ingress.proxyProtocol",
            message: "false is refused: on aws the load balancer always uses it.",
            remedy: removeCommand("ingress.proxyProtocol"),
          }
        : undefined,
  },
  {
    id: "wildcard-without-zone",
    why: "The stack makes records, and a certificate of its own, only in a zone.",
    severity: "error",
    check: ({ ingress }) =>
      ingress?.wildcard && ingress.zone === undefined
        ? {
            key: "ingress.wildcard",
            message:
              "has no effect without ingress.zone: records and certificate are somebody else's.",
            remedy: either(set("ingress.zone", "YOUR.ZONE"), removeCommand("ingress.wildcard")),
          }
        : undefined,
  },
  {
    id: "node-ports-on-aws",
    why: "On AWS visitors come through the load balancer.",
    severity: "error",
    check: ({ ingress }) =>
      ingress?.nodePorts
        ? {
            key: "ingress.nodePorts",
            message: "has no effect on aws, where a load balancer is in front of the controller.",
            remedy: removeCommand("ingress.nodePorts"),
          }
        : undefined,
  },
  {
    id: "hosts-in-zone",
    why: "A zone can only contain names below its own.",
    severity: "error",
    check: ({ ingress, app }) => {
      const zone = ingress?.zone;
      if (zone === undefined) return undefined;
      const hosts = [app?.host, ...(ingress?.extraHosts ?? [])];
      const index = hosts.findIndex((host) => host && host !== zone && !host.endsWith(`.${zone}`));
      const outside = hosts[index];
      if (outside === undefined) return undefined;
      // With the user's own zone and the example's host, the host was forgotten.
      const forgotten = DOCUMENTATION_HOST.test(outside) && !DOCUMENTATION_HOST.test(zone);
      const key = index === 0 ? "app.host" : `ingress.extraHosts[${index - 1}]`;
      return {
        key: "ingress.zone",
        message: `'${zone}' does not hold the host '${outside}'${forgotten ? `, which is still that of an example (${key})` : ""}.`,
        remedy: forgotten
          ? set(key, `HOST.${zone}`)
          : set("ingress.zone", outside.split(".").slice(1).join(".")),
      };
    },
  },
];
