import * as assert from "node:assert/strict";
import { OWN_ANNOTATIONS } from "../../../model/ingressAnnotations";
import { existing, loadExisting, type Groups } from "../../helpers/configs";
import { either, refuses, rm, set, told, withTls, type RuleCase } from "../../helpers/refusals";

const ISSUER = "cert-manager.io/cluster-issuer";
const key = (name: string) => `ingress.annotations["${name}"]`;
/** @param to what the key takes of the annotation's value, if it can be taken over */
const own = (name: string, instead?: string, value: unknown = "x", to?: string): RuleCase => [
  `the annotation ${name} with ${String(value)}`,
  { "ingress.annotations": { "example.com/kept": "x", [name]: value } },
  told(
    key(name),
    `is set by the stack${instead === undefined ? "" : `, from ${instead}`}.`,
    instead === undefined || to === undefined
      ? rm(key(name))
      : `${rm(key(name))}\nor, to keep its value:\n${set(instead, to)} && ${rm(key(name))}`,
  ),
];
const TIMEOUT = "nginx.org/proxy-read-timeout";
const RATE = "nginx.org/limit-req-rate";

describe("annotations of the Ingress", () => {
  refuses(existing, [
    own("nginx.org/max-fails"),
    own("nginx.org/client-max-body-size", "ingress.maxBodySize"),
    own("pulumi.com/skipAwait", "ingress.awaitAddress"),
    own("nginx.org/client-max-body-size", "ingress.maxBodySize", "50M", "50m"),
    own("nginx.org/client-max-body-size", "ingress.maxBodySize", "1g"),
    own("kubernetes.io/ingress.class", "ingress.className", "internal", "internal"),
    own("kubernetes.io/ingress.class", "ingress.className", "Internal"),
    own(TIMEOUT, "ingress.readTimeoutSeconds", "900s", "900"),
    own(TIMEOUT, "ingress.readTimeoutSeconds", 900, "900"),
    own(TIMEOUT, "ingress.readTimeoutSeconds", "15m", "900"),
    own(TIMEOUT, "ingress.readTimeoutSeconds", "48h"),
    own(TIMEOUT, "ingress.readTimeoutSeconds", "1h 30m"),
    own(RATE, "ingress.rateLimit.requestsPerSecond", "20r/s", "20"),
    own(RATE, "ingress.rateLimit.requestsPerSecond", "20r/m"),
    own("nginx.org/limit-req-burst", "ingress.rateLimit.burst", "20"),
    own("pulumi.com/skipAwait", "ingress.awaitAddress", "true", "false"),
    [
      "the annotation of a burst beside a limit",
      {
        "ingress.rateLimit": { requestsPerSecond: 10 },
        "ingress.annotations": { "nginx.org/limit-req-burst": "20" },
      },
      told(
        key("nginx.org/limit-req-burst"),
        "is set by the stack, from ingress.rateLimit.burst.",
        `${rm(key("nginx.org/limit-req-burst"))}\nor, to keep its value:\n${set("ingress.rateLimit.burst", "20")} && ${rm(key("nginx.org/limit-req-burst"))}`,
      ),
    ],
    [
      "a certificate of cert-manager that has no Secret to go to",
      { "ingress.annotations": { [ISSUER]: "letsencrypt" } },
      told(
        key(ISSUER),
        "asks cert-manager for a certificate, but ingress.tls.secretName does not name the Secret for it: none is created.",
        either(set("ingress.tls.secretName", "shop-tls"), rm(key(ISSUER))),
      ),
    ],
    [
      "an annotation that is no text",
      { "ingress.annotations": { "example.com/list": [1] } },
      told(
        key("example.com/list"),
        "[1] is refused: expected a string.",
        set(key("example.com/list"), "VALUE"),
      ),
    ],
  ]);

  it("are refused by all names that the stack sets", () => {
    assert.ok(OWN_ANNOTATIONS.length > 15);
    assert.ok(OWN_ANNOTATIONS.every((name) => /^(nginx\.org|pulumi\.com)\//.test(name)));
  });

  it("let cert-manager fill the Secret of the certificate", async () => {
    const { ingress, warnings } = await loadExisting({
      ...withTls,
      "ingress.annotations": { [ISSUER]: "letsencrypt" },
    });
    assert.deepEqual(ingress.annotations, { [ISSUER]: "letsencrypt" });
    assert.deepEqual(warnings, []);
  });

  it("warn of snippets, which are more than annotations", async () => {
    const snippet = { "ingress.annotations": { "nginx.org/server-snippets": "deny all;" } };
    const warned = async (more: Groups = {}) =>
      (await loadExisting({ ...withTls, ...snippet, ...more })).warnings;
    const first = `next-on-eks:${key("nginx.org/server-snippets")}: is part of nginx's configuration: whoever edits it can read what the controller can.`;
    const remedy = `\n    ${rm(key("nginx.org/server-snippets"))}`;
    assert.deepEqual(await warned(), [
      `${first} The stack's controller accepts snippets only with ingress.nodePorts; otherwise it refuses the whole Ingress. (rule snippets)${remedy}`,
    ]);
    const nodePorts = { http: 30080, https: 30443 };
    const [withPorts] = await warned({ "ingress.nodePorts": nodePorts });
    assert.equal(withPorts, `${first} The controller accepts it. (rule snippets)${remedy}`);
    const [elsewhere] = await warned({ "ingress.install": false });
    assert.match(
      elsewhere ?? "",
      /if its owner runs it with -enable-snippets; otherwise it refuses/,
    );
  });
});
