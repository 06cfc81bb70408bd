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
import { existing, loadExisting } from "../../../helpers/configs";

const OTHERS_PORT = (port: number) => `${port} is already the port of another Service.`;

const cases: RuleCase[] = [
  [
    "one port of the nodes for HTTP and HTTPS",
    { "ingress.nodePorts": { http: 30080, https: 30080 } },
    told("ingress.nodePorts.https", OTHERS_PORT(30080), set("ingress.nodePorts.https", "PORT")),
  ],
  [
    "one port of the nodes for the controller and the application",
    {
      "ingress.nodePorts": { http: 30080, https: 30443 },
      "app.service": { type: "NodePort", nodePort: 30443 },
    },
    told("app.service.nodePort", OTHERS_PORT(30443), set("app.service.nodePort", "PORT")),
  ],
  [
    "no place for files",
    { files: {} },
    told(
      "files",
      "none of nfs, storageClass, hostPath and ephemeral is set; set one of them.",
      set("files.storageClass", "CLASS"),
    ),
  ],
  [
    "a Redis in the cluster that nobody uses",
    { cache: { store: "files" } },
    told(
      "redis.inCluster",
      "has no effect: with cache.store 'files' there is no Redis.",
      either(rm("redis.inCluster"), set("cache.store", "redis")),
    ),
  ],
  [
    "a Redis elsewhere that nobody uses",
    { cache: { store: "files" }, redis: { url: "redis://redis.test:6379" } },
    told(
      "redis.url",
      "has no effect: with cache.store 'files' there is no Redis.",
      either(rm("redis.url"), set("cache.store", "redis")),
    ),
  ],
  [
    "ports of nodes for a controller that is elsewhere",
    { "ingress.nodePorts": { http: 30080, https: 30443 }, "ingress.install": false },
    told(
      "ingress.nodePorts",
      "has no effect: the stack installs no controller.",
      either(rm("ingress.nodePorts"), set("ingress.install", "true")),
    ),
  ],
  [
    "two places for files",
    { "files.hostPath": "/var/lib/shop" },
    told("files", "storageClass and hostPath are set; set only one of them.", rm("files.hostPath")),
  ],
  [
    "a folder of one node where there are more",
    { files: { hostPath: "/var/lib/shop" }, "cluster.nodes": 2 },
    told(
      "files.hostPath",
      "'/var/lib/shop' is a separate folder on each node, but cluster.nodes is 2: pods on different nodes would see different files.",
      either(
        `${rm("files.hostPath")} && ${set("files.storageClass", "CLASS")}`,
        `${rm("files.hostPath")} && ${set("files.nfs.server", "SERVER")} && ${set("files.nfs.path", "/PATH")}`,
      ),
    ),
  ],
  [
    "a folder of one node where nobody has said how many there are",
    { files: { hostPath: "/var/lib/shop" } },
    told(
      "cluster.nodes",
      "is not set, and files.hostPath '/var/lib/shop' is a separate folder on each node: pods on different nodes would see different files.",
      `${set("cluster.nodes", "1")}\nor, with more nodes, files.nfs or files.storageClass instead of files.hostPath`,
    ),
  ],
  [
    "a class for uploads without one for the cache",
    { files: { hostPath: "/var/lib/shop", uploadsStorageClass: "durable" }, "cluster.nodes": 1 },
    told(
      "files.uploadsStorageClass",
      "'durable' has no effect without files.storageClass.",
      rm("files.uploadsStorageClass"),
    ),
  ],
  [
    "no Redis",
    { redis: {} },
    told(
      "redis",
      "neither url nor inCluster is set; set one of them.",
      either(set("redis.inCluster", "true"), set("redis.url", "URL", "--secret ")),
    ),
  ],
  [
    "two Redis",
    { "redis.url": "redis://:hush@redis.test:6379" },
    told("redis", "url and inCluster are both set; set only one of them.", rm("redis.inCluster")),
  ],
  [
    "a Redis for sessions alone",
    { "redis.sessionUrl": "redis://:hush@redis.test:6379" },
    told("redis.sessionUrl", "has no effect without redis.url.", rm("redis.sessionUrl")),
  ],
  [
    "one Redis for pages and sessions in production",
    { redis: { url: "redis://:hush@redis.test:6379" }, ...withTls },
    told(
      "redis.sessionUrl",
      "is missing: with redis.sessions own, sessions need a Redis where pages cannot evict them.",
      either(set("redis.sessionUrl", "URL", "--secret "), set("redis.sessions", "shared")),
    ),
    { ...prod, secret: ["redis"] },
  ],
  [
    "production wherever kubectl points to",
    { cluster: {}, ...withTls },
    told(
      "cluster.context",
      "is missing: in production pulumi up must not deploy wherever kubectl points.",
      `${set("cluster.context", "CONTEXT")}\nto list them:\nkubectl config get-contexts`,
    ),
    prod,
  ],
  [
    "a build without a registry",
    { "app.image": undefined, "app.build": { context: "example" } },
    told(
      "app.build",
      "'example' would be pushed to ECR, which platform existing does not have.",
      DIGEST_REMEDY,
    ),
  ],
  [
    "a certificate of AWS",
    { "ingress.tls": { certificateArn: CERTIFICATE } },
    told(
      "ingress.tls.certificateArn",
      `'${CERTIFICATE}' is from AWS, which platform existing does not use.`,
      set("ingress.tls.secretName", "SECRET"),
    ),
  ],
  [
    "a zone of AWS",
    { "ingress.zone": "example.com" },
    told(
      "ingress.zone",
      "'example.com' is in Route 53, which platform existing does not use.",
      rm("ingress.zone"),
    ),
  ],
  [
    "a wildcard in AWS",
    { "ingress.wildcard": true },
    told(
      "ingress.wildcard",
      "makes records and a certificate in AWS, which platform existing does not use.",
      rm("ingress.wildcard"),
    ),
  ],
  [
    "one pod a node, and no node to roll over to",
    { "app.hostAntiAffinity": true, "app.replicas": { min: 2, max: 3 }, "cluster.nodes": 3 },
    told(
      "app.hostAntiAffinity",
      "with maxUnavailable 0 a rollout starts a new pod before an old one ends, and up to 3 pods fill all cluster.nodes (3): the new one would stay Pending.",
      either(
        set("app.rollout.maxUnavailable", "1"),
        "app.replicas.max below 3",
        set("app.hostAntiAffinity", "false"),
      ),
    ),
  ],
];

describe("rules of a config for a cluster that exists", () => {
  refuses(existing, cases);

  it("let a rollout with a spare node pass", async () => {
    const replicas = { min: 2, max: 3 };
    const spare = { "app.hostAntiAffinity": true, "app.replicas": replicas, "cluster.nodes": 4 };
    assert.equal((await loadExisting(spare)).app.hostAntiAffinity, true);
  });

  it("let a rollout that ends a pod first pass", async () => {
    const { app } = await loadExisting({
      "app.hostAntiAffinity": true,
      "app.replicas": { min: 3, max: 3 },
      "app.rollout.maxUnavailable": 1,
      "cluster.nodes": 3,
    });
    assert.equal(app.rollout.maxUnavailable, 1);
  });
});
