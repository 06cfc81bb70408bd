import { OWN_ANNOTATIONS } from "../../model/ingressAnnotations";
import { OWNER } from "../../components/labels";
import type { Config } from "..";
import { either, removeCommand, setCommand as set } from "../messages/commands";
import type { Problem } from "../messages/problems";
import { keyOf } from "../schema/tree";
import { INSTEAD, valueFor } from "./annotationValues";
import type { Checked, Rule } from "./rule";

const REFUSED = new Set([OWNER, ...OWN_ANNOTATIONS, ...Object.keys(INSTEAD)]);
/** Source: cert-manager, "Annotated Ingress resource". */
const ISSUER = /^cert-manager\.io\/(cluster-)?issuer$/;
/** Parts of nginx's configuration, of F5's controller and of the one that was the community's. */
const SNIPPET = /-snippets?$/;

export const annotationRules: Rule<Config>[] = [
  ({ ingress }) =>
    Object.keys(ingress?.annotations ?? {})
      .filter((name) => REFUSED.has(name))
      .map((name) => setByTheStack(name, ingress)),
  ({ ingress }) => {
    const issuer = Object.keys(ingress?.annotations ?? {}).find((name) => ISSUER.test(name));
    return issuer === undefined || ingress?.tls?.secretName !== undefined
      ? undefined
      : {
          key: annotation(issuer),
          message:
            "asks cert-manager for a certificate, and ingress.tls.secretName does not say into which Secret: it makes none.",
          remedy: either(
            set("ingress.tls.secretName", "shop-tls"),
            removeCommand(annotation(issuer)),
          ),
        };
  },
  ({ ingress }) =>
    ingress?.zone !== undefined && !ingress.awaitAddress
      ? {
          key: "ingress.awaitAddress",
          message: `false leaves the records in ingress.zone '${ingress.zone}' without an address to point to.`,
          remedy: either(removeCommand("ingress.awaitAddress"), removeCommand("ingress.zone")),
        }
      : undefined,
];

/** The annotations that are allowed and can do what nobody expects of an annotation. */
export function snippetAnnotations({ ingress }: Config): [key: string, warning: string][] {
  const taken = ingress.install
    ? ingress.nodePorts !== undefined
    : "where its owner runs it with -enable-snippets";
  return Object.keys(ingress.annotations)
    .filter((name) => SNIPPET.test(name))
    .map((name) => [
      annotation(name),
      "a part of nginx's configuration: whoever edits it can read what the controller can. " +
        (taken === false
          ? "The stack's controller takes snippets with ingress.nodePorts alone, and else refuses the whole Ingress."
          : `The controller takes it${taken === true ? "" : ` ${taken}, and else refuses the whole Ingress`}.`),
    ]);
}

function annotation(name: string): string {
  return keyOf("ingress", ["annotations", name]);
}

function setByTheStack(name: string, ingress: Checked<Config>["ingress"]): Problem {
  const instead = INSTEAD[name];
  const remove = removeCommand(annotation(name));
  const value = ingress && valueFor(name, ingress);
  return {
    key: annotation(name),
    message: `is the stack's own${instead === undefined ? "" : `, and says what ${instead} says`}.`,
    remedy:
      instead === undefined || value === undefined
        ? remove
        : `${remove}\nor, to keep its value:\n${set(instead, value)} && ${remove}`,
  };
}
