import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

export interface DnsRecordsArgs {
  hosts: string[];
  zoneId: pulumi.Input<string>;
  /** DNS name of a Network Load Balancer. */
  loadBalancer: pulumi.Input<string>;
}

/** Alias records: unlike CNAMEs they also serve the zone's own name, and cost nothing per query. */
export class DnsRecords extends pulumi.ComponentResource {
  constructor(name: string, args: DnsRecordsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("next-on-eks:aws:DnsRecords", name, {}, opts);
    const parent = { parent: this };
    const loadBalancerZone = aws.lb.getHostedZoneIdOutput({ loadBalancerType: "network" }, parent);
    for (const host of args.hosts) {
      new aws.route53.Record(
        `${name}-${host.replace("*", "_wildcard")}`,
        {
          zoneId: args.zoneId,
          name: host,
          type: "A",
          aliases: [
            {
              name: args.loadBalancer,
              zoneId: loadBalancerZone.id,
              evaluateTargetHealth: false,
            },
          ],
        },
        parent,
      );
    }
    this.registerOutputs({});
  }
}
