import {
  CERTIFICATE,
  DIGEST_REMEDY,
  prod,
  refuses,
  rm,
  set,
  told,
  withTls,
  type RuleCase,
  either,
} from "../../../helpers/refusals";
import * as assert from "node:assert/strict";
import { aws, loadAws } from "../../../helpers/configs";

const cases: RuleCase[] = [
  [
    "no region",
    {},
    "  aws:region: is missing.\n    pulumi config set --stack test --path 'aws:region' eu-west-1",
    { region: undefined },
  ],
  [
    "a VPC that is too small for its pods",
    { "network.cidr": "10.20.0.0/24" },
    told(
      "network.cidr",
      "'10.20.0.0/24' is refused: a VPC of this stack is /16 to /20, so that every subnet has room for pods.",
      set("network.cidr", "10.20.0.0/16"),
    ),
  ],
  [
    "a VPC that is too large for AWS",
    { "network.cidr": "10.0.0.0/8" },
    told(
      "network.cidr",
      "'10.0.0.0/8' is refused: a VPC of this stack is /16 to /20, so that every subnet has room for pods.",
      set("network.cidr", "10.20.0.0/16"),
    ),
  ],
  [
    "a VPC that overlaps a reserved range",
    { "network.reservedCidrs": ["192.168.0.0/16", "10.20.128.0/20"] },
    told(
      "network.cidr",
      "'10.20.0.0/16' overlaps '10.20.128.0/20' of network.reservedCidrs.",
      set("network.cidr", "RANGE"),
    ),
  ],
  [
    "Services in the range of the VPC",
    { "cluster.serviceCidr": "10.20.64.0/20" },
    told(
      "cluster.serviceCidr",
      "'10.20.64.0/20' overlaps network.cidr '10.20.0.0/16'.",
      set("cluster.serviceCidr", "172.20.0.0/16"),
    ),
  ],
  [
    "Services in the range of a VPC that has the usual one for them",
    { "network.cidr": "172.20.0.0/18" },
    told(
      "cluster.serviceCidr",
      "'172.20.0.0/16' overlaps network.cidr '172.20.0.0/18'.",
      set("cluster.serviceCidr", "10.100.0.0/16"),
    ),
  ],
  [
    "fewer zones by name than by number",
    { "network.zones": ["eu-west-1a", "eu-west-1b"] },
    told(
      "network.zones",
      "names 2 zones, and network.availabilityZones is 3.",
      set("network.availabilityZones", "2"),
    ),
  ],
  [
    "a zone of another region",
    { "network.zones": ["eu-west-1a", "eu-west-1b", "us-east-1a"] },
    told(
      "network.zones",
      "'us-east-1a' is not a zone of aws:region 'eu-west-1'.",
      rm("network.zones"),
    ),
  ],
  [
    "a Kubernetes version out of standard support",
    { "cluster.version": "1.35" },
    told(
      "cluster.version",
      "'1.35' left EKS standard support on 2027-03-27: AWS will upgrade the cluster by itself.",
      set("cluster.version", "1.36"),
    ),
    { today: new Date("2027-03-28") },
  ],
  [
    "a production API server that is open to the world",
    { "cluster.publicAccessCidrs": ["0.0.0.0/0"], ...withTls },
    told(
      "cluster.publicAccessCidrs",
      "'0.0.0.0/0' opens the API server of a production cluster to the world.",
      set("cluster.publicAccessCidrs[0]", "YOUR.ADDRESS/32"),
    ),
    prod,
  ],
  [
    "failover without a replica",
    { "redis.automaticFailover": true },
    told(
      "redis.automaticFailover",
      "true needs a replica, but redis.nodes is 1.",
      set("redis.nodes", "2"),
    ),
  ],
  [
    "a version of Redis that ElastiCache does not have",
    { "redis.engineVersion": "8.0" },
    told(
      "redis.engineVersion",
      "'8.0' is refused: this stack knows redis 7.0 and 7.1, the last that ElastiCache has.",
      either(set("redis.engineVersion", "7.1"), set("redis.engine", "valkey")),
    ),
  ],
  [
    "a zone that is named twice",
    { "network.zones": ["eu-west-1a", "eu-west-1b", "eu-west-1a"] },
    told(
      "network.zones",
      "names 'eu-west-1a' twice; each zone has one pair of subnets.",
      rm("network.zones"),
    ),
  ],
  [
    "no wait for the address that DNS records point to",
    { "ingress.zone": "example.com", "ingress.awaitAddress": false },
    told(
      "ingress.awaitAddress",
      "false leaves the records in ingress.zone 'example.com' without an address to point to.",
      either(rm("ingress.awaitAddress"), rm("ingress.zone")),
    ),
  ],
  [
    "a wildcard without a zone to make it in",
    { "ingress.wildcard": true },
    told(
      "ingress.wildcard",
      "has no effect without ingress.zone: records and certificate are somebody else's.",
      either(set("ingress.zone", "YOUR.ZONE"), rm("ingress.wildcard")),
    ),
  ],
  [
    "a DNS record without the load balancer of the stack",
    { "ingress.zone": "example.com", "ingress.install": false },
    told(
      "ingress.zone",
      "'example.com' would point to the load balancer, which the stack creates only with ingress.install.",
      set("ingress.install", "true"),
    ),
  ],
  [
    "a load balancer without proxy protocol",
    { "ingress.proxyProtocol": false },
    told(
      "ingress.proxyProtocol",
      "false is refused: on aws the load balancer always uses it.",
      rm("ingress.proxyProtocol"),
    ),
  ],
  [
    "ports of nodes behind a load balancer",
    { "ingress.nodePorts": { http: 30080, https: 30443 } },
    told(
      "ingress.nodePorts",
      "has no effect on aws, where a load balancer is in front of the controller.",
      rm("ingress.nodePorts"),
    ),
  ],
  ...["Ireland", "eu-west-1a", "eu-west"].map((region): RuleCase => [
    `${region}, which no region is named by its shape`,
    {},
    `  aws:region: '${region}' is not the name of a region, such as eu-west-1.
    pulumi config set --stack test --path 'aws:region' eu-west-1`,
    { region },
  ]),
  [
    "a region of another partition",
    {},
    `  aws:region: 'us-gov-west-1' is in another AWS partition (us-gov), whose ARNs and endpoints this stack does not know.
    pulumi config set --stack test --path 'aws:region' eu-west-1`,
    { region: "us-gov-west-1" },
  ],
  [
    "a build for production",
    { "app.image": undefined, "app.build": { context: "example" }, ...withTls },
    told(
      "app.build",
      "'example' would be built again for production, which needs an image that was built and tested once.",
      DIGEST_REMEDY,
    ),
    prod,
  ],
  [
    "image and build at once",
    { "app.image": "shop:v1", "app.build": { context: "example" } },
    told("app", "image 'shop:v1' and build are both set; set only one of them.", rm("app.build")),
  ],
  [
    "two certificates",
    { "ingress.tls": { secretName: "shop-tls", certificateArn: CERTIFICATE } },
    told(
      "ingress.tls",
      "certificateArn and secretName are both set; set only one of them.",
      rm("ingress.tls.secretName"),
    ),
  ],
  [
    "a certificate for a load balancer that the stack does not make",
    { "ingress.install": false, "ingress.tls": { certificateArn: CERTIFICATE } },
    told(
      "ingress.tls.certificateArn",
      `'${CERTIFICATE}' belongs to the load balancer, which the stack makes only with ingress.install.`,
      set("ingress.install", "true"),
    ),
  ],
  [
    "a certificate of another region",
    { "ingress.tls": { certificateArn: CERTIFICATE } },
    told(
      "ingress.tls.certificateArn",
      `'${CERTIFICATE}' is of region 'eu-west-1'; a load balancer takes certificates of its own, aws:region 'us-east-1'.`,
      set("ingress.tls.certificateArn", "arn:aws:acm:us-east-1:111122223333:certificate/ID"),
    ),
    { region: "us-east-1" },
  ],
  [
    "a build of a folder that is not there",
    { "app.image": undefined, "app.build": { context: "exmaple" } },
    told(
      "app.build.context",
      "there is no 'exmaple'; paths are relative to the folder of Pulumi.yaml.",
      set("app.build.context", "PATH"),
    ),
  ],
  [
    "a build without a Dockerfile",
    { "app.image": undefined, "app.build": { context: "runtime" } },
    told(
      "app.build.dockerfile",
      "there is no 'runtime/Dockerfile'; paths are relative to the folder of Pulumi.yaml.",
      set("app.build.dockerfile", "PATH"),
    ),
  ],
  [
    "a build with a further folder that is not there",
    {
      "app.image": undefined,
      "app.build": { context: "example", contexts: { runtime: "runtime", other: "/nowhere" } },
    },
    told(
      "app.build.contexts.other",
      "there is no '/nowhere'; paths are relative to the folder of Pulumi.yaml.",
      set("app.build.contexts.other", "PATH"),
    ),
  ],
  [
    "a zone of the user's own with the host of the example",
    { "ingress.zone": "acme.org" },
    told(
      "ingress.zone",
      "'acme.org' does not hold the host 'shop.example.com', which is still that of an example (app.host).",
      set("app.host", "HOST.acme.org"),
    ),
  ],
  [
    "a zone of the user's own with a further host of the example",
    {
      "app.host": "shop.acme.org",
      "ingress.zone": "acme.org",
      "ingress.extraHosts": ["www.acme.org", "www.example.com"],
    },
    told(
      "ingress.zone",
      "'acme.org' does not hold the host 'www.example.com', which is still that of an example (ingress.extraHosts[1]).",
      set("ingress.extraHosts[1]", "HOST.acme.org"),
    ),
  ],
  [
    "a host of the user's own outside the zone",
    { "app.host": "shop.acme.org", "ingress.zone": "example.com" },
    told(
      "ingress.zone",
      "'example.com' does not hold the host 'shop.acme.org'.",
      set("ingress.zone", "acme.org"),
    ),
  ],
  [
    "a host outside the zone",
    { "ingress.zone": "shop.example.com", "ingress.extraHosts": ["www.example.com"] },
    told(
      "ingress.zone",
      "'shop.example.com' does not hold the host 'www.example.com'.",
      set("ingress.zone", "example.com"),
    ),
  ],
];

const existing = {
  vpcId: "vpc-0a1b2c3d4e5f67890",
  privateSubnetIds: ["subnet-0a1b2c3d4e5f67890", "subnet-0a1b2c3d4e5f67891"],
  publicSubnetIds: ["subnet-0a1b2c3d4e5f67892"],
};

describe("rules of a config for aws", () => {
  refuses(aws, [
    ...cases,
    [
      "an existing VPC with one private subnet",
      { network: { existing: { ...existing, privateSubnetIds: ["subnet-0a1b2c3d4e5f67890"] } } },
      told(
        "network.existing.privateSubnetIds",
        "names 'subnet-0a1b2c3d4e5f67890' only: EKS needs at least two zones.",
        set("network.existing.privateSubnetIds[1]", "SUBNET"),
      ),
    ],
    [
      "what is no id of a VPC",
      { network: { existing: { ...existing, vpcId: "vpc-1" } } },
      told(
        "network.existing.vpcId",
        "'vpc-1' is refused: expected the id of a VPC, such as vpc-0a1b2c3d4e5f67890.",
        set("network.existing.vpcId", "vpc-0a1b2c3d4e5f67890"),
      ),
    ],
    ...["cidr", "availabilityZones", "zones", "natGateways", "reservedCidrs"].map(
      (key): RuleCase => {
        const values: Record<string, unknown> = {
          cidr: "10.0.0.0/16",
          availabilityZones: 3,
          zones: ["eu-west-1a", "eu-west-1b", "eu-west-1c"],
          natGateways: "one",
          reservedCidrs: ["192.168.0.0/16"],
        };
        return [
          `network.${key} beside an existing VPC`,
          { network: { existing, [key]: values[key] } },
          told(
            `network.${key}`,
            "has no effect with network.existing: the stack does not create the VPC.",
            rm(`network.${key}`),
          ),
        ];
      },
    ),
  ]);

  it("leave the ranges of an existing VPC to AWS: the default of network.cidr is none of its", async () => {
    const { network } = await loadAws({
      network: { existing },
      "cluster.serviceCidr": "10.20.0.0/16",
    });
    assert.deepEqual(network.existing, existing);
  });

  it("let a version pass on the last day of its support", async () => {
    const options = { today: new Date("2027-03-27T23:00:00Z") };
    assert.equal((await loadAws({}, options)).cluster.version, "1.35");
  });

  it("leave to the builder what it fetches", async () => {
    const context = "https://github.com/example/shop.git#main";
    const contexts = { base: "docker-image://node:22" };
    const { app } = await loadAws({ "app.image": undefined, "app.build": { context, contexts } });
    assert.equal(app.build?.context, context);
  });

  it("take a region from the environment, as the provider does", async () => {
    const options = { region: undefined, environmentRegion: "eu-north-1" };
    assert.equal((await loadAws({}, options)).region, "eu-north-1");
  });
});
