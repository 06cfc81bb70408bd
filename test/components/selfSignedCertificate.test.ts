import * as assert from "node:assert/strict";
import { SelfSignedCertificate } from "../../components/selfSignedCertificate";
import { Secret } from "../../engine/engine";
import { record, type Recording } from "../helpers/recording";

describe("SelfSignedCertificate", () => {
  let made: Recording;
  before(async () => {
    made = await record(() => {
      const args = { namespace: "nginx-ingress", commonName: "nginx" };
      return { secretName: new SelfSignedCertificate("backend", args).secretName };
    });
  });

  it("makes exactly these children", () => {
    assert.deepEqual(made.roots, ["next-on-eks:kubernetes:SelfSignedCertificate backend"]);
    assert.deepEqual(made.childrenOf("SelfSignedCertificate", "backend"), [
      "kubernetes:core/v1:Secret backend-tls",
      "tls:index/privateKey:PrivateKey backend-key",
      "tls:index/selfSignedCert:SelfSignedCert backend-certificate",
    ]);
  });

  it("is for a server, for ten years, and made anew a year before its end", () => {
    assert.deepEqual(made.inputs("SelfSignedCert", "backend-certificate"), {
      privateKeyPem: new Secret("PEM of backend-key"),
      subject: { commonName: "nginx" },
      dnsNames: ["nginx"],
      allowedUses: ["digital_signature", "server_auth"],
      validityPeriodHours: 87_600,
      earlyRenewalHours: 8_760,
    });
    assert.deepEqual(made.inputs("PrivateKey", "backend-key"), {
      algorithm: "ECDSA",
      ecdsaCurve: "P256",
    });
  });

  it("keeps key and certificate in a TLS Secret", () => {
    const { apiVersion, kind, ...inputs } = made.inputs("Secret", "backend-tls");
    assert.deepEqual([apiVersion, kind], ["v1", "Secret"]);
    assert.deepEqual(inputs, {
      metadata: { namespace: "nginx-ingress" },
      type: "kubernetes.io/tls",
      stringData: new Secret({
        "tls.crt": "PEM of backend-certificate",
        "tls.key": "PEM of backend-key",
      }),
    });
    assert.deepEqual(made.shows("PEM of backend-key"), []);
  });

  it("hands out the Secret's name", () => {
    assert.deepEqual(made.outputs, { secretName: "backend-tls" });
    assert.deepEqual(made.registeredOutputs("SelfSignedCertificate", "backend"), ["secretName"]);
  });
});
