import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

export interface CertificateArgs {
  /** DNS names of the certificate; the first is its subject. */
  hosts: string[];
  /** Route 53 zone that holds them all. */
  zoneId: pulumi.Input<string>;
}

/** An ACM certificate, validated by DNS records, which also let it renew by itself. */
export class Certificate extends pulumi.ComponentResource {
  /** Known once the certificate is valid. */
  readonly arn: pulumi.Output<string>;

  constructor(name: string, args: CertificateArgs, opts?: pulumi.ComponentResourceOptions) {
    super("next-on-eks:aws:Certificate", name, {}, opts);
    const parent = { parent: this };

    const certificate = new aws.acm.Certificate(
      `${name}-certificate`,
      {
        domainName: args.hosts[0],
        subjectAlternativeNames: args.hosts.slice(1),
        validationMethod: "DNS",
      },
      parent,
    );
    const records = args.hosts.map((host, index) => {
      const option = certificate.domainValidationOptions.apply((options) => options[index]);
      return new aws.route53.Record(
        `${name}-${host}`,
        {
          zoneId: args.zoneId,
          name: option.apply((o) => o?.resourceRecordName ?? ""),
          type: option.apply((o) => (o?.resourceRecordType ?? "CNAME") as "CNAME"),
          records: [option.apply((o) => o?.resourceRecordValue ?? "")],
          ttl: 300,
          // The same name may have been validated before, by another stack.
          allowOverwrite: true,
        },
        parent,
      );
    });
    const validation = new aws.acm.CertificateValidation(
      `${name}-validation`,
      {
        certificateArn: certificate.arn,
        validationRecordFqdns: records.map((record) => record.fqdn),
      },
      { parent: this, customTimeouts: { create: "15m" } },
    );

    this.arn = validation.certificateArn;
    this.registerOutputs({ arn: this.arn });
  }
}
