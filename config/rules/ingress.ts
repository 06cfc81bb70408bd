import type { CommonConfig } from "../commonConfig";
import { firstRepeated } from "../../model/lists";
import { either, removeCommand, setCommand as set } from "../messages/commands";
import type { Problem } from "../messages/problems";
import { STRICTER_IN_PRODUCTION, type Rule } from "./rule";

/*
 * The rules about hosts, paths and TLS of the site.
 */

export const ingressRules: readonly Rule<CommonConfig>[] = [
  {
    id: "one-certificate",
    why: "TLS is terminated in one place: at the load balancer or at nginx.",
    severity: "error",
    check: ({ ingress }) => {
      const tls = ingress?.tls;
      return tls && (tls.certificateArn === undefined) === (tls.secretName === undefined)
        ? {
            key: "ingress.tls",
            message: tls.secretName
              ? "certificateArn and secretName are both set; set only one of them."
              : "neither certificateArn nor secretName is set.",
            remedy: tls.secretName
              ? removeCommand("ingress.tls.secretName")
              : set("ingress.tls.secretName", "SECRET"),
          }
        : undefined;
    },
  },
  {
    id: "host-twice",
    why: "Each host is one rule of the Ingress.",
    severity: "error",
    check: ({ app, ingress }) => {
      const twice = app && ingress && firstRepeated([app.host, ...ingress.extraHosts]);
      return twice === undefined
        ? undefined
        : {
            key: "ingress.extraHosts",
            message: `'${twice}' is already a host of the site.`,
            remedy: removeCommand(
              `ingress.extraHosts[${ingress?.extraHosts.lastIndexOf(twice) ?? 0}]`,
            ),
          };
    },
  },
  {
    id: "path-twice",
    why: "A path belongs to one Service, and `/` to the application.",
    severity: "error",
    check: ({ ingress }) => {
      const paths = ingress?.paths.map(({ path }) => path) ?? [];
      const twice = firstRepeated(["/", ...paths]);
      return twice === undefined
        ? undefined
        : {
            key: "ingress.paths",
            message: `'${twice}' is already served${twice === "/" ? " by the application" : ""}.`,
            remedy: removeCommand(`ingress.paths[${paths.lastIndexOf(twice)}]`),
          };
    },
  },
];

/** @param certificates commands that set a certificate for the site on its platform, besides a TLS Secret */
export function httpsRule(certificates: () => readonly string[]): Rule<CommonConfig> {
  return {
    id: "https",
    why: "Over plain HTTP anybody on the network path can read and change pages, cookies and passwords.",
    severity: STRICTER_IN_PRODUCTION,
    check: ({ ingress, app }) => [
      ...(app && hasNoTls(ingress)
        ? [
            {
              key: "ingress.tls",
              message: `is missing: in production ${app.host} must be served by HTTPS.`,
              remedy: either(set("ingress.tls.secretName", "SECRET"), ...certificates()),
            },
          ]
        : []),
      ...pastController(app),
    ],
    warn: ({ ingress, app }) => [
      ...(app && hasNoTls(ingress)
        ? [
            {
              key: "ingress.tls",
              message: `is not set: ${app.host} is served by plain HTTP.`,
              remedy: either(set("ingress.tls.secretName", "SECRET"), ...certificates()),
            },
          ]
        : []),
      ...pastController(app),
    ],
  };
}

/** A load balancer of the Service hands connections on as they are; only the controller has a certificate. */
function pastController(app: CommonConfig["app"] | undefined): Problem[] {
  if (app?.service.type !== "LoadBalancer") return [];
  return [
    {
      key: "app.service.type",
      message:
        "LoadBalancer: the application answers at a load balancer of its own, by plain HTTP and past the ingress controller.",
      remedy: set("app.service.type", "ClusterIP"),
    },
  ];
}

function hasNoTls(ingress: CommonConfig["ingress"] | undefined): boolean {
  return ingress !== undefined && !ingress.tls && ingress.zone === undefined;
}
