import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";

export interface SelfSignedCertificateArgs {
  namespace: pulumi.Input<string>;
  /** Name in the certificate. Nothing checks it: see the class. */
  commonName: string;
}

const HOURS_OF_TEN_YEARS = 87_600;
const HOURS_OF_A_YEAR = 8_760;

/**
 * The certificate that nginx presents to a load balancer that has terminated the visitors' TLS. An NLB encrypts the
 * connection to its targets but does not check their certificates, so a self-signed one is enough.
 */
export class SelfSignedCertificate extends pulumi.ComponentResource {
  readonly secretName: pulumi.Output<string>;

  constructor(
    name: string,
    args: SelfSignedCertificateArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("next-on-eks:kubernetes:SelfSignedCertificate", name, {}, opts);
    const parent = { parent: this };
    const key = new tls.PrivateKey(
      `${name}-key`,
      { algorithm: "ECDSA", ecdsaCurve: "P256" },
      parent,
    );
    const certificate = new tls.SelfSignedCert(
      `${name}-certificate`,
      {
        privateKeyPem: key.privateKeyPem,
        subject: { commonName: args.commonName },
        dnsNames: [args.commonName],
        allowedUses: ["digital_signature", "server_auth"],
        validityPeriodHours: HOURS_OF_TEN_YEARS,
        earlyRenewalHours: HOURS_OF_A_YEAR,
      },
      parent,
    );
    const secret = new k8s.core.v1.Secret(
      `${name}-tls`,
      {
        metadata: { namespace: args.namespace },
        type: "kubernetes.io/tls",
        stringData: { "tls.crt": certificate.certPem, "tls.key": key.privateKeyPem },
      },
      parent,
    );
    this.secretName = secret.metadata.name;
    this.registerOutputs({ secretName: this.secretName });
  }
}
