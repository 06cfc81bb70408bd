import * as assert from "node:assert/strict";
import type { NextAppArgs } from "../../../components/nextApp/args";
import { agentAnnotations, agentProbes } from "../../../components/nextApp/agent";
import { podTemplate, type EnvSecrets } from "../../../components/nextApp/podTemplate";
import type { Pod } from "../../helpers/podSecurity";
import { violations } from "../../helpers/podSecurity";
import { nextAppArgs } from "./args";

const pod = (more: Partial<NextAppArgs> = {}, secrets: EnvSecrets = { redis: "web-redis" }) =>
  podTemplate("web", { ...nextAppArgs, ...more }, secrets).spec as unknown as Pod;
const container = (more: Partial<NextAppArgs> = {}, secrets?: EnvSecrets) =>
  pod(more, secrets).containers[0] as Pod["containers"][0];

describe("podTemplate", () => {
  it("carries the labels that the selectors look for", () => {
    const { metadata } = podTemplate("web", nextAppArgs, { redis: "web-redis" });
    assert.deepEqual(metadata, {
      labels: { "app.kubernetes.io/name": "web", "app.kubernetes.io/part-of": "next-on-eks" },
      annotations: agentAnnotations(9797),
    });
  });

  it("meets Pod Security restricted, with a read-only root file system (mocks admit every pod)", () => {
    assert.deepEqual(violations(pod()), []);
    assert.equal(container().securityContext?.readOnlyRootFilesystem, true);
    assert.deepEqual(pod().securityContext, {
      runAsNonRoot: true,
      runAsUser: 1000,
      runAsGroup: 1000,
      fsGroup: 1000,
      fsGroupChangePolicy: "OnRootMismatch",
      seccompProfile: { type: "RuntimeDefault" },
    });
  });

  it("runs as the user that is configured", () => {
    const { runAsUser, runAsGroup, fsGroup } = pod({ user: 1001 }).securityContext ?? {};
    assert.deepEqual([runAsUser, runAsGroup, fsGroup], [1001, 1001, 1001]);
  });

  it("has no access to the API server", () => {
    assert.equal(pod().automountServiceAccountToken, false);
    assert.equal(pod().enableServiceLinks, false);
  });

  it("mounts both claims, and scratch space where Next.js writes", () => {
    assert.deepEqual(pod().volumes, [
      { name: "cache", persistentVolumeClaim: { claimName: "files-cache" } },
      { name: "uploads", persistentVolumeClaim: { claimName: "files-uploads" } },
      { name: "pod", configMap: { name: "pod-files" } },
      { name: "scratch", emptyDir: { sizeLimit: "1Gi" } },
    ]);
    assert.deepEqual(container({ directory: "/srv/shop" }).volumeMounts, [
      { name: "cache", mountPath: "/shared/cache" },
      { name: "pod", mountPath: "/pod", readOnly: true },
      { name: "scratch", mountPath: "/srv/shop/.next/cache", subPath: "next" },
      { name: "scratch", mountPath: "/tmp", subPath: "tmp" },
      { name: "scratch", mountPath: "/run/next-on-eks", subPath: "agent" },
      { name: "uploads", mountPath: "/data" },
    ]);
  });

  it("publishes its release before the server starts, from the same image", () => {
    const shared = { ...nextAppArgs.shared, rollbackRelease: "v1" } as NextAppArgs["shared"];
    const { initContainers = [] } = pod({ shared, directory: "/srv/shop" });
    assert.deepEqual(initContainers, [
      {
        name: "publish",
        image: "registry.test/shop@sha256:built",
        command: ["node", "--no-warnings", "--build-snapshot", "/pod/init.cjs"],
        env: [
          { name: "AGENT_DIR", value: "/run/next-on-eks" },
          { name: "SHARED_CACHE_DIR", value: "/shared/cache" },
          { name: "APP_DIR", value: "/srv/shop" },
          { name: "APP_DIST_DIR", value: ".next" },
          { name: "CLAIM_NAME", value: "files-cache" },
          { name: "RELEASES_KEPT", value: "5" },
          { name: "PUBLIC_BYTES", value: "1073741824" },
          { name: "ROLLBACK_RELEASE", value: "v1" },
          { name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
        ],
        terminationMessagePolicy: "FallbackToLogsOnError",
        resources: {
          requests: { cpu: "500m", memory: "768Mi" },
          limits: { memory: "768Mi" },
        },
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ["ALL"] },
        },
        volumeMounts: [
          { name: "cache", mountPath: "/shared/cache" },
          { name: "pod", mountPath: "/pod", readOnly: true },
          { name: "scratch", mountPath: "/srv/shop/.next/cache", subPath: "next" },
          { name: "scratch", mountPath: "/tmp", subPath: "tmp" },
          { name: "scratch", mountPath: "/run/next-on-eks", subPath: "agent" },
        ],
      },
    ]);
  });

  it("mounts scratch space in the build's own folder, and tells the publisher which that is", () => {
    const [init] = pod({ distDir: "out/build" }).initContainers ?? [];
    const mounts = container({ distDir: "out/build" }).volumeMounts as { mountPath: string }[];
    assert.equal(mounts[2]?.mountPath, "/app/out/build/cache");
    for (const each of [init, container({ distDir: "out/build" })]) {
      assert.deepEqual(
        (each?.env as unknown[]).filter(
          (entry) => (entry as { name: string }).name === "APP_DIST_DIR",
        ),
        [{ name: "APP_DIST_DIR", value: "out/build" }],
      );
    }
  });

  it("gives the init container none of the server's NODE_OPTIONS, so that it sees the image's", () => {
    const [init] = pod({ env: { NODE_OPTIONS: "--max-old-space-size=512" } }).initContainers ?? [];
    assert.ok(!JSON.stringify(init).includes("NODE_OPTIONS"));
  });

  it("runs without shared files: no claim, no publisher, no variable that names them", () => {
    const alone = pod({ shared: undefined });
    assert.deepEqual(
      alone.volumes?.map(({ name }) => name),
      ["pod", "scratch"],
    );
    // What the image has in NODE_OPTIONS is kept all the same.
    assert.deepEqual(
      alone.initContainers?.map(({ name, env }) => [name, env]),
      [
        [
          "prepare",
          [
            { name: "AGENT_DIR", value: "/run/next-on-eks" },
            { name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
          ],
        ],
      ],
    );
    const text = JSON.stringify(alone);
    for (const word of ["/shared/cache", "/data", "SHARED_CACHE_DIR", "UPLOAD_DIR"]) {
      assert.ok(!text.includes(word), word);
    }
  });

  it("keeps uploads in a folder of the pod where it is told to, of that size", () => {
    const alone = pod({ shared: undefined, podUploads: "1Gi" });
    assert.deepEqual(
      alone.volumes?.filter(({ name }) => name === "uploads"),
      [{ name: "uploads", emptyDir: { sizeLimit: "1Gi" } }],
    );
    const { volumeMounts, env } = container({ shared: undefined, podUploads: "1Gi" });
    assert.deepEqual((volumeMounts as object[]).at(-1), { name: "uploads", mountPath: "/data" });
    assert.ok(JSON.stringify(env).includes('{"name":"UPLOAD_DIR","value":"/data"}'));
    assert.ok(!JSON.stringify(alone).includes("/shared/cache"));
    assert.deepEqual(violations(alone), []);
  });

  it("shares pages by files where there is no Redis", () => {
    const names = (more: Partial<NextAppArgs>, secrets: EnvSecrets) =>
      (container(more, secrets).env as { name: string; value?: string }[])
        .filter(({ name }) => /REDIS|STORE/.test(name))
        .map(({ name, value }) => `${name}=${value}`);
    assert.deepEqual(names({ redis: undefined }, {}), ["NEXT_SHARED_CACHE_STORE=files"]);
    assert.deepEqual(names({}, { redis: "web-redis" }), [
      "REDIS_URL=undefined",
      "SESSION_REDIS_URL=undefined",
    ]);
  });

  it("adds its preload to NODE_OPTIONS of the config", () => {
    const env = container({ env: { NODE_OPTIONS: "--max-old-space-size=512" } }).env;
    assert.deepEqual(
      (env as { name: string }[]).filter(({ name }) => name === "NODE_OPTIONS"),
      [
        {
          name: "NODE_OPTIONS",
          value:
            "--max-http-header-size=36864 --max-old-space-size=512 --require /pod/agent.cjs --require /pod/image-cache.cjs",
        },
      ],
    );
  });

  it("gets its environment, and secrets by reference alone", () => {
    const env = container(
      { env: { SITE: "shop" }, secretEnv: { KEY: "a secret" } },
      { redis: "web-redis", env: "web-env" },
    ).env;
    const fromSecret = (name: string, secret: string) => ({
      name,
      valueFrom: { secretKeyRef: { name: secret, key: name } },
    });
    assert.deepEqual(env, [
      { name: "NEXT_SHARED_CACHE_APP", value: "shop-prod" },
      { name: "SITE", value: "shop" },
      { name: "NODE_ENV", value: "production" },
      { name: "PORT", value: "3000" },
      { name: "HOSTNAME", value: "0.0.0.0" },
      { name: "KEEP_ALIVE_TIMEOUT", value: "65000" },
      { name: "UPLOAD_DIR", value: "/data" },
      { name: "AGENT_DIR", value: "/run/next-on-eks" },
      { name: "AGENT_PORT", value: "9797" },
      { name: "AGENT_GRACE_SECONDS", value: "65" },
      { name: "AGENT_WARMUP_PATHS", value: "/" },
      { name: "AGENT_WARMUP_SECONDS", value: "135" },
      {
        name: "NODE_OPTIONS",
        value:
          "--max-http-header-size=36864 --require /pod/node-options.cjs --require /pod/agent.cjs --require /pod/image-cache.cjs",
      },
      { name: "SHARED_CACHE_DIR", value: "/shared/cache" },
      { name: "APP_DIR", value: "/app" },
      { name: "APP_DIST_DIR", value: ".next" },
      { name: "CLAIM_NAME", value: "files-cache" },
      { name: "RELEASES_KEPT", value: "5" },
      { name: "PUBLIC_BYTES", value: "1073741824" },
      { name: "ROLLBACK_RELEASE", value: "" },
      { name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
      fromSecret("REDIS_URL", "web-redis"),
      fromSecret("SESSION_REDIS_URL", "web-redis"),
      fromSecret("KEY", "web-env"),
    ]);
  });

  it("leaves the name in the shared cache to the config, and sets it once", () => {
    const named = (more: Partial<NextAppArgs>) =>
      (container(more, { env: "web-env" }).env as { name: string }[]).filter(
        ({ name }) => name === "NEXT_SHARED_CACHE_APP",
      );
    assert.deepEqual(named({ env: { NEXT_SHARED_CACHE_APP: "mine" } }), [
      { name: "NEXT_SHARED_CACHE_APP", value: "mine" },
    ]);
    assert.deepEqual(named({ secretEnv: { NEXT_SHARED_CACHE_APP: "mine" } }), [
      {
        name: "NEXT_SHARED_CACHE_APP",
        valueFrom: { secretKeyRef: { name: "web-env", key: "NEXT_SHARED_CACHE_APP" } },
      },
    ]);
  });

  it("leaves NODE_ENV to the config", () => {
    const env = container({ env: { NODE_ENV: "test" } }).env as { name: string; value?: string }[];
    assert.deepEqual(
      env.filter(({ name }) => name === "NODE_ENV"),
      [{ name: "NODE_ENV", value: "test" }],
    );
  });

  it("listens where the Service and the probes look", () => {
    const { ports, startupProbe, readinessProbe, livenessProbe } = container({
      port: 8080,
      agentPort: 9798,
      health: { path: "/healthz", startupSeconds: 61 },
    });
    assert.deepEqual(ports, [
      { name: "http", containerPort: 8080 },
      { name: "agent", containerPort: 9798 },
    ]);
    assert.deepEqual({ startupProbe, readinessProbe, livenessProbe }, agentProbes(61));
  });

  it("leaves the Service first, then finishes its requests, then ends", () => {
    const shutdown = { preStopSeconds: 20, longestRequestSeconds: 30 };
    assert.deepEqual(container({ shutdown }).lifecycle, {
      preStop: { sleep: { seconds: 20 } },
    });
    assert.equal(pod({ shutdown }).terminationGracePeriodSeconds, 60);
  });

  it("has no hook where it need not wait", () => {
    const shutdown = { preStopSeconds: 0, longestRequestSeconds: 30 };
    assert.equal(container({ shutdown }).lifecycle, undefined);
  });

  it("asks for CPU, and for memory with a limit", () => {
    assert.deepEqual(container().resources, {
      requests: { cpu: "500m", memory: "768Mi" },
      limits: { memory: "768Mi" },
    });
  });

  it("spreads over zones and nodes, each ReplicaSet by itself (mocks do not schedule)", () => {
    const spread = (topologyKey: string) => ({
      maxSkew: 1,
      topologyKey,
      whenUnsatisfiable: "ScheduleAnyway",
      labelSelector: { matchLabels: { "app.kubernetes.io/name": "web" } },
      matchLabelKeys: ["pod-template-hash"],
    });
    assert.deepEqual(pod().topologySpreadConstraints, [
      spread("topology.kubernetes.io/zone"),
      spread("kubernetes.io/hostname"),
    ]);
    assert.equal(pod().affinity, undefined);
  });

  it("keeps pods on different nodes where asked to", () => {
    assert.deepEqual(pod({ hostAntiAffinity: true }).affinity, {
      podAntiAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [
          {
            labelSelector: { matchLabels: { "app.kubernetes.io/name": "web" } },
            topologyKey: "kubernetes.io/hostname",
          },
        ],
      },
    });
  });

  it("takes nodes by label and images with credentials", () => {
    const chosen = pod({ nodeSelector: { type: "worker" }, imagePullSecrets: ["registry"] });
    assert.deepEqual(chosen.nodeSelector, { type: "worker" });
    assert.deepEqual(chosen.imagePullSecrets, [{ name: "registry" }]);
  });
});
