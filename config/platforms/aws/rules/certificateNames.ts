import type { AwsConfig } from "../config";
import { either, removeCommand, setCommand as set } from "../../../messages/commands";
import type { Checked } from "../../../commonConfig";
import type { Rule } from "../../../rules/rule";

/** ACM API reference, RequestCertificate, DomainName: it becomes the certificate's common name (RFC 5280). */
const LONGEST_FIRST = 64;
/** ACM asks for a record whose name is a label of 33 characters before the host; a DNS name has 253. */
const LONGEST_PROVEN = 253 - "_.".length - 32;
/** ACM API reference, RequestCertificate, SubjectAlternativeNames. */
const MOST_NAMES = 100;
/** ACM user guide, "Quotas". */
const NAMES_WITHOUT_ASKING = 10;

/** A name that RFC 2606 keeps for documents: the example's own, nobody's site. */
export const DOCUMENTATION_HOST = /(^|\.)example\.(com|net|org)$/;

/** The names of a certificate that the stack asks ACM for; none where it asks for none. */
function certifiedHosts({ app, ingress }: Checked<AwsConfig>): string[] {
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
export const hostLimits: readonly Rule<AwsConfig>[] = [
  {
    id: "certificate-first-name",
    why: "The first name of a certificate is its common name, which has 64 characters at most.",
    severity: "error",
    check: (config) => {
      const [first = ""] = certifiedHosts(config);
      return first.length > LONGEST_FIRST
        ? {
            key: "app.host",
            message: `'${first}' has ${first.length} characters; the first name of an ACM certificate may have at most ${LONGEST_FIRST}.`,
            remedy: instead(),
          }
        : undefined;
    },
  },
  {
    id: "certificate-long-name",
    why: "ACM proves a name by a DNS record below it, whose name has a limit too.",
    severity: "error",
    check: (config) =>
      certifiedHosts(config)
        .slice(1)
        .flatMap((host, index) =>
          host.length > LONGEST_PROVEN
            ? {
                key: `ingress.extraHosts[${index}]`,
                message: `'${host}' has ${host.length} characters; ACM validates names of at most ${LONGEST_PROVEN} by DNS.`,
                remedy: instead(),
              }
            : [],
        ),
  },
  {
    id: "certificate-name-count",
    why: "An ACM certificate has 100 names at most.",
    severity: "error",
    check: (config) => {
      const hosts = certifiedHosts(config);
      return hosts.length > MOST_NAMES
        ? {
            key: "ingress.extraHosts",
            message: `has ${hosts.length - 1} names; with app.host, an ACM certificate has at most ${MOST_NAMES}.`,
            remedy: removeCommand(`ingress.extraHosts[${MOST_NAMES - 1}]`),
          }
        : undefined;
    },
  },
  {
    id: "certificate-name-quota",
    why: "ACM's quota of names is 10 until it is raised.",
    severity: "warning",
    check: (config) => {
      const names = certifiedHosts(config).length;
      return names > NAMES_WITHOUT_ASKING
        ? {
            key: "ingress.extraHosts",
            message: `${names} names in one certificate: ACM allows ${NAMES_WITHOUT_ASKING} until its quota "Number of domain names per ACM certificate" is raised.`,
          }
        : undefined;
    },
  },
];
