import { OWN_ANNOTATIONS } from "../../model/ingressAnnotations";
import { OWNER } from "../../model/project";
import type { CommonConfig } from "../commonConfig";
import { either, removeCommand, setCommand as set } from "../messages/commands";
import type { Problem } from "../messages/problems";
import { keyOf } from "../schema/tree";
import { INSTEAD, valueFor } from "./annotationValues";
import type { Rule } from "./rule";

const REFUSED = new Set([OWNER, ...OWN_ANNOTATIONS, ...Object.keys(INSTEAD)]);
/** Source: cert-manager, "Annotated Ingress resource". */
const ISSUER = /^cert-manager\.io\/(cluster-)?issuer$/;

export const annotationRules: readonly Rule<CommonConfig>[] = [
  {
    id: "own-annotations",
    why: "An annotation that the stack sets, or that has its own config key, would be set twice with different values.",
    severity: "error",
    check: ({ ingress }) =>
      ingress &&
      Object.keys(ingress.annotations)
        .filter((name) => REFUSED.has(name))
        .map((name) => setByTheStack(name, ingress)),
  },
  {
    id: "certificate-secret",
    why: "An Ingress gets a certificate from cert-manager only if it names the Secret for it.",
    severity: "error",
    check: ({ ingress }) => {
      const issuer = Object.keys(ingress?.annotations ?? {}).find((name) => ISSUER.test(name));
      return issuer === undefined || ingress?.tls?.secretName !== undefined
        ? undefined
        : {
            key: annotation(issuer),
            message:
              "asks cert-manager for a certificate, but ingress.tls.secretName does not name the Secret for it: none is created.",
            remedy: either(
              set("ingress.tls.secretName", "shop-tls"),
              removeCommand(annotation(issuer)),
            ),
          };
    },
  },
  {
    id: "zone-without-address",
    why: "DNS records point to the address of the Ingress, so the stack must wait for it.",
    severity: "error",
    check: ({ ingress }) =>
      ingress?.zone !== undefined && !ingress.awaitAddress
        ? {
            key: "ingress.awaitAddress",
            message: `false leaves the records in ingress.zone '${ingress.zone}' without an address to point to.`,
            remedy: either(removeCommand("ingress.awaitAddress"), removeCommand("ingress.zone")),
          }
        : undefined,
  },
];

/** The key of an annotation of the site's Ingress. */
export function annotation(name: string): string {
  return keyOf("ingress", ["annotations", name]);
}

function setByTheStack(name: string, ingress: CommonConfig["ingress"]): Problem {
  const instead = INSTEAD[name];
  const remove = removeCommand(annotation(name));
  const value = valueFor(name, ingress);
  return {
    key: annotation(name),
    message: `is set by the stack${instead === undefined ? "" : `, from ${instead}`}.`,
    remedy:
      instead === undefined || value === undefined
        ? remove
        : `${remove}\nor, to keep its value:\n${set(instead, value)} && ${remove}`,
  };
}
