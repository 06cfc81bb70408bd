import { byWildcard } from "./network";
import { parsed, type Group } from "./source";

/*
 * How a site answers by HTTPS, on the controller of the stack that it is made from.
 */

/** Where a site's certificate is. */
export type SiteTls =
  /** In the controller, or at the load balancer in front of it: one for all sites, there before them. */
  | { readonly kind: "shared" }
  /** In a Secret of the site's own, which cert-manager makes once the site's Ingress asks for it. */
  | { readonly kind: "own"; readonly secretName: string }
  /** Nowhere: it answers by HTTP. `why`, although the other stack has HTTPS, and what to do; undefined: that has none. */
  | { readonly kind: "none"; readonly why?: string };

/** Whose issuer is found from every namespace. */
const CLUSTER_ISSUER = "cert-manager.io/cluster-issuer";

/** Whether a stack with this group `ingress` requests its certificate itself. */
export function makesCertificate({ zone, tls }: Group): boolean {
  return typeof zone === "string" && Object.keys(parsed(tls)).length === 0;
}

/**
 * @param stack that the site is made from
 * @param ingress its group of the config
 * @param host of the other stack, below which the sites are
 * @param asked whether the user says that there is a certificate for the site's host
 */
export function siteTls(
  stack: string,
  ingress: Group,
  host: string,
  asked: boolean | undefined,
): SiteTls {
  const { certificateArn, secretName } = parsed(ingress.tls);
  const zone = makesCertificate(ingress);
  if (asked || certificateArn !== undefined) return { kind: "shared" };
  if (zone && String(ingress.wildcard) === "true") return { kind: "shared" };
  if (zone) {
    const why = `the certificate of '${stack}' (ingress.zone) has no *.${host}. For that name, and its DNS record:\n  ${byWildcard(stack)}`;
    return { kind: "none", why };
  }
  if (typeof secretName !== "string") return { kind: "none" };
  if (CLUSTER_ISSUER in parsed(ingress.annotations)) return { kind: "own", secretName };
  const why =
    `the certificate of '${stack}' is in a Secret of its own namespace (ingress.tls.secretName '${secretName}'), and a site shares none.\n` +
    `  where the controller has a certificate for *.${host} (F5: controller.wildcardTLS), run this again with --https\n` +
    `  with cert-manager: annotate '${stack}' with ${CLUSTER_ISSUER}, and each site gets a certificate of its own`;
  return { kind: "none", why };
}
