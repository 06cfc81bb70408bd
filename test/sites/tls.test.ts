import assert from "node:assert/strict";
import { parseStackConfig } from "../../cli/stackConfig";
import { checkConfig } from "../../cli/checkConfig";
import { offline } from "../../sites/make";
import { siteConfig, type SiteConfig } from "../../sites/siteConfig";

const NOTHING = { https: undefined, tls: undefined, insecure: undefined };

/** The site of a stack with this `ingress`; what in its config says how it answers by HTTPS. */
function siteOf(ingress: string, more: { https?: boolean; platform?: string } = {}): SiteConfig {
  const { platform = "aws", https } = more;
  const text = `config:
  next-on-eks:platform: ${platform}
  next-on-eks:app: { image: "r.test/shop@sha256:${"0".repeat(64)}", host: dev.shop.example.com }
  next-on-eks:ingress: ${ingress}
`;
  const from = parseStackConfig("dev", "Pulumi.dev.yaml", text);
  const until = new Date("2026-12-08T10:00:00Z");
  return siteConfig(from, { pullRequest: 7, until, context: "dev", https });
}

function how(site: SiteConfig) {
  const { review, ingress } = Object.fromEntries(
    Object.entries(site.config).map(([key, value]) => [key.split(":")[1], value]),
  ) as Record<string, Record<string, unknown>>;
  return { https: review?.https, tls: ingress?.tls, insecure: site.insecure };
}

describe("HTTPS of a review site, by that of the stack whose cluster it is on", () => {
  const ARN = "arn:aws:acm:eu-west-1:111122223333:certificate/1";

  it("is the load balancer's, with a certificate of the user's own", () => {
    const site = siteOf(`{ tls: { certificateArn: "${ARN}" } }`);
    assert.deepEqual(how(site), { ...NOTHING, https: true });
    assert.equal(site.httpsPort, 443);
  });

  it("is the load balancer's, with a certificate of the stack's own that has the sites' names", () => {
    const site = siteOf("{ zone: shop.example.com, wildcard: true }");
    assert.deepEqual(how(site), { ...NOTHING, https: true });
    assert.equal(site.ownZone, true);
  });

  it("is none, with a certificate of the stack's own that has not; the reason names the command", () => {
    const { https, insecure } = how(siteOf("{ zone: shop.example.com }"));
    assert.equal(https, undefined);
    assert.equal(
      insecure,
      "the certificate of 'dev' (ingress.zone) has no *.dev.shop.example.com. For that name, and its DNS record:\n" +
        "  pulumi config set --stack dev --path 'next-on-eks:ingress.wildcard' true && pulumi up --stack dev",
    );
  });

  it("is none with a Secret, which is in the other namespace", () => {
    const { https, tls, insecure } = how(siteOf("{ tls: { secretName: shop-tls } }"));
    assert.deepEqual([https, tls], [undefined, undefined]);
    assert.match(
      insecure ?? "",
      /\(ingress\.tls\.secretName 'shop-tls'\)[^]* --https\n[^]*cluster-issuer/,
    );
  });

  it("is a Secret of its own where cert-manager makes it in every namespace", async () => {
    const site = siteOf(
      "{ tls: { secretName: shop-tls }, annotations: { cert-manager.io/cluster-issuer: letsencrypt } }",
      { platform: "existing" },
    );
    assert.deepEqual(how(site), { ...NOTHING, tls: { secretName: "shop-tls" } });
    assert.equal(site.httpsPort, undefined, "it is there only with the site");
    await checkConfig(offline(site));
  });

  it("is none with an issuer of the other namespace", () => {
    const ingress =
      "{ tls: { secretName: shop-tls }, annotations: { cert-manager.io/issuer: letsencrypt } }";
    assert.equal(how(siteOf(ingress)).tls, undefined);
  });

  it("is the controller's where the user says so, whatever the other stack has", () => {
    for (const ingress of ["{}", "{ zone: shop.example.com }", "{ tls: { secretName: shop-tls } }"])
      assert.deepEqual(how(siteOf(ingress, { https: true })), { ...NOTHING, https: true }, ingress);
  });

  it("is nothing to speak of where the other stack has none", () => {
    assert.deepEqual(how(siteOf("{}")), NOTHING);
  });

  it("has the port of HTTPS in its address, on ports of the nodes", () => {
    const ports = "nodePorts: { http: 30080, https: 30443 }";
    const port = (ingress: string, https?: boolean) =>
      siteOf(ingress, { platform: "existing", https }).port;
    assert.equal(port(`{ ${ports} }`), ":30080");
    assert.equal(port(`{ ${ports} }`, true), ":30443");
    const own = `{ ${ports}, tls: { secretName: s }, annotations: { cert-manager.io/cluster-issuer: l } }`;
    assert.equal(port(own), ":30443");
  });
});
