import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { upCommand } from "../config/messages/commands";

export interface CertificateArgs {
  /** DNS names of the certificate; the first is its subject. `*.HOST` stands beside its HOST. */
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
    // A wildcard is proven by the record of the host that it is below: a second resource would delete that when it goes.
    const proven = args.hosts.filter((host) => !host.startsWith("*."));
    const records = proven.map((host) => {
      const option = certificate.domainValidationOptions.apply((options) =>
        optionOf(host, options),
      );
      return new aws.route53.Record(
        `${name}-${host}`,
        {
          zoneId: args.zoneId,
          name: option.resourceRecordName,
          type: option.apply(({ resourceRecordType }) => resourceRecordType as "CNAME"),
          records: [option.resourceRecordValue],
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

/**
 * What ACM asks for to validate a host. The options are a set: their order is not that of the hosts, and it changes.
 * Within one account, ACM gives a name the same record in every certificate, so a host's record stays when others are
 * added or removed. Looked up by position, the record could move to another host's resource, and deleting the old
 * resource would delete a record that is still needed.
 */
function optionOf(
  host: string,
  options: aws.types.output.acm.CertificateDomainValidationOption[],
): Record<"resourceRecordName" | "resourceRecordType" | "resourceRecordValue", string> {
  const option = options.find(({ domainName }) => domainName === host);
  if (!option?.resourceRecordName || !option.resourceRecordType || !option.resourceRecordValue) {
    throw new Error(
      `ACM asks for no DNS record to prove '${host}', only for ${options.map((o) => o.domainName).join(", ") || "none"}. ` +
        `If this is still so after another up, look at the certificate in the AWS console.\n    ${upCommand()}`,
    );
  }
  const { resourceRecordName, resourceRecordType, resourceRecordValue } = option;
  return { resourceRecordName, resourceRecordType, resourceRecordValue };
}
