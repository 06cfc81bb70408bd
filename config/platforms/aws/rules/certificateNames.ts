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

/** A name that RFC 2606 reserves for documentation: the example's, nobody's site. */
export const DOCUMENTATION_HOST = /(^|\.)example\.(com|net|org)$/;

/** The names of the certificate that the stack requests from ACM; none if it requests none. */
function certifiedHosts({ app, ingress }: Checked<AwsConfig>): string[] {
  return app && ingress?.zone !== undefined && !ingress.tls
    ? [app.host, ...ingress.extraHosts]
    : [];
}

/** How many names it has, with `*.HOST`. */
function namesOf(config: Checked<AwsConfig>): number {
  const hosts = certifiedHosts(config).length;
  return hosts > 0 && config.ingress?.wildcard ? hosts + 1 : hosts;
}

const instead = () =>
  either(
    "a shorter name",
    `a certificate of your own:\n${set("ingress.tls.certificateArn", "ARN")}`,
  );

/** Hosts for which ACM would issue no certificate. */
export const hostLimits: readonly Rule<AwsConfig>[] = [
  {
    id: "certificate-first-name",
    why: "The first name of a certificate is its common name, which has at most 64 characters.",
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
    why: "ACM validates a name by a DNS record below it, and that record's name has a limit too.",
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
    why: "An ACM certificate has at most 100 names.",
    severity: "error",
    check: (config) => {
      const { ingress } = config;
      return namesOf(config) > MOST_NAMES
        ? {
            key: "ingress.extraHosts",
            message: `has ${ingress?.extraHosts.length} names; with app.host${ingress?.wildcard ? " and *.HOST" : ""}, an ACM certificate has at most ${MOST_NAMES}.`,
            remedy: removeCommand(`ingress.extraHosts[${(ingress?.extraHosts.length ?? 1) - 1}]`),
          }
        : undefined;
    },
  },
  {
    id: "certificate-name-quota",
    why: "ACM's quota for names is 10 until AWS raises it.",
    severity: "warning",
    check: (config) => {
      const names = namesOf(config);
      return names > NAMES_WITHOUT_ASKING
        ? {
            key: "ingress.extraHosts",
            message: `${names} names in one certificate: ACM allows ${NAMES_WITHOUT_ASKING} until its quota "Number of domain names per ACM certificate" is raised.`,
            remedy: "what it is now:\naws service-quotas list-service-quotas --service-code acm",
          }
        : undefined;
    },
  },
];
