import * as assert from "node:assert/strict";
import { FREE, isFree, PRICED } from "../../cost/resources";
import { isComponent } from "../../plan/typeNames";
import { STACKS } from "../helpers/configs";
import { adding, changing, planOfStack, without } from "../policies/helpers";
import { planned } from "../review/helpers";
import { costTable } from "../../cost/words";
import { estimated, lineOf, linesOf, tableOf, unpricedIn } from "./helpers";
import { estimateOf } from "../../cost/estimate";
import { usageOf } from "../../config/platforms/aws/usage";

const HOURS = 730;

const SUBNETS = (first: string) => ["0", "1"].map((digit) => `subnet-${first}${digit.repeat(16)}`);
const IMAGE = (digit: string) => `registry.test/shop@sha256:${digit.repeat(64)}`;

/** An existing VPC, another certificate, Valkey, and two colours at once. */
const ODD = {
  "next-on-eks:network": {
    existing: {
      vpcId: "vpc-0a1b2c3d4e5f67890",
      privateSubnetIds: SUBNETS("a"),
      publicSubnetIds: SUBNETS("b"),
    },
  },
  "next-on-eks:ingress": {
    tls: { certificateArn: "arn:aws:acm:eu-west-1:210987654321:certificate/shop" },
  },
  "next-on-eks:redis": { engine: "valkey" },
  "next-on-eks:app": {
    host: "shop.example.com",
    rollout: {
      strategy: "blueGreen",
      live: "blue",
      images: { blue: IMAGE("1"), green: IMAGE("2") },
      keepOld: true,
    },
  },
};

describe("cost: what a plan costs", () => {
  it("prices all that AWS bills in the stack dev", async () => {
    const estimate = estimated(await planOfStack("dev"));
    assert.deepEqual(linesOf(estimate), [
      "AWS Backup files-backup: 20 GB",
      "ECR app-images: 5 GB",
      "EFS files-efs: 20 GB",
      "EKS control plane cluster-eks: ",
      "KMS keys: 1",
      "NAT gateways: 1",
      "Redis for pages: 1 cache.t4g.small, redis",
      "access to EFS files-efs: 50 GB read, 10 GB written",
      "disks of the nodes: 2 of 80 GiB",
      "load balancer of ingress: Network Load Balancer",
      "logs cluster-logs: 5 GB, kept 14 days",
      "nodes and Auto Mode's fee: 2 c6a.large",
      "public IPv4 addresses of NAT gateways: 1",
      "public IPv4 addresses of ingress: 3",
      "traffic of ingress to visitors: 100 GB",
      "traffic through NAT gateways: 20 GB",
    ]);
    assert.deepEqual(
      estimate.notPriced.map(({ part, never }) => [part, never]),
      [
        ["traffic between zones", true],
        ["requests to KMS, CloudWatch and AWS Backup", true],
      ],
    );
    assert.deepEqual(estimate.assumed, [
      "the add-on addons-metrics-server has 2 pods that ask for 100m CPU and 200Mi memory each; not confirmed in an account",
      "the pods of the add-on addons-efs-driver ask for no CPU and memory; not confirmed in an account",
    ]);
    assert.equal(estimate.region, "eu-west-1");
  });

  it("is a range, from the fewest pods of the autoscaler to the most", async () => {
    const estimate = estimated(await planOfStack("prod"), {
      table: tableOf({ "node.c6a.large": { usd: 0.1 }, "autoMode.c6a.large": { usd: 0.01 } }),
    });
    const { detail, min, max } = lineOf(estimate, "nodes and Auto Mode's fee");
    assert.equal(detail, "3 to 20 c6a.large");
    assert.deepEqual(
      [min, max].map((usd) => usd.toFixed(2)),
      ["240.90", "1606.00"],
    );
    assert.deepEqual(lineOf(estimate, "disks of the nodes"), {
      detail: "3 to 20 of 80 GiB",
      min: 240,
      max: 1600,
    });
    assert.deepEqual(lineOf(estimate, "NAT gateways"), {
      detail: "3",
      min: 3 * HOURS,
      max: 3 * HOURS,
    });
    const sum = (of: "min" | "max") => estimate.lines.reduce((total, line) => total + line[of], 0);
    assert.deepEqual([estimate.min, estimate.max], [sum("min"), sum("max")]);
    assert.ok(estimate.max > estimate.min);
  });

  it("prices a stack in an existing VPC with Valkey and two colours", async () => {
    const estimate = estimated(await planned("dev", ODD));
    // As many as the live colour has at the deployment, which no plan knows.
    assert.deepEqual(unpricedIn(estimate), [
      "nodes for the pods of web-green: how many they are, or how much CPU and memory they ask for, is not known",
    ]);
    assert.ok(linesOf(estimate).includes("Redis for pages: 1 cache.t4g.small, valkey"));
    assert.ok(!linesOf(estimate).some((line) => line.startsWith("NAT gateways")));
  });

  it("counts by the usage that the config assumes", async () => {
    const config = { "next-on-eks:usage": JSON.stringify({ trafficGb: 500, filesGb: "0.5" }) };
    const estimate = estimated(await planOfStack("dev"), { config });
    // Two prices for each GB: the load balancer's unit of capacity, and the way out.
    assert.equal(lineOf(estimate, "traffic of ingress to visitors").min, 1000);
    assert.equal(lineOf(estimate, "EFS files-efs").min, 0.5);
    assert.equal(lineOf(estimate, "AWS Backup files-backup").min, 0.5);
    assert.equal(lineOf(estimate, "traffic through NAT gateways").min, 20);
  });

  it("knows snapshots, which are free for the first day, and logs by how long they are kept", async () => {
    const estimate = estimated(await planOfStack("prod"));
    assert.equal(lineOf(estimate, "snapshots of Redis for pages").min, 6);
    assert.equal(lineOf(estimate, "logs cluster-logs").min, 5 + 5 * 3);
  });

  it("prices no stack outside AWS", async () => {
    const plan = await planOfStack("local");
    assert.equal(
      estimateOf(plan, { table: tableOf(), usage: usageOf({}), today: new Date() }),
      undefined,
    );
  });
});

describe("cost: every type is priced, free by a rule, or named as not priced", () => {
  it("knows every type of our plans", async () => {
    // With a zone: records and a certificate. test/golden asks the same of the stacks of its scenarios.
    const plans = [await planned("dev", { "next-on-eks:ingress": { zone: "example.com" } })];
    plans.push(await planned("dev", ODD));
    for (const stack of STACKS) plans.push(await planOfStack(stack));
    const types = new Set<string>();
    for (const { resources } of plans) {
      for (const { type } of resources) if (!isComponent(type)) types.add(type);
    }
    assert.ok(types.size > 40, `${types.size} types`);
    const unknown = [...types].filter((type) => !(type in PRICED) && !isFree(type));
    assert.deepEqual(
      unknown,
      [],
      "say in cost/resources.ts what prices them, or why they are free",
    );
    const both = Object.keys(PRICED).filter(isFree);
    assert.deepEqual(both, []);
    for (const reason of Object.values(FREE)) assert.match(reason, /\w+ \w+/);
  });

  it("names a type that it does not know, of AWS or of Kubernetes", async () => {
    let plan = adding(await planOfStack("dev"), "aws:sqs/queue:Queue", "orders", {});
    plan = adding(plan, "kubernetes:apps/v1:StatefulSet", "search", {});
    const estimate = estimated(plan);
    assert.deepEqual(unpricedIn(estimate), [
      "aws:sqs/queue:Queue orders: cost/resources.ts does not know what this type costs",
      "kubernetes:apps/v1:StatefulSet search: cost/resources.ts does not know what this type costs",
    ]);
    const { min } = estimate;
    assert.equal(min, estimated(await planOfStack("dev")).min);
  });
});

describe("cost: not priced is never $0", () => {
  const more = async (...args: Parameters<typeof changing>[1][]) =>
    estimated(args.reduce((plan, changes) => changing(plan, changes), await planOfStack("dev")));

  it("where the table has no price", async () => {
    const table = tableOf({ "cache.redis.cache.t4g.small": undefined });
    const estimate = estimated(await planOfStack("dev"), { table });
    assert.deepEqual(unpricedIn(estimate), [
      "Redis for pages: 1 cache.t4g.small, redis; cost/prices.json has no price of cache.redis.cache.t4g.small",
    ]);
    const { lines } = estimate;
    assert.ok(!lines.some(({ part }) => part === "Redis for pages"));
  });

  it("where an amount is not known before the deployment", async () => {
    const estimate = await more({
      "ReplicationGroup pages-group": ({ inputs }) => (inputs.numCacheClusters = "[computed]"),
    });
    assert.deepEqual(unpricedIn(estimate), [
      "Redis for pages: how much of it there is, the plan does not say",
    ]);
  });

  it("where the region has no prices", async () => {
    const plan = changing(await planOfStack("dev"), {
      "Stash facts": ({ inputs }) => (inputs.input["aws:region"] = "eu-north-1"),
    });
    const estimate = estimated(plan);
    assert.deepEqual(estimate.lines, []);
    assert.ok(costTable(estimate, usageOf({})).includes("  total    not priced"));
    assert.deepEqual(unpricedIn(estimate), [
      "everything: cost/prices.json has no prices of eu-north-1; npm run prices -- --region eu-north-1",
    ]);
  });

  it("where nodes, load balancers, endpoints or file systems are of another kind", async () => {
    const estimate = await more({
      "Cluster cluster-eks": ({ inputs }) => (inputs.autoMode = { enabled: false }),
      "Release ingress": ({ inputs }) => delete inputs.values.controller.service.loadBalancerClass,
      "VpcEndpoint network-s3": ({ inputs }) => (inputs.vpcEndpointType = "Interface"),
      "FileSystem files-efs": ({ inputs }) => (inputs.throughputMode = "provisioned"),
    });
    assert.deepEqual(unpricedIn(estimate), [
      "access to EFS files-efs: its throughput mode is provisioned, and only elastic and bursting are priced",
      "VPC endpoint network-s3: its type is Interface, and only Gateway is free",
      "nodes and Auto Mode's fee: the cluster has Auto Mode off, and only its nodes are counted",
      "disks of the nodes: each node has one, and how many nodes there are is not known",
      "load balancer of ingress: its class is not set, and only eks.amazonaws.com/nlb has a price, a Network Load Balancer of EKS Auto Mode",
    ]);
  });

  it("where pods choose their nodes, are of an unknown chart, or ask for more than any node has", async () => {
    const told = async (changes: Parameters<typeof changing>[1]) =>
      unpricedIn(await more(changes))[0];
    assert.equal(
      await told({
        "Deployment web": ({ inputs }) => (inputs.spec.template.spec.nodeSelector = { gpu: "yes" }),
      }),
      "nodes and Auto Mode's fee: pods of web choose their nodes by labels (nodeSelector), and which instance types have those is not known",
    );
    assert.equal(
      await told({ "Addon addons-efs-driver": ({ inputs }) => (inputs.addonName = "x") }),
      "nodes for the pods of addons-efs-driver: how many they are, or how much CPU and memory they ask for, is not known",
    );
    assert.equal(
      await told({
        "Deployment web": ({ inputs }) =>
          (inputs.spec.template.spec.containers[0].resources.requests.cpu = "64"),
      }),
      "nodes and Auto Mode's fee: a pod of web asks for more CPU or memory than any instance type with a price has",
    );
  });

  it("where volumes are of another driver than EFS's", async () => {
    const estimate = await more({
      "StorageClass files-cache": ({ inputs }) => (inputs.provisioner = "ebs.csi.aws.com"),
      "PersistentVolume files-uploads": ({ inputs }) => delete inputs.spec.csi,
    });
    assert.deepEqual(unpricedIn(estimate), [
      "volumes files-uploads: their driver is not known, and only those of efs.csi.aws.com are priced",
      "volumes files-cache: their driver is ebs.csi.aws.com, and only those of efs.csi.aws.com are priced",
    ]);
  });

  it("where load balancers have nobody who says in how many zones they are", async () => {
    const plan = without(
      await planOfStack("dev"),
      ...["0", "1", "2"].map((zone) => `MountTarget files-${zone}`),
    );
    assert.deepEqual(unpricedIn(estimated(plan)), [
      "public IPv4 addresses of ingress: how much of it there is, the plan does not say",
    ]);
  });
});
