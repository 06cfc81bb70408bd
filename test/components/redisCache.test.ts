import * as assert from "node:assert/strict";
import { RedisCache, type RedisCacheArgs } from "../../components/redisCache";
import { Secret } from "../../engine/engine";
import { passwordOf } from "../helpers/answers";
import { record, type Recording } from "../helpers/recording";

const redis = (more: Partial<RedisCacheArgs> = {}) =>
  record(() => {
    const { url } = new RedisCache("pages", {
      vpcId: "vpc",
      subnetIds: ["subnet-a", "subnet-b"],
      clientSecurityGroupId: "nodes",
      engine: "redis",
      engineVersion: "7.1",
      nodeType: "cache.m7g.large",
      nodes: 2,
      automaticFailover: true,
      evictionPolicy: "volatile-lru",
      snapshotRetentionDays: 7,
      snapshotWindow: "03:00-04:00",
      maintenanceWindow: "sun:04:30-sun:05:30",
      protect: true,
      ...more,
    });
    return { url };
  });

describe("RedisCache", () => {
  let made: Recording;
  before(async () => {
    made = await redis();
  });

  it("makes exactly these children", () => {
    assert.deepEqual(made.roots, ["next-on-eks:aws:RedisCache pages"]);
    assert.deepEqual(made.childrenOf("RedisCache", "pages"), [
      "aws:ec2/securityGroup:SecurityGroup pages-redis",
      "aws:elasticache/parameterGroup:ParameterGroup pages-parameters",
      "aws:elasticache/replicationGroup:ReplicationGroup pages-group",
      "aws:elasticache/subnetGroup:SubnetGroup pages-subnets",
      "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule pages-redis-clients",
      "random:index/randomPassword:RandomPassword pages-token",
    ]);
  });

  it("encrypts, asks for a token and fails over (mocks do not check that AWS accepts it)", () => {
    assert.deepEqual(made.inputs("ReplicationGroup", "pages-group"), {
      description: "Redis pages",
      engine: "redis",
      engineVersion: "7.1",
      nodeType: "cache.m7g.large",
      numCacheClusters: 2,
      automaticFailoverEnabled: true,
      multiAzEnabled: true,
      parameterGroupName: "name of pages-parameters",
      subnetGroupName: "name of pages-subnets",
      securityGroupIds: ["SecurityGroup/pages-redis"],
      atRestEncryptionEnabled: true,
      transitEncryptionEnabled: true,
      authToken: new Secret(passwordOf("pages-token")),
      authTokenUpdateStrategy: "ROTATE",
      snapshotRetentionLimit: 7,
      snapshotWindow: "03:00-04:00",
      maintenanceWindow: "sun:04:30-sun:05:30",
      autoMinorVersionUpgrade: false,
      applyImmediately: true,
    });
  });

  it("generates a token of letters and digits, in the service's alphabet and in a URL as it is", () => {
    assert.deepEqual(made.inputs("RandomPassword", "pages-token"), { length: 64, special: false });
  });

  it("never evicts keys without a TTL, so no tags", () => {
    assert.deepEqual(made.inputs("ParameterGroup", "pages-parameters"), {
      family: "redis7",
      description: "Redis pages: volatile-lru",
      parameters: [{ name: "maxmemory-policy", value: "volatile-lru" }],
    });
  });

  it("lets the cluster's group in, and nobody else", () => {
    assert.deepEqual(made.inputs("SecurityGroupIngressRule", "pages-redis-clients"), {
      securityGroupId: "SecurityGroup/pages-redis",
      description: "Redis from the nodes of the cluster",
      referencedSecurityGroupId: "nodes",
      ipProtocol: "tcp",
      fromPort: 6379,
      toPort: 6379,
    });
    assert.equal(made.inputs("SecurityGroup", "pages-redis").vpcId, "vpc");
    assert.deepEqual(made.inputs("SubnetGroup", "pages-subnets").subnetIds, [
      "subnet-a",
      "subnet-b",
    ]);
  });

  it("hands out one URL with TLS and token, a secret", () => {
    const url = "rediss://:password-of-pages-token@pages-group.cache.test:6379";
    assert.deepEqual(made.outputs, { url: new Secret(url) });
    assert.deepEqual(made.registeredOutputs("RedisCache", "pages"), ["url"]);
    assert.deepEqual(made.shows(passwordOf("pages-token")), []);
  });

  it("keeps sessions whatever the memory", async () => {
    const sessions = await redis({ evictionPolicy: "noeviction" });
    assert.deepEqual(sessions.inputs("ParameterGroup", "pages-parameters").parameters, [
      { name: "maxmemory-policy", value: "noeviction" },
    ]);
  });

  it("takes the parameter family of valkey's major version", async () => {
    const valkey = await redis({ engine: "valkey", engineVersion: "8.0" });
    assert.equal(valkey.inputs("ParameterGroup", "pages-parameters").family, "valkey8");
    assert.equal(valkey.inputs("ReplicationGroup", "pages-group").engine, "valkey");
  });

  it("stays in one zone without failover", async () => {
    const one = await redis({ nodes: 1, automaticFailover: false });
    const group = one.inputs("ReplicationGroup", "pages-group");
    assert.deepEqual(
      [group.numCacheClusters, group.automaticFailoverEnabled, group.multiAzEnabled],
      [1, false, false],
    );
  });

  it("protects the group, and only where asked to", async () => {
    assert.deepEqual(made.protectedOnes, ["ReplicationGroup pages-group"]);
    assert.deepEqual((await redis({ protect: false })).protectedOnes, []);
  });
});
