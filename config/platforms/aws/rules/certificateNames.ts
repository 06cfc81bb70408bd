import type { AwsConfig } from "../../..";
import { either, removeCommand, setCommand as set } from "../../../messages/commands";
import type { Checked, Rule } from "../../../rules/rule";

/** ACM API reference, RequestCertificate, DomainName: it becomes the certificate's common name (RFC 5280). */
const LONGEST_FIRST = 64;
/** ACM asks for a record whose name is a label of 33 characters before the host; a DNS name has 253. */
const LONGEST_PROVEN = 253 - "_.".length - 32;
/** ACM API reference, RequestCertificate, SubjectAlternativeNames. */
const MOST_NAMES = 100;
export const NAMES_WITHOUT_ASKING = 10;

/** A name that RFC 2606 keeps for documents: the example's own, nobody's site. */
export const DOCUMENTATION_HOST = /(^|\.)example\.(com|net|org)$/;

/** The names of a certificate that the stack asks ACM for; none where it asks for none. */
export function certifiedHosts({ app, ingress }: Checked<AwsConfig>): string[] {
  return app && ingress?.zone !== undefined && !ingress.tls
    ? [app.host, ...ingress.extraHosts]
    : [];
}

const instead = () =>
  either(
    "a shorter name",
    `a certificate of your own:\n${set("ingress.tls.certificateArn", "ARN")}`,
  );

/** Hosts of which ACM would make no certificate. */
export const hostLimits: Rule<AwsConfig>[] = [
  (config) => {
    const [first = ""] = certifiedHosts(config);
    return first.length > LONGEST_FIRST
      ? {
          key: "app.host",
          message: `'${first}' has ${first.length} characters; as the first name of an ACM certificate it may have ${LONGEST_FIRST}.`,
          remedy: instead(),
        }
      : undefined;
  },
  (config) =>
    certifiedHosts(config)
      .slice(1)
      .flatMap((host, index) =>
        host.length > LONGEST_PROVEN
          ? {
              key: `ingress.extraHosts[${index}]`,
              message: `'${host}' has ${host.length} characters; ACM proves names of ${LONGEST_PROVEN} at most by DNS.`,
              remedy: instead(),
            }
          : [],
      ),
  (config) => {
    const hosts = certifiedHosts(config);
    return hosts.length > MOST_NAMES
      ? {
          key: "ingress.extraHosts",
          message: `has ${hosts.length - 1} names; with app.host an ACM certificate has ${MOST_NAMES} at most.`,
          remedy: removeCommand(`ingress.extraHosts[${MOST_NAMES - 1}]`),
        }
      : undefined;
  },
];
