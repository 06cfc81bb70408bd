import * as assert from "node:assert/strict";
import { OWN_ANNOTATIONS } from "../../components/ingressAnnotations";
import { existing, loadExisting, type Groups } from "../helpers/configs";
import { either, refuses, rm, set, told, withTls, type RuleCase } from "../helpers/refusals";

const ISSUER = "cert-manager.io/cluster-issuer";
const key = (name: string) => `ingress.annotations["${name}"]`;
const own = (name: string, instead?: string): RuleCase => [
  `the annotation ${name}`,
  { "ingress.annotations": { "example.com/kept": "x", [name]: "x" } },
  told(
    key(name),
    `is the stack's own${instead === undefined ? "" : `, and says what ${instead} says`}.`,
    rm(key(name)),
  ),
];

describe("annotations of the Ingress", () => {
  refuses(existing, [
    own("nginx.org/max-fails"),
    own("nginx.org/client-max-body-size", "ingress.maxBodySize"),
    own("pulumi.com/skipAwait", "ingress.awaitAddress"),
    own("kubernetes.io/ingress.class", "ingress.className"),
    [
      "a certificate of cert-manager that has no Secret to go to",
      { "ingress.annotations": { [ISSUER]: "letsencrypt" } },
      told(
        key(ISSUER),
        "asks cert-manager for a certificate, and ingress.tls.secretName does not say into which Secret: it makes none.",
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
    const first = `next-on-eks:${key("nginx.org/server-snippets")}: a part of nginx's configuration: whoever edits it can read what the controller can.`;
    assert.deepEqual(await warned(), [
      `${first} The stack's controller takes snippets with ingress.nodePorts alone, and else refuses the whole Ingress.`,
    ]);
    const nodePorts = { http: 30080, https: 30443 };
    const [withPorts] = await warned({ "ingress.nodePorts": nodePorts });
    assert.equal(withPorts, `${first} The controller takes it.`);
    const [elsewhere] = await warned({ "ingress.install": false });
    assert.match(
      elsewhere ?? "",
      /where its owner runs it with -enable-snippets, and else refuses/,
    );
  });
});
