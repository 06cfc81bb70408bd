import * as assert from "node:assert/strict";
import { StaticAssets, type StaticAssetsArgs } from "../../components/staticAssets";
import { staticAssetsConf } from "../../components/staticAssetsConf";
import { podOf, violations } from "../helpers/podSecurity";
import { record, type Recording } from "../helpers/recording";

const assets = (more: Partial<StaticAssetsArgs> = {}) =>
  record(() => {
    const { serviceName, servicePort } = new StaticAssets("static-assets", {
      namespace: "shop",
      image: "registry.test/nginx:1",
      imagePullSecrets: ["registry"],
      replicas: 3,
      user: 1001,
      cacheClaim: "files-cache",
      service: "web",
      servicePort: 8080,
      paths: ["/shop/_next/static", "/c.d/_next/static"],
      maxRequestHead: "20k",
      nodeSelector: { type: "worker" },
      tolerations: [
        { key: "pool", value: "web", effect: "NoSchedule" },
        { key: "spot", effect: "NoExecute" },
      ],
      priorityClassName: "site",
      timeoutSeconds: 60,
      ...more,
    });
    return { serviceName, servicePort };
  });

const SELECTOR = { "app.kubernetes.io/name": "static-assets" };
const spec = (recording: Recording, kind: string) =>
  recording.inputs(kind, "static-assets").spec as Record<string, unknown>;

describe("StaticAssets", () => {
  let made: Recording;
  before(async () => {
    made = await assets();
  });
  const pod = () => podOf(made.inputs("Deployment", "static-assets"));

  it("makes exactly these children", () => {
    assert.deepEqual(made.roots, ["next-on-eks:kubernetes:StaticAssets static-assets"]);
    assert.deepEqual(made.childrenOf("StaticAssets", "static-assets"), [
      "kubernetes:apps/v1:Deployment static-assets",
      "kubernetes:core/v1:ConfigMap static-assets",
      "kubernetes:core/v1:Service static-assets",
      "kubernetes:policy/v1:PodDisruptionBudget static-assets",
    ]);
    assert.deepEqual(made.outputs, { serviceName: "static-assets", servicePort: 80 });
  });

  it("puts every object into the namespace, with labels", () => {
    const labels = { ...SELECTOR, "app.kubernetes.io/part-of": "next-on-eks" };
    for (const kind of ["Deployment", "ConfigMap", "Service", "PodDisruptionBudget"]) {
      const { metadata } = made.inputs(kind, "static-assets");
      assert.deepEqual(metadata, { namespace: "shop", labels });
    }
  });

  it("serves the claim, and asks the application's Service for the rest (test:releases runs it)", () => {
    const { data, immutable } = made.inputs("ConfigMap", "static-assets");
    const { "nginx.conf": conf = "" } = data as Record<string, string>;
    assert.equal(immutable, true);
    assert.match(conf, /^ {4}root \/shared\/cache;$/m);
    assert.match(conf, /^ {4}listen 8080;$/m);
    assert.match(conf, /^ {4}server web:8080 max_fails=0;$/m);
    assert.match(conf, /^ {2}large_client_header_buffers 2 24k;$/m);
    const location = String.raw`location ~ ^(?:/shop/_next/static|/c\.d/_next/static)/(?<file>.+)$ {`;
    assert.ok(conf.includes(location), conf);
  });

  it("has workers to spare, one of which a hung open() may take (nothing here hangs)", () => {
    const { data } = made.inputs("ConfigMap", "static-assets");
    const { "nginx.conf": conf = "" } = data as Record<string, string>;
    assert.match(conf, /^worker_processes 4;$/m);
  });

  it("reads the claim and writes nothing but /tmp, within Pod Security restricted (mocks admit every pod)", () => {
    assert.deepEqual(violations(pod()), []);
    const [nginx] = pod().containers;
    assert.equal(nginx?.securityContext?.readOnlyRootFilesystem, true);
    assert.equal(pod().securityContext?.runAsUser, 1001, "the user of the files");
    assert.deepEqual(nginx?.volumeMounts, [
      { name: "cache", mountPath: "/shared/cache", readOnly: true },
      { name: "config", mountPath: "/config", readOnly: true },
      { name: "scratch", mountPath: "/tmp" },
    ]);
    assert.deepEqual(pod().volumes, [
      { name: "cache", persistentVolumeClaim: { claimName: "files-cache" } },
      { name: "config", configMap: { name: "static-assets" } },
      { name: "scratch", emptyDir: { sizeLimit: "256Mi" } },
    ]);
    assert.equal(pod().automountServiceAccountToken, false);
  });

  it("rolls and drains without an answer missing (mocks do not roll)", () => {
    const { replicas, strategy, selector, progressDeadlineSeconds } = spec(made, "Deployment");
    assert.deepEqual(
      { replicas, strategy, selector, progressDeadlineSeconds },
      {
        replicas: 3,
        strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
        selector: { matchLabels: SELECTOR },
        progressDeadlineSeconds: 60,
      },
    );
    assert.equal(made.optionsOf("Deployment", "static-assets").createTimeout, "180s");
    assert.deepEqual(pod().containers[0]?.lifecycle, {
      preStop: {
        exec: {
          command: [
            "sh",
            "-c",
            "sleep 10; nginx -e stderr -c /config/nginx.conf -s quit; sleep 30",
          ],
        },
      },
    });
    assert.equal(pod().terminationGracePeriodSeconds, 45);
    assert.deepEqual(spec(made, "PodDisruptionBudget"), {
      maxUnavailable: 1,
      selector: { matchLabels: SELECTOR },
      unhealthyPodEvictionPolicy: "AlwaysAllow",
    });
  });

  it("spreads, is probed without the volume, and takes credentials", () => {
    const { topologySpreadConstraints, imagePullSecrets, containers } = pod();
    assert.deepEqual(
      (topologySpreadConstraints as { topologyKey: string }[]).map((one) => one.topologyKey),
      ["topology.kubernetes.io/zone", "kubernetes.io/hostname"],
    );
    assert.deepEqual(imagePullSecrets, [{ name: "registry" }]);
    const httpGet = { path: "/healthz", port: "http" };
    assert.deepEqual(containers[0]?.readinessProbe?.httpGet, httpGet);
    assert.deepEqual(containers[0]?.livenessProbe?.httpGet, httpGet);
  });

  it("runs where the application does, in a tainted pool too (mocks schedule nothing)", () => {
    const { nodeSelector, tolerations, priorityClassName } = pod();
    assert.deepEqual(nodeSelector, { type: "worker" });
    assert.deepEqual(tolerations, [
      { key: "pool", effect: "NoSchedule", operator: "Equal", value: "web" },
      { key: "spot", effect: "NoExecute", operator: "Exists" },
    ]);
    assert.equal(priorityClassName, "site");
  });

  it("has a Service on port 80", () => {
    assert.deepEqual(spec(made, "Service"), {
      selector: SELECTOR,
      ports: [{ name: "http", port: 80, targetPort: "http" }],
    });
  });
});

describe("staticAssetsConf", () => {
  const values = { root: "/r", port: 1, app: "web:80", paths: ["/a"], requestHead: "x;" };

  it("fills in placeholders, outside of comments", () => {
    const text = staticAssetsConf("# {{root}}\r\nroot {{root}}; {{port}} {{app}}\n", values);
    assert.equal(text, "# {{root}}\nroot /r; 1 web:80\n");
  });

  it("refuses one that it does not know", () => {
    assert.throws(
      () => staticAssetsConf("user {{user}};", values),
      /pod\/static-assets\.conf has \{\{user\}\}; known are root, port, app, paths, requestHead\./,
    );
  });
});
