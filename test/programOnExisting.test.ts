import * as assert from "node:assert/strict";
import { Secret } from "../engine/engine";
import { configOf } from "./helpers/configs";
import { podOf, violations } from "./helpers/podSecurity";
import { runStack } from "./helpers/programs";
import type { Recording } from "./helpers/recording";

const COMPONENTS = [
  "next-on-eks:kubernetes:AppIngress site",
  "next-on-eks:kubernetes:AppNamespace app",
  "next-on-eks:kubernetes:IngressController ingress",
  "next-on-eks:kubernetes:NetworkPolicies site",
  "next-on-eks:kubernetes:NextApp web",
  "next-on-eks:kubernetes:PodFiles pod-files",
  "next-on-eks:kubernetes:SharedVolumes files",
  "next-on-eks:kubernetes:StaticAssets static-assets",
];
const spec = (made: Recording, kind: string, name: string) =>
  made.inputs(kind, name).spec as Record<string, unknown>;
const components = (made: Recording) =>
  made.roots.filter((root) => root.startsWith("next-on-eks:"));
const url = (name: string) =>
  `redis://:password-of-${name}-password@${name}-redis.next-on-eks:6379`;

describe("the program with stack local", () => {
  let made: Recording;
  before(async () => {
    made = await runStack("local");
  });

  it("is made of these components, on a cluster that must be reachable", () => {
    assert.deepEqual(made.roots, [
      "kubernetes:core/v1:Namespace cluster.context",
      ...[...COMPONENTS, "next-on-eks:kubernetes:InClusterRedis pages"].sort(),
      "pulumi:index:Stash facts",
      "pulumi:providers:kubernetes cluster",
    ]);
    assert.equal(made.one("Namespace", "cluster.context").read, true);
  });

  it("registers nothing of AWS", () => {
    assert.deepEqual(
      made.resources.filter(({ type }) =>
        /^(aws|eks|docker-build|pulumi:providers:aws)/.test(type),
      ),
      [],
    );
  });

  it("talks to the cluster of the config, and to no other", () => {
    assert.deepEqual(made.besideProvider("cluster"), []);
  });

  it("runs the application on a host path, the Redis in the cluster and the local image", () => {
    assert.deepEqual(spec(made, "PersistentVolume", "files-uploads").hostPath, {
      path: "/var/lib/next-on-eks/uploads",
      type: "Directory",
    });
    assert.deepEqual(
      made.inputs("Secret", "web-redis").stringData,
      new Secret({ REDIS_URL: url("pages"), SESSION_REDIS_URL: url("pages") }),
    );
    assert.equal(podOf(made.inputs("Deployment", "web")).containers[0]?.image, "web:local");
  });

  it("meets Pod Security restricted with every pod (mocks admit every pod)", () => {
    const pods = made.resources.filter(({ type }) => type === "kubernetes:apps/v1:Deployment");
    assert.deepEqual(pods.map(({ name, inputs }) => [name, violations(podOf(inputs))]).sort(), [
      ["pages-redis", []],
      ["static-assets", []],
      ["web", []],
    ]);
  });

  it("keeps what each container said last, which is why it ended (mocks run none)", () => {
    const silent = made.resources
      .filter(({ type }) => type === "kubernetes:apps/v1:Deployment")
      .flatMap(({ inputs }) => {
        const { containers, initContainers = [] } = podOf(inputs);
        return [...containers, ...initContainers];
      })
      .filter(
        ({ terminationMessagePolicy }) => terminationMessagePolicy !== "FallbackToLogsOnError",
      )
      .map(({ name }) => name);
    assert.deepEqual(silent, []);
  });

  it("protects nothing", () => assert.deepEqual(made.protectedOnes, []));

  it("keeps secrets in these inputs, and shows none in clear", () => {
    assert.deepEqual(made.secretInputs, [
      "Secret pages-config: stringData",
      "Secret web-redis: stringData",
    ]);
    assert.deepEqual(made.shows("password-of"), []);
  });

  it("hands out what a user needs, and no secret", () => {
    assert.deepEqual(made.outputs, {
      url: "http://shop.localtest.me",
      loadBalancer: "balancer.test",
      image: "web:local",
      namespace: "next-on-eks",
      deployment: "web",
    });
  });

  it("makes the namespace before its objects, and the Ingress after the controller", () => {
    for (const [kind, name] of [
      ["Deployment", "pages-redis"],
      ["Service", "pages-redis"],
      ["Secret", "pages-config"],
      ["PersistentVolumeClaim", "files-cache"],
      ["Deployment", "web"],
      ["Ingress", "site"],
    ] as const) {
      assert.ok(made.comesAfter(kind, name).has("Namespace app-namespace"), `${kind} ${name}`);
    }
    const before = made.comesAfter("Ingress", "site");
    assert.ok(before.has("Release ingress"));
    assert.ok(before.has("Deployment web"));
  });
});

describe("the program on a cluster that exists", () => {
  const local = (changes = {}, settings = {}) => runStack("local", changes, settings);

  it("takes the context of the config", async () => {
    const made = await local({ "next-on-eks:cluster": { context: "kind-kind", nodes: 1 } });
    assert.equal(made.inputs("kubernetes", "cluster").context, "kind-kind");
  });

  it("puts everything into the namespace of the config", async () => {
    const made = await local({ "next-on-eks:cluster": { namespace: "shop", nodes: 1 } });
    const namespaces = made.resources
      .filter(({ type }) => type.startsWith("kubernetes:") && !type.includes("helm"))
      .map(({ inputs }) => (inputs.metadata as { namespace?: string } | undefined)?.namespace);
    assert.deepEqual(new Set(namespaces), new Set([undefined, "shop"]));
    assert.equal(made.outputs.namespace, "shop");
  });

  it("takes Redis by secret URLs", async () => {
    const redis = { url: "redis://:hush@a.test:6379", sessionUrl: "redis://:hush@b.test:6379" };
    const made = await local({ "next-on-eks:redis": redis }, { secretKeys: ["next-on-eks:redis"] });
    assert.deepEqual(components(made), COMPONENTS);
    assert.deepEqual(
      made.inputs("Secret", "web-redis").stringData,
      new Secret({ REDIS_URL: redis.url, SESSION_REDIS_URL: redis.sessionUrl }),
    );
    assert.deepEqual(made.secretInputs, ["Secret web-redis: stringData"]);
    assert.deepEqual(made.shows("hush"), []);
  });

  it("shares pages by files, without any Redis", async () => {
    const made = await local({
      "next-on-eks:cache": { store: "files" },
      "next-on-eks:redis": undefined,
    });
    assert.deepEqual(
      components(made),
      COMPONENTS.filter((component) => !/Redis/.test(component)),
    );
    assert.deepEqual(made.secretInputs, []);
    const env = podOf(made.inputs("Deployment", "web")).containers[0]?.env as { name: string }[];
    assert.ok(env.some(({ name }) => name === "NEXT_SHARED_CACHE_STORE"));
    assert.ok(!env.some(({ name }) => name.includes("REDIS")));
  });

  it("runs without shared files, and keeps the claims", async () => {
    const files = { storageClass: "shared", required: false };
    const made = await local({ "next-on-eks:files": files });
    assert.ok(!made.roots.some((component) => component.includes("StaticAssets")));
    const pod = podOf(made.inputs("Deployment", "web"));
    assert.deepEqual(
      pod.initContainers?.map(({ name }) => name),
      ["prepare"],
    );
    assert.doesNotMatch(JSON.stringify(pod), /persistentVolumeClaim/);
    assert.doesNotMatch(JSON.stringify(made.inputs("Ingress", "site")), /_next/);
    for (const claim of ["files-cache", "files-uploads"]) {
      assert.ok(made.inputs("PersistentVolumeClaim", claim));
    }
  });

  it("opens the application's port, and no other, to all with a NodePort alone", async () => {
    const open = async (changes: object) =>
      (await local(changes)).resources
        .filter(({ name }) => name === "site-from-anywhere")
        .map(({ inputs }) => (inputs.spec as { ingress: unknown }).ingress);
    assert.deepEqual(await open({}), []);
    const nodePort = {
      "next-on-eks:app.service": { type: "NodePort" },
      "next-on-eks:app.port": 4000,
    };
    assert.deepEqual(await open(nodePort), [[{ ports: [{ protocol: "TCP", port: 4000 }] }]]);
  });

  it("names the site in the shared cache by namespace and stack, for every colour alike", async () => {
    const names = async (made: Promise<Recording>) =>
      (await made).resources
        .filter(({ type, name }) => type.endsWith(":Deployment") && name.startsWith("web"))
        .map(({ name, inputs }) => {
          const env = podOf(inputs).containers[0]?.env as { name: string; value: string }[];
          return [name, env.find((one) => one.name === "NEXT_SHARED_CACHE_APP")?.value];
        });
    assert.deepEqual(await names(local()), [["web", "next-on-eks-local"]]);
    const blueGreen = {
      "next-on-eks:app.image": undefined,
      "next-on-eks:app.rollout": {
        strategy: "blueGreen",
        live: "green",
        images: { blue: "web:v1", green: "web:v2" },
      },
    };
    const elsewhere = { "next-on-eks:cluster": { namespace: "shop", nodes: 1 }, ...blueGreen };
    assert.deepEqual((await names(local(elsewhere))).sort(), [
      ["web-blue", "shop-local"],
      ["web-green", "shop-local"],
    ]);
  });

  it("puts all servers of visitors into a pool that only they may use", async () => {
    const placed = {
      nodeSelector: { pool: "web" },
      tolerations: [{ key: "pool", operator: "Equal", value: "web", effect: "NoSchedule" }],
      priorityClassName: "site",
    };
    const made = await local({
      "next-on-eks:app.nodeSelector": placed.nodeSelector,
      "next-on-eks:app.tolerations": [{ key: "pool", value: "web", effect: "NoSchedule" }],
      "next-on-eks:app.priorityClassName": "site",
    });
    for (const name of ["web", "static-assets"]) {
      const { nodeSelector, tolerations, priorityClassName } = podOf(
        made.inputs("Deployment", name),
      );
      assert.deepEqual({ nodeSelector, tolerations, priorityClassName }, placed, name);
    }
  });

  it("leaves static files to the application where nginx is not wanted", async () => {
    const made = await local({ "next-on-eks:assets": { enabled: false } });
    assert.ok(!made.roots.some((component) => component.includes("StaticAssets")));
    assert.equal(podOf(made.inputs("Deployment", "web")).initContainers?.length, 1);
  });

  it("uses one URL for both where there is no other", async () => {
    const made = await local({ "next-on-eks:redis": { url: "redis://a.test:6379" } });
    assert.deepEqual(
      made.inputs("Secret", "web-redis").stringData,
      new Secret({ REDIS_URL: "redis://a.test:6379", SESSION_REDIS_URL: "redis://a.test:6379" }),
    );
  });

  it("runs a second Redis for sessions where asked to", async () => {
    const made = await local({ "next-on-eks:redis": { inCluster: true, sessions: "own" } });
    assert.deepEqual(
      made.inputs("Secret", "web-redis").stringData,
      new Secret({ REDIS_URL: url("pages"), SESSION_REDIS_URL: url("sessions") }),
    );
    const { value } = made.inputs("Secret", "sessions-config").stringData as Secret;
    assert.match(String((value as { "redis.conf": string })["redis.conf"]), /noeviction/);
    assert.deepEqual(made.besideProvider("cluster"), []);
  });

  it("takes files from NFS", async () => {
    const nfs = { server: "10.0.0.5", path: "/mnt/shared" };
    const made = await local({ "next-on-eks:files": { nfs } });
    assert.deepEqual(spec(made, "PersistentVolume", "files-cache").nfs, {
      server: "10.0.0.5",
      path: "/mnt/shared/cache",
    });
  });

  it("takes files from StorageClasses", async () => {
    const classes = async (files: object) => {
      const made = await local({ "next-on-eks:files": files });
      return ["cache", "uploads"].map(
        (role) => spec(made, "PersistentVolumeClaim", `files-${role}`).storageClassName,
      );
    };
    assert.deepEqual(await classes({ storageClass: "fast" }), ["fast", "fast"]);
    assert.deepEqual(await classes({ storageClass: "fast", uploadsStorageClass: "durable" }), [
      "fast",
      "durable",
    ]);
  });

  it("leaves the controller out where there is one, and ends TLS with a Secret", async () => {
    const ingress = { install: false, className: "edge", tls: { secretName: "shop-tls" } };
    const made = await local({ "next-on-eks:ingress": ingress });
    assert.deepEqual(
      made.resources.filter(({ type }) => type.includes("helm")),
      [],
    );
    const { ingressClassName, tls } = spec(made, "Ingress", "site");
    assert.equal(ingressClassName, "edge");
    assert.deepEqual(tls, [{ hosts: ["shop.localtest.me"], secretName: "shop-tls" }]);
    assert.equal(made.outputs.url, "https://shop.localtest.me");
  });

  it("waits for no address where the controller answers on ports of the nodes", async () => {
    const annotations = (made: Recording) =>
      (made.inputs("Ingress", "site").metadata as { annotations: Record<string, string> })
        .annotations;
    const ingress = { nodePorts: { http: 30080, https: 30443 } };
    const made = await local({ "next-on-eks:ingress": ingress });
    assert.equal(annotations(made)["pulumi.com/skipAwait"], "true");
    assert.equal(annotations(await local({}))["pulumi.com/skipAwait"], undefined);
    assert.equal(made.outputs.url, "http://shop.localtest.me:30080");
    assert.equal(made.outputs.loadBalancer, "NODE:30080");
  });

  it("sends static files below the app's prefixes to the union, and the limit of heads to every hop", async () => {
    const app = configOf("local")["next-on-eks:app"] as object;
    const made = await local({
      "next-on-eks:app": { ...app, basePath: "/shop", assetPrefix: "/cdn" },
      "next-on-eks:ingress": { maxRequestHead: "20k" },
    });
    const { rules } = made.inputs("Ingress", "site").spec as {
      rules: { http: { paths: { path: string; backend: { service: { name: string } } }[] } }[];
    };
    assert.deepEqual(
      rules[0]?.http.paths.map(({ path, backend }) => [path, backend.service.name]),
      [
        ["/shop/_next/static", "static-assets"],
        ["/cdn/_next/static", "static-assets"],
        ["/", "web"],
      ],
    );
    const { data } = made.inputs("ConfigMap", "static-assets") as { data: Record<string, string> };
    const conf = data["nginx.conf"] ?? "";
    assert.match(conf, /location ~ \^\(\?:\/shop\/_next\/static\|\/cdn\/_next\/static\)/);
    assert.match(conf, /large_client_header_buffers 2 24k;/);
    const { values } = made.inputs("Release", "ingress") as {
      values: { controller: { config: { entries: Record<string, string> } } };
    };
    assert.match(
      values.controller.config.entries["http-snippets"] ?? "",
      /^large_client_header_buffers 2 20k;$/m,
    );
    assert.match(JSON.stringify(made.inputs("Deployment", "web")), /--max-http-header-size=24576 /);
  });

  it("speaks proxy protocol and annotates the Service as the config says", async () => {
    const serviceAnnotations = { "example.com/pool": "edge" };
    const made = await local({
      "next-on-eks:ingress": { proxyProtocol: true, serviceAnnotations },
    });
    const { values } = made.inputs("Release", "ingress") as {
      values: { controller: { service: object; config: { entries: Record<string, string> } } };
    };
    assert.deepEqual(values.controller.service, {
      type: "LoadBalancer",
      externalTrafficPolicy: "Local",
      annotations: serviceAnnotations,
    });
    assert.equal(values.controller.config.entries["proxy-protocol"], "true");
  });
});
