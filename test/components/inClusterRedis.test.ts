import * as assert from "node:assert/strict";
import { InClusterRedis, type InClusterRedisArgs } from "../../components/inClusterRedis";
import { Secret } from "../../engine/engine";
import { passwordOf } from "../helpers/answers";
import { podOf, violations } from "../helpers/podSecurity";
import { record, type Recording } from "../helpers/recording";

const redis = (evictionPolicy: InClusterRedisArgs["evictionPolicy"] = "volatile-lru") =>
  record(() => {
    const { url } = new InClusterRedis("pages", {
      namespace: "shop",
      image: "redis:7.4-bookworm",
      imagePullSecrets: ["registry"],
      evictionPolicy,
      timeoutSeconds: 120,
    });
    return { url };
  });

const conf = (recording: Recording) => recording.inputs("Secret", "pages-config").stringData;

describe("InClusterRedis", () => {
  let made: Recording;
  before(async () => {
    made = await redis();
  });

  it("makes exactly these children", () => {
    assert.deepEqual(made.roots, ["next-on-eks:kubernetes:InClusterRedis pages"]);
    assert.deepEqual(made.childrenOf("InClusterRedis", "pages"), [
      "kubernetes:apps/v1:Deployment pages-redis",
      "kubernetes:core/v1:Secret pages-config",
      "kubernetes:core/v1:Service pages-redis",
      "random:index/randomPassword:RandomPassword pages-password",
    ]);
  });

  it("keeps its configuration, which holds the password, in a Secret", () => {
    const text = `bind 0.0.0.0 -::*
port 6379
requirepass password-of-pages-password
save ""
appendonly no
dir /tmp
maxmemory 256mb
maxmemory-policy volatile-lru
`;
    assert.deepEqual(conf(made), new Secret({ "redis.conf": text }));
    assert.deepEqual(made.secretInputs, ["Secret pages-config: stringData"]);
    assert.deepEqual(made.shows(passwordOf("pages-password")), []);
  });

  it("never evicts where it keeps sessions", async () => {
    const { value } = conf(await redis("noeviction")) as Secret;
    const { "redis.conf": text } = value as Record<string, string>;
    assert.match(String(text), /^maxmemory-policy noeviction$/m);
  });

  it("mounts the configuration and runs as nobody in particular, within Pod Security restricted", () => {
    const pod = podOf(made.inputs("Deployment", "pages-redis"));
    assert.deepEqual(violations(pod), []);
    assert.deepEqual(pod.volumes, [{ name: "config", secret: { secretName: "pages-config" } }]);
    const [container] = pod.containers;
    assert.deepEqual(container?.command, ["redis-server", "/config/redis.conf"]);
    assert.equal(container?.image, "redis:7.4-bookworm");
    assert.deepEqual(container?.volumeMounts, [
      { name: "config", mountPath: "/config", readOnly: true },
    ]);
    assert.equal(container?.securityContext?.readOnlyRootFilesystem, true);
  });

  it("is one pod and never two, and ready in time or failed", () => {
    const spec = made.inputs("Deployment", "pages-redis").spec as Record<string, unknown>;
    assert.equal(spec.replicas, 1);
    assert.deepEqual(spec.strategy, { type: "Recreate" });
    assert.equal(spec.progressDeadlineSeconds, 120);
    for (const kind of ["Deployment", "Service"]) {
      assert.equal(made.optionsOf(kind, "pages-redis").createTimeout, "120s");
      assert.equal(made.optionsOf(kind, "pages-redis").updateTimeout, "120s");
    }
  });

  it("is found by a Service that selects its pods", () => {
    const { metadata, spec } = made.inputs("Service", "pages-redis");
    assert.equal((metadata as Record<string, unknown>).namespace, "shop");
    assert.deepEqual(spec, {
      selector: { "app.kubernetes.io/name": "pages" },
      ports: [{ name: "redis", port: 6379, targetPort: "redis" }],
    });
    const { selector, template } = made.inputs("Deployment", "pages-redis").spec as {
      selector: unknown;
      template: { metadata: unknown };
    };
    assert.deepEqual(selector, { matchLabels: { "app.kubernetes.io/name": "pages" } });
    assert.deepEqual(template.metadata, {
      labels: {
        "app.kubernetes.io/name": "pages",
        "app.kubernetes.io/part-of": "next-on-eks",
      },
    });
  });

  it("hands out one URL, a secret", () => {
    const url = "redis://:password-of-pages-password@pages-redis.shop:6379";
    assert.deepEqual(made.outputs, { url: new Secret(url) });
    assert.deepEqual(made.registeredOutputs("InClusterRedis", "pages"), ["url"]);
  });
});
