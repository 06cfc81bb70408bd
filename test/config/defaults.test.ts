import * as assert from "node:assert/strict";
import { loadAws, loadExisting, type Groups } from "../helpers/configs";
import { withTls } from "../helpers/refusals";

const prod = { stack: "prod" };

describe("defaults of the config", () => {
  it("are small and cheap outside production", async () => {
    const { production, protect, network, redis, cluster, files } = await loadAws();
    assert.deepEqual([production, protect], [false, false]);
    assert.deepEqual(network, {
      cidr: "10.20.0.0/16",
      availabilityZones: 3,
      natGateways: "one",
      reservedCidrs: [],
    });
    assert.deepEqual(redis, {
      engine: "redis",
      engineVersion: "7.1",
      nodeType: "cache.t4g.small",
      nodes: 1,
      automaticFailover: false,
      sessions: "shared",
      sessionsNodeType: "cache.t4g.micro",
      snapshotRetentionDays: 0,
      snapshotWindow: "03:00-04:00",
      maintenanceWindow: "sun:04:30-sun:05:30",
    });
    assert.deepEqual(cluster, {
      version: "1.35",
      addonVersions: {},
      publicAccessCidrs: [],
      adminRoleArns: [],
      serviceCidr: "172.20.0.0/16",
      namespace: "next-on-eks",
    });
    assert.deepEqual(files, {
      cacheSize: "5Gi",
      uploadsSize: "20Gi",
      required: true,
      releasesKept: 5,
      publicSize: "1Gi",
    });
  });

  it("survive failures in production", async () => {
    const { production, protect, network, redis } = await loadAws(withTls, prod);
    assert.deepEqual([production, protect], [true, true]);
    assert.equal(network.natGateways, "perZone");
    const { nodes, automaticFailover, sessions, snapshotRetentionDays } = redis;
    assert.deepEqual(
      { nodes, automaticFailover, sessions, snapshotRetentionDays },
      { nodes: 2, automaticFailover: true, sessions: "own", snapshotRetentionDays: 7 },
    );
  });

  it("take prod and production for production, and the key before the name", async () => {
    const isProduction = async (stack: string, more = {}) =>
      (await loadAws({ ...withTls, ...more }, { stack })).production;
    assert.equal(await isProduction("production"), true);
    assert.equal(await isProduction("preprod"), false);
    assert.equal(await isProduction("prod", { production: false }), false);
    assert.equal(await isProduction("live", { production: true }), true);
  });

  it("protect as production does, unless told", async () => {
    assert.equal((await loadAws({ ...withTls, protect: false }, prod)).protect, false);
    assert.equal((await loadAws({ protect: true })).protect, true);
  });

  it("of the application", async () => {
    const { image, ...app } = (await loadAws()).app;
    assert.ok(image);
    assert.deepEqual(app, {
      host: "shop.example.com",
      agentPort: 9797,
      directory: "/app",
      distDir: ".next",
      port: 3000,
      user: 1000,
      replicas: { min: 2, max: 10, targetCpuPercent: 70, scaleDownAfterSeconds: 300 },
      resources: { cpu: "500m", memory: "768Mi" },
      env: {},
      secretEnv: {},
      health: { path: "/", startupSeconds: 60 },
      warmupPaths: [],
      rollout: {
        strategy: "rolling",
        images: {},
        keepOld: false,
        maxSurge: "25%",
        maxUnavailable: 0,
        minReadySeconds: 5,
      },
      shutdown: { preStopSeconds: 15, longestRequestSeconds: 60 },
      nodeSelector: {},
      tolerations: [],
      hostAntiAffinity: false,
      imagePullSecrets: [],
      service: { type: "ClusterIP", port: 80 },
    });
  });

  it("take numbers and booleans for text, as pulumi config set --stack test --path stores them", async () => {
    const { app } = await loadAws({
      "app.env": { WORKERS: 4, VERBOSE: true },
      "app.resources.cpu": 1,
      "app.nodeSelector": { gpu: true },
    });
    assert.deepEqual(app.env, { WORKERS: "4", VERBOSE: "true" });
    assert.equal(app.resources.cpu, "1");
    assert.deepEqual(app.nodeSelector, { gpu: "true" });
  });

  it("take tags with capitals, and half a gibibyte", async () => {
    const image = "registry.test:5000/shop:V1.0_RC";
    const { app, files } = await loadAws({ "app.image": image, "files.cacheSize": "0.5Gi" });
    assert.equal(app.image, image);
    assert.equal(files.cacheSize, "0.5Gi");
  });

  it("of the way in", async () => {
    const expected = {
      install: true,
      className: "nginx",
      namespace: "nginx-ingress",
      chart: "oci://ghcr.io/nginx/charts/nginx-ingress",
      chartVersion: "2.7.1",
      replicas: 2,
      extraHosts: [],
      paths: [],
      maxRequestHead: "32k",
      maxBodySize: "20m",
      readTimeoutSeconds: 300,
      annotations: {},
      awaitAddress: true,
      serviceAnnotations: {},
      wildcard: false,
    };
    assert.deepEqual((await loadAws()).ingress, { ...expected, proxyProtocol: true });
    assert.deepEqual((await loadExisting()).ingress, { ...expected, proxyProtocol: false });
  });

  it("leave time for fresh nodes on aws, unless told", async () => {
    const { timeouts } = await loadAws();
    assert.deepEqual([timeouts.app, timeouts.claims], [420, 180]);
    assert.equal((await loadAws({ "timeouts.app": 60 })).timeouts.app, 60);
  });

  it("of a cluster that exists", async () => {
    const { cluster, files, redis, timeouts, protect } = await loadExisting();
    assert.deepEqual(cluster, { context: "kind", namespace: "next-on-eks" });
    assert.deepEqual(files, {
      cacheSize: "5Gi",
      uploadsSize: "20Gi",
      required: true,
      releasesKept: 5,
      publicSize: "1Gi",
      storageClass: "shared",
      ephemeral: false,
    });
    assert.deepEqual(redis, { inCluster: true, image: "redis:7.4-bookworm", sessions: "shared" });
    assert.deepEqual(timeouts, { app: 180, claims: 60, redis: 120, controller: 300, ingress: 180 });
    assert.equal(protect, false);
  });

  it("give the controller the time that new nodes and an NLB take, on AWS", async () => {
    assert.equal((await loadAws()).timeouts.controller, 900);
    assert.equal((await loadAws({ "timeouts.controller": 1200 })).timeouts.controller, 1200);
  });

  it("take valkey's version with valkey", async () => {
    const { redis } = await loadAws({ "redis.engine": "valkey" });
    assert.equal(redis.engineVersion, "8.0");
  });

  it("fail over with two nodes, unless told", async () => {
    const failover = async (more: Groups) => (await loadAws(more)).redis.automaticFailover;
    assert.equal(await failover({ "redis.nodes": 2 }), true);
    assert.equal(await failover({ redis: { nodes: 2, automaticFailover: false } }), false);
  });

  it("take a version that YAML read as a number", async () => {
    assert.equal((await loadAws({ "cluster.version": 1.35 })).cluster.version, "1.35");
  });

  it("take the placeholder of an offline preview for a secret", async () => {
    const { redis } = await loadExisting({ redis: { url: "[secret]" } });
    assert.equal(redis.url, "[secret]");
  });
});
