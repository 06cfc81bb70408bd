import * as assert from "node:assert/strict";
import type { NextAppArgs } from "../../../components/nextApp/args";
import { NextApp } from "../../../components/nextApp/nextApp";
import { Secret, Unknown } from "../../../engine/engine";
import { answers, kindOf } from "../../helpers/answers";
import { podOf } from "../../helpers/podSecurity";
import { record, type Recording, type Settings } from "../../helpers/recording";
import { nextAppArgs } from "./args";

const app = (more: Partial<NextAppArgs> = {}, settings?: Settings) =>
  record(() => {
    const { serviceName, deploymentName } = new NextApp("web", { ...nextAppArgs, ...more });
    return { serviceName, deploymentName };
  }, settings);

const spec = (recording: Recording, kind: string) =>
  recording.inputs(kind, "web").spec as Record<string, unknown>;

const NAME = { "app.kubernetes.io/name": "web" };
const SELECTOR = { ...NAME, "next-on-eks/track": "rolling" };
const CHILDREN = [
  "kubernetes:apps/v1:Deployment web",
  "kubernetes:autoscaling/v2:HorizontalPodAutoscaler web",
  "kubernetes:core/v1:Secret web-redis",
  "kubernetes:core/v1:Service web",
  "kubernetes:policy/v1:PodDisruptionBudget web",
  "pulumi:index:Stash web-live",
];

describe("NextApp", () => {
  let made: Recording;
  before(async () => {
    made = await app();
  });

  it("makes exactly these children", () => {
    assert.deepEqual(made.roots, ["next-on-eks:kubernetes:NextApp web"]);
    assert.deepEqual(made.childrenOf("NextApp", "web"), CHILDREN);
  });

  it("notes what visitors meet after they have arrived, and not before (mocks do not wait)", () => {
    const { image } = nextAppArgs;
    assert.deepEqual(made.inputs("Stash", "web-live"), { input: { track: "rolling", image } });
    const before = made.comesAfter("Stash", "web-live");
    assert.ok(before.has("Deployment web") && before.has("Service web"));
  });

  it("puts every object into the namespace, with labels", () => {
    const labels = { ...NAME, "app.kubernetes.io/part-of": "next-on-eks" };
    for (const [kind, name] of [
      ["Deployment", "web"],
      ["HorizontalPodAutoscaler", "web"],
      ["Secret", "web-redis"],
      ["PodDisruptionBudget", "web"],
    ] as const) {
      assert.deepEqual(made.inputs(kind, name).metadata, { namespace: "shop", labels });
    }
  });

  it("rolls without a pod missing and fails in time (mocks do not roll)", () => {
    const { template, ...rest } = spec(made, "Deployment");
    assert.ok(template);
    assert.deepEqual(rest, {
      replicas: 2,
      selector: { matchLabels: SELECTOR },
      strategy: {
        type: "RollingUpdate",
        rollingUpdate: { maxSurge: "25%", maxUnavailable: 0 },
      },
      minReadySeconds: 5,
      progressDeadlineSeconds: 185,
      revisionHistoryLimit: 5,
    });
    for (const kind of ["Deployment", "Service"]) {
      assert.equal(made.optionsOf(kind, "web").createTimeout, "740s");
      assert.equal(made.optionsOf(kind, "web").updateTimeout, "740s");
    }
  });

  it("leaves the number of pods to the autoscaler", () => {
    assert.deepEqual(made.optionsOf("Deployment", "web").ignoreChanges, ["spec.replicas"]);
    const { scaleTargetRef, minReplicas, maxReplicas } = spec(made, "HorizontalPodAutoscaler");
    assert.deepEqual(
      { scaleTargetRef, minReplicas, maxReplicas },
      {
        scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "web" },
        minReplicas: 2,
        maxReplicas: 10,
      },
    );
  });

  it("leaves a fixed number to the autoscaler too", async () => {
    const fixed = await app({
      replicas: { min: 3, max: 3, targetCpuPercent: 70, scaleDownAfterSeconds: 300 },
    });
    assert.deepEqual(fixed.childrenOf("NextApp", "web"), CHILDREN);
    const { minReplicas, maxReplicas } = spec(fixed, "HorizontalPodAutoscaler");
    assert.deepEqual([minReplicas, maxReplicas], [3, 3]);
    assert.equal(spec(fixed, "Deployment").replicas, 3);
    assert.deepEqual(fixed.optionsOf("Deployment", "web").ignoreChanges, ["spec.replicas"]);
  });

  it("loses one pod at a time when nodes are drained", () => {
    assert.deepEqual(spec(made, "PodDisruptionBudget"), {
      maxUnavailable: 1,
      selector: { matchLabels: SELECTOR },
      unhealthyPodEvictionPolicy: "AlwaysAllow",
    });
  });

  it("is found by a Service of a fixed name", () => {
    assert.equal((made.inputs("Service", "web").metadata as { name: string }).name, "web");
    assert.deepEqual(spec(made, "Service"), {
      type: "ClusterIP",
      selector: SELECTOR,
      ports: [{ name: "http", port: 80, targetPort: "http" }],
    });
  });

  it("takes a port of every node", async () => {
    const service = { type: "NodePort", port: 8080, nodePort: 31000 } as const;
    const onNodes = await app({ service });
    assert.deepEqual(spec(onNodes, "Service"), {
      type: "NodePort",
      selector: SELECTOR,
      ports: [{ name: "http", port: 8080, targetPort: "http", nodePort: 31000 }],
    });
  });

  it("keeps both Redis URLs in a Secret, and nothing secret in the Deployment", () => {
    assert.deepEqual(
      made.inputs("Secret", "web-redis").stringData,
      new Secret({
        REDIS_URL: "rediss://:password-of-pages@pages.test:6379",
        SESSION_REDIS_URL: "rediss://:password-of-sessions@sessions.test:6379",
      }),
    );
    assert.deepEqual(made.secretInputs, ["Secret web-redis: stringData"]);
    assert.deepEqual(made.shows("password-of"), []);
  });

  it("keeps secret variables in a Secret of their own", async () => {
    const secretEnv = { SESSION_KEY: "hush" };
    const withEnv = await app({ secretEnv });
    assert.deepEqual(
      withEnv.childrenOf("NextApp", "web"),
      [...CHILDREN, "kubernetes:core/v1:Secret web-env"].sort(),
    );
    assert.deepEqual(withEnv.inputs("Secret", "web-env").stringData, new Secret(secretEnv));
    assert.deepEqual(withEnv.shows("hush"), []);
    const [container] = podOf(withEnv.inputs("Deployment", "web")).containers;
    assert.deepEqual((container?.env as object[]).at(-1), {
      name: "SESSION_KEY",
      valueFrom: { secretKeyRef: { name: "web-env", key: "SESSION_KEY" } },
    });
  });

  it("leaves the Secrets' names to Pulumi, so that a changed one rolls the pods", () => {
    assert.equal("name" in (made.inputs("Secret", "web-redis").metadata as object), false);
    assert.ok(made.comesAfter("Deployment", "web").has("Secret web-redis"));
  });

  it("runs the image that it is given", () => {
    const [container] = podOf(made.inputs("Deployment", "web")).containers;
    assert.equal(container?.image, "registry.test/shop@sha256:built");
  });

  it("hands out the Service once pods are ready", async () => {
    assert.deepEqual(made.outputs, { serviceName: "web", deploymentName: "web" });
    assert.deepEqual(made.registeredOutputs("NextApp", "web"), ["deploymentName", "serviceName"]);
    const planned = await app(
      {},
      {
        preview: true,
        answers: {
          ...answers,
          resource: (args) => (kindOf(args.type) === "Deployment" ? {} : answers.resource(args)),
        },
      },
    );
    assert.ok(planned.outputs.serviceName instanceof Unknown);
  });
});
