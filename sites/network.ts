import { lookup } from "node:dns/promises";
import { connect } from "node:tls";
import { PROJECT } from "../model/project";

/** What a reviewer's browser will find; asked before a site is made. */
export interface Network {
  /** Why the name leads to no address; undefined: it does. */
  unresolved(host: string): Promise<string | undefined>;
  /** Why a browser would not trust what answers there; undefined: it would. */
  distrust(host: string, port: number): Promise<string | undefined>;
}

const SECONDS = 10;

/** @param ca certificates that are trusted; default: those that Node.js trusts */
export const network = (ca?: string): Network => ({
  async unresolved(host) {
    try {
      await lookup(host);
      return undefined;
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      return code === "ENOTFOUND" || code === "ENODATA" ? "it has no DNS record" : message;
    }
  },
  distrust: (host, port) =>
    new Promise((resolve) => {
      const socket = connect({ host, port, servername: host, timeout: SECONDS * 1000, ca });
      const end = (reason?: string) => {
        socket.destroy();
        resolve(reason);
      };
      socket.on("secureConnect", () => end());
      socket.on("timeout", () => end(`no answer within ${SECONDS} s`));
      socket.on("error", (error) => end(error.message));
    }),
});

/** Where a site will answer. */
export interface Place {
  readonly host: string;
  /** Host of the stack whose cluster it is on: the wildcard is below it. */
  readonly parent: string;
  /** The stack whose cluster it is on. */
  readonly from: string;
  /** Whether that one makes its records itself (`ingress.zone`). */
  readonly ownZone: boolean;
  /** Whether it makes its certificate itself too (no `ingress.tls`). */
  readonly ownCertificate: boolean;
  /** Port of HTTPS; undefined: the site answers by HTTP, or gets a certificate of its own. */
  readonly httpsPort: number | undefined;
}

/**
 * Why reviewers would not reach a site, and what to set up, once for all sites. The controller answers for every host, so that
 * this is known before the site is there.
 * @returns undefined: they would
 */
export async function unreachable(place: Place, net: Network): Promise<string | undefined> {
  const { host, httpsPort } = place;
  const unresolved = await net.unresolved(host);
  if (unresolved !== undefined) {
    return `browsers do not find ${host}: ${unresolved}. Set up a record for all review sites${recordOf(place)}`;
  }
  if (httpsPort === undefined) return undefined;
  const reason = await net.distrust(host, httpsPort);
  return reason === undefined
    ? undefined
    : `a browser would not trust https://${host}: ${reason.replace(/\.$/, "")}. Set up a certificate for all review sites${certificateOf(place)}`;
}

function recordOf({ parent, from, ownZone }: Place): string {
  return ownZone
    ? `:\n  ${byWildcard(from)}`
    : `, to the controller of '${from}':\n` +
        `  *.${parent}  CNAME  the address that this prints: pulumi stack output --stack ${from} loadBalancer\n` +
        "  (an A record where that is an IP address)";
}

function certificateOf({ parent, from, ownCertificate }: Place): string {
  return ownCertificate
    ? `:\n  ${byWildcard(from)}`
    : ", in the controller or the load balancer in front of it:\n" +
        `  its names: ${parent} and *.${parent} (the first does not cover the second)\n` +
        `  with ACM: aws acm request-certificate --domain-name ${parent} --subject-alternative-names '*.${parent}' --validation-method DNS\n` +
        "  or leave out --https";
}

/** Where the other stack makes its own records and certificate, it makes those of all sites too. */
export function byWildcard(from: string): string {
  return `pulumi config set --stack ${from} --path '${PROJECT}:ingress.wildcard' true && pulumi up --stack ${from}`;
}
