import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

export interface RedisCacheArgs {
  vpcId: pulumi.Input<string>;
  subnetIds: pulumi.Input<string[]>;
  /** The only group that may connect. */
  clientSecurityGroupId: pulumi.Input<string>;
  engine: "redis" | "valkey";
  /** MAJOR.MINOR, such as 7.1. */
  engineVersion: string;
  /** Such as cache.t4g.small. */
  nodeType: string;
  /** Number of nodes: the primary and its replicas. */
  nodes: number;
  /** A replica in another zone takes over if the primary is lost. Needs two nodes. */
  automaticFailover: boolean;
  /**
   * What is evicted when memory is full. `volatile-lru`: entries with a TTL, so pages but never tags. `noeviction`:
   * nothing, writes fail instead; for sessions.
   */
  evictionPolicy: "volatile-lru" | "noeviction";
  /** Days that daily snapshots are kept; 0 takes none. */
  snapshotRetentionDays: number;
  /** hh:mm-hh:mm, UTC. */
  snapshotWindow: string;
  /** ddd:hh:mm-ddd:hh:mm, UTC. */
  maintenanceWindow: string;
  /** Refuses to delete the group. */
  protect: boolean;
}

/**
 * An ElastiCache replication group without cluster mode: encrypted, with TLS and a password.
 *
 * What connects to it depends on the whole component, so the rule that lets the cluster in is created before pods and
 * deleted after them.
 */
export class RedisCache extends pulumi.ComponentResource {
  /** `rediss://:PASSWORD@HOST:6379`, a secret. */
  readonly url: pulumi.Output<string>;

  constructor(name: string, args: RedisCacheArgs, opts?: pulumi.ComponentResourceOptions) {
    super("next-on-eks:aws:RedisCache", name, {}, opts);
    const parent = { parent: this };

    const group = this.securityGroup(name, args);
    const subnets = new aws.elasticache.SubnetGroup(
      `${name}-subnets`,
      { subnetIds: args.subnetIds },
      parent,
    );
    const parameters = new aws.elasticache.ParameterGroup(
      `${name}-parameters`,
      {
        family: parameterFamily(args.engine, args.engineVersion),
        description: `Redis ${name}: ${args.evictionPolicy}`,
        parameters: [{ name: "maxmemory-policy", value: args.evictionPolicy }],
      },
      parent,
    );
    // Only letters and digits: the service accepts them, and a URL needs no escaping.
    const token = new random.RandomPassword(
      `${name}-token`,
      { length: 64, special: false },
      parent,
    );
    const redis = new aws.elasticache.ReplicationGroup(
      `${name}-group`,
      {
        description: `Redis ${name}`,
        engine: args.engine,
        engineVersion: args.engineVersion,
        nodeType: args.nodeType,
        numCacheClusters: args.nodes,
        automaticFailoverEnabled: args.automaticFailover,
        multiAzEnabled: args.automaticFailover,
        parameterGroupName: parameters.name,
        subnetGroupName: subnets.name,
        securityGroupIds: [group.id],
        atRestEncryptionEnabled: true,
        transitEncryptionEnabled: true,
        authToken: token.result,
        authTokenUpdateStrategy: "ROTATE",
        snapshotRetentionLimit: args.snapshotRetentionDays,
        snapshotWindow: args.snapshotWindow,
        maintenanceWindow: args.maintenanceWindow,
        // The config sets the version. If AWS went from valkey 8.0 to 8.1 by itself, then after a `pulumi refresh` the
        // config's 8.0 would be a lower version, for which the provider creates a new, empty group. Patches are
        // installed nevertheless.
        autoMinorVersionUpgrade: false,
        // Without it a change would wait for the maintenance window, although Pulumi reports it as done.
        applyImmediately: true,
      },
      { parent: this, protect: args.protect },
    );

    this.url = pulumi.secret(
      pulumi.interpolate`rediss://:${token.result}@${redis.primaryEndpointAddress}:6379`,
    );
    this.registerOutputs({ url: this.url });
  }

  /** Lets the nodes of the cluster in, and nobody else. */
  private securityGroup(name: string, args: RedisCacheArgs): aws.ec2.SecurityGroup {
    const parent = { parent: this };
    const group = new aws.ec2.SecurityGroup(
      `${name}-redis`,
      {
        vpcId: args.vpcId,
        description: `Redis ${name}`,
        tags: { Name: `${name}-redis` },
      },
      parent,
    );
    new aws.vpc.SecurityGroupIngressRule(
      `${name}-redis-clients`,
      {
        securityGroupId: group.id,
        description: "Redis from the nodes of the cluster",
        referencedSecurityGroupId: args.clientSecurityGroupId,
        ipProtocol: "tcp",
        fromPort: 6379,
        toPort: 6379,
      },
      parent,
    );
    return group;
  }
}

/** ElastiCache names parameter families by major version: `redis7`, `valkey8`. */
function parameterFamily(engine: string, version: string): string {
  return `${engine}${version.split(".")[0]}`;
}
