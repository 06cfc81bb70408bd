import * as assert from "node:assert/strict";
import { keptFacts } from "../../../../config/changes";
import { aws, loadAws, loadExisting } from "../../../helpers/configs";
import { orAnotherStack, set } from "../../../helpers/refusals";
import { judges } from "../../changes/helpers";

const EMPTY_REDIS =
  "ElastiCache cannot go back, so a new, empty Redis replaces this one, and every visitor is logged out.";

describe("changes of a stack on aws", () => {
  judges(aws, [
    { name: "none", kind: "safe" },
    {
      name: "pods, sizes, node types, addresses, admins",
      kind: "safe",
      now: {
        "app.replicas": { min: 3, max: 9 },
        "app.image": "registry.test/shop:v2",
        "files.uploadsSize": "1Gi",
        "files.cacheSize": "1Gi",
        "redis.nodeType": "cache.t4g.medium",
        "redis.nodes": 2,
        "cluster.publicAccessCidrs": ["8.8.8.8/32"],
        "cluster.adminRoleArns": ["arn:aws:iam::999988887777:role/ops"],
        protect: true,
      },
    },
    {
      name: "another region",
      kind: "refused",
      regions: ["eu-west-1", "eu-central-1"],
      key: "aws:region",
      message:
        "'eu-west-1' cannot become 'eu-central-1': AWS resources cannot move between regions, so the whole stack would be created again and uploads would stay behind.",
      remedy: orAnotherStack(set("aws:region", "eu-west-1")),
    },
    {
      name: "another range of the VPC",
      kind: "refused",
      now: { "network.cidr": "10.30.0.0/16" },
      key: "network.cidr",
      message:
        "'10.20.0.0/16' cannot become '10.30.0.0/16': a VPC's range cannot change, and what is in it cannot move to another VPC.",
      remedy: orAnotherStack(set("network.cidr", "10.20.0.0/16")),
    },
    ...([2, 3] as const).map((zones) => ({
      name: `zones: ${5 - zones} to ${zones}`,
      kind: "refused" as const,
      old: { "network.availabilityZones": 5 - zones },
      now: { "network.availabilityZones": zones },
      key: "network.availabilityZones",
      message: `${5 - zones} cannot become ${zones}: EKS only accepts subnets in the zones that the cluster was created with.`,
      remedy: orAnotherStack(set("network.availabilityZones", String(5 - zones))),
    })),
    {
      name: "other zones",
      kind: "refused",
      old: { network: { availabilityZones: 2, zones: ["eu-west-1a", "eu-west-1b"] } },
      now: { network: { availabilityZones: 2, zones: ["eu-west-1a", "eu-west-1c"] } },
      key: "network.zones",
      message:
        "'eu-west-1a,eu-west-1b' cannot become 'eu-west-1a,eu-west-1c': subnets stay in the zone that they were created in.",
      remedy: `${set("network.zones[0]", "eu-west-1a")}\n${set("network.zones[1]", "eu-west-1b")}`,
    },
    {
      name: "zones named afterwards",
      kind: "warned",
      old: { "network.availabilityZones": 2 },
      now: { network: { availabilityZones: 2, zones: ["eu-west-1a", "eu-west-1c"] } },
      key: "network.zones",
      message: "has no effect: subnets stay in the zones that they were created in.",
    },
    {
      name: "zones named no more",
      kind: "safe",
      old: { network: { availabilityZones: 2, zones: ["eu-west-1a", "eu-west-1c"] } },
      now: { "network.availabilityZones": 2 },
    },
    ...(["one", "perZone"] as const).map((natGateways) => {
      const before = natGateways === "one" ? "perZone" : "one";
      return {
        name: `NAT gateways: ${before} to ${natGateways}`,
        kind: "warned" as const,
        old: { "network.natGateways": before },
        now: { "network.natGateways": natGateways },
        key: "network.natGateways",
        message: `'${before}' becomes '${natGateways}': pods in all zones except the first get other outgoing addresses, which must be allowed wherever the stack is let in by address, and their open connections break.`,
      };
    }),
    {
      name: "another range of Services",
      kind: "refused",
      now: { "cluster.serviceCidr": "10.100.0.0/16" },
      key: "cluster.serviceCidr",
      message:
        "'172.20.0.0/16' cannot become '10.100.0.0/16': EKS sets the range of Services once, so a new cluster would replace this one.",
      remedy: orAnotherStack(set("cluster.serviceCidr", "172.20.0.0/16")),
    },
    {
      name: "Kubernetes, the next version",
      kind: "safe",
      old: { "cluster.version": "1.35" },
      now: { "cluster.version": "1.36" },
    },
    {
      name: "Kubernetes, a lower version",
      kind: "asked",
      old: { "cluster.version": "1.36" },
      now: { "cluster.version": "1.35" },
      key: "cluster.version",
      message:
        "'1.36' cannot become '1.35': EKS cannot downgrade. Confirm only if the upgrade failed, so that the cluster still runs '1.35' (aws eks describe-cluster).",
      remedy: set("cluster.version", "1.36"),
    },
    {
      name: "another user",
      kind: "refused",
      now: { "app.user": 1001 },
      key: "app.user",
      message:
        "1000 cannot become 1001: files on EFS keep their owner, so existing uploads could no longer be read.",
      remedy: orAnotherStack(set("app.user", "1000"), ", with a copy of the uploads"),
    },
    { name: "redis to valkey", kind: "safe", now: { "redis.engine": "valkey" } },
    {
      name: "valkey to redis",
      kind: "asked",
      old: { "redis.engine": "valkey" },
      key: "redis.engine",
      message: `'valkey' becomes 'redis': ${EMPTY_REDIS}`,
      remedy: set("redis.engine", "valkey"),
    },
    {
      name: "a higher version of Redis",
      kind: "safe",
      old: { "redis.engineVersion": "7.0" },
      now: { "redis.engineVersion": "7.1" },
    },
    {
      name: "a lower version of Redis",
      kind: "asked",
      old: { "redis.engineVersion": "7.1" },
      now: { "redis.engineVersion": "7.0" },
      key: "redis.engineVersion",
      message: `'7.1' becomes '7.0': ${EMPTY_REDIS}`,
      remedy: set("redis.engineVersion", "7.1"),
    },
    ...(["own", "shared"] as const).map((sessions) => {
      const before = sessions === "own" ? "shared" : "own";
      return {
        name: `sessions ${before} to ${sessions}`,
        kind: "asked" as const,
        old: { "redis.sessions": before },
        now: { "redis.sessions": sessions },
        key: "redis.sessions",
        message: `'${before}' becomes '${sessions}': sessions start empty in the other Redis, and every visitor is logged out.`,
        remedy: set("redis.sessions", before),
      };
    }),
    {
      name: "a build from now on",
      kind: "safe",
      now: { "app.image": undefined, "app.build": { context: "example" } },
    },
    {
      name: "no build any more, confirmed (else the fact is kept)",
      kind: "warned",
      old: { "app.image": undefined, "app.build": { context: "example" } },
      now: { confirm: ["app.build"] },
      key: "app.build",
      message:
        "the stack's ECR repository is deleted with all its images: whatever still names one of them can no longer start a pod.",
    },
    {
      name: "no build any more, while the repository stays, beside another change",
      kind: "safe",
      old: {
        "app.image": undefined,
        "app.build": { context: "example" },
        "cluster.version": "1.35",
      },
      now: { "cluster.version": "1.36" },
    },
    {
      name: "no DNS zone any more, while TLS stays",
      kind: "asked",
      old: { ingress: { zone: "example.com", tls: { secretName: "tls" } } },
      now: { ingress: { tls: { secretName: "tls" } } },
      key: "ingress.zone",
      message:
        "the site's records in 'example.com' are deleted: visitors no longer find it, unless DNS elsewhere points to the load balancer.",
      remedy: set("ingress.zone", "example.com"),
    },
    {
      name: "another DNS zone that holds the host",
      kind: "safe",
      old: { "ingress.zone": "example.com" },
      now: { "ingress.zone": "shop.example.com" },
    },
  ]);
});

describe("facts that a stack keeps until their end is confirmed", () => {
  const build = { "app.image": undefined, "app.build": { context: "example" } };

  it("are the repository of images that were built, once nothing is built any more", async () => {
    assert.deepEqual(keptFacts(await loadAws()), ["app.build"]);
    assert.deepEqual(keptFacts(await loadAws({ confirm: ["app.build"] })), []);
    assert.deepEqual(keptFacts(await loadAws(build)), []);
    assert.deepEqual(keptFacts(await loadExisting()), []);
  });
});
