import * as assert from "node:assert/strict";
import type { NextAppArgs } from "../../../components/nextApp/args";
import { NextApp } from "../../../components/nextApp/nextApp";
import { Unknown } from "../../../engine/engine";
import { podOf } from "../../helpers/podSecurity";
import { answers } from "../../helpers/answers";
import { record, type Recording, type Settings } from "../../helpers/recording";
import { nextAppArgs } from "./args";

const images = { blue: "shop:v1", green: "shop:v2" };
type Rollout = Partial<NextAppArgs["rollout"]>;

/** @param pods how many pods the cluster says that each track has */
const app = (
  rollout: Rollout,
  pods: Record<string, number> = {},
  more: Partial<NextAppArgs> = {},
  settings: Settings = {},
): Promise<Recording> =>
  record(
    () => {
      const { serviceName, deploymentName } = new NextApp("web", {
        ...nextAppArgs,
        ...more,
        rollout: { ...nextAppArgs.rollout, strategy: "blueGreen", images, ...rollout },
      });
      return { serviceName, deploymentName };
    },
    {
      answers: {
        ...answers,
        resource: (args) => {
          const expectedPods = pods[args.name.replace(/^web-(.*)-now$/, "$1")];
          return expectedPods === undefined
            ? answers.resource(args)
            : { state: { status: { expectedPods } } };
        },
      },
      ...settings,
    },
  );

const spec = (made: Recording, kind: string, name: string) =>
  made.inputs(kind, name).spec as Record<string, unknown>;
const replicas = (made: Recording) =>
  ["web-blue", "web-green"].map((name) => spec(made, "Deployment", name).replicas);

describe("NextApp, blueGreen (mocks neither wait nor count)", () => {
  for (const [live, old] of [
    ["blue", "green"],
    ["green", "blue"],
  ] as const) {
    it(`brings ${live} up, then switches the Service, then ends ${old}`, async () => {
      const made = await app({ live }, { [old]: 5 });
      const service = made.comesAfter("Service", "web");
      assert.ok(service.has(`Deployment web-${live}`));
      assert.ok(!service.has(`Deployment web-${old}`));
      assert.ok(made.comesAfter("Deployment", `web-${old}`).has("Service web"));
      assert.deepEqual(spec(made, "Service", "web").selector, {
        "app.kubernetes.io/name": "web",
        "next-on-eks/track": live,
      });
      assert.deepEqual(replicas(made), live === "blue" ? [5, 0] : [0, 5]);
      assert.equal(made.outputs.deploymentName, `web-${live}`);
    });
  }

  it("runs the image of each colour, with labels that the other has not", async () => {
    const made = await app({ live: "blue" });
    for (const colour of ["blue", "green"] as const) {
      const deployment = made.inputs("Deployment", `web-${colour}`);
      assert.equal(podOf(deployment).containers[0]?.image, images[colour]);
      const labels = { "app.kubernetes.io/name": "web", "next-on-eks/track": colour };
      const { selector, template } = deployment.spec as {
        selector: unknown;
        template: { metadata: { labels: object } };
      };
      assert.deepEqual(selector, { matchLabels: labels });
      assert.deepEqual(template.metadata.labels, {
        ...labels,
        "app.kubernetes.io/part-of": "next-on-eks",
      });
    }
  });

  it("gives the live colour as many pods as there are, within the limits", async () => {
    assert.deepEqual(replicas(await app({ live: "green" })), [0, 2]);
    assert.deepEqual(replicas(await app({ live: "green" }, { blue: 4, green: 1 })), [0, 4]);
    assert.deepEqual(replicas(await app({ live: "green" }, { blue: 40 })), [0, 10]);
    assert.deepEqual(replicas(await app({ live: "blue" }, { rolling: 6 })), [6, 0]);
  });

  it("counts them when all that they wait for is there", async () => {
    const late = new Promise<string>((resolve) => setTimeout(resolve, 50, "redis://late.test"));
    const redis = { url: late, sessionUrl: late };
    const made = await app({ live: "green" }, { blue: 4 }, { redis });
    const order = made.resources.map(({ name }) => name);
    for (const track of ["rolling", "blue", "green"])
      assert.ok(order.indexOf(`web-${track}-now`) > order.indexOf("web-redis"), track);
  });

  it("gives it the fixed number where that is all it may have", async () => {
    const fixed = { replicas: { ...nextAppArgs.replicas, min: 3, max: 3 } };
    assert.deepEqual(replicas(await app({ live: "green" }, { blue: 9 }, fixed)), [0, 3]);
  });

  it("keeps the old colour as it is, where it is to be kept", async () => {
    const made = await app({ live: "green", keepOld: true }, { blue: 3, green: 2 });
    assert.deepEqual(replicas(made), [3, 3]);
  });

  it("waits for the live colour alone", async () => {
    const made = await app({ live: "green" });
    const annotations = (name: string) =>
      (made.inputs("Deployment", name).metadata as { annotations: object }).annotations;
    assert.deepEqual(annotations("web-green"), { "pulumi.com/patchForce": "true" });
    assert.deepEqual(annotations("web-blue"), {
      "pulumi.com/patchForce": "true",
      "pulumi.com/skipAwait": "true",
    });
    assert.deepEqual(made.optionsOf("Deployment", "web-green").ignoreChanges, []);
  });

  it("has an autoscaler for the live colour alone, and a budget for each track", async () => {
    const children = (await app({ live: "blue" })).childrenOf("NextApp", "web");
    const kinds = (kind: string) => children.filter((child) => child.includes(`:${kind} `));
    assert.deepEqual(
      kinds("HorizontalPodAutoscaler").map((child) => child.split(" ")[1]),
      ["web-blue"],
    );
    assert.deepEqual(
      kinds("PodDisruptionBudget").map((child) => child.split(" ")[1]),
      ["web", "web-blue", "web-blue-now", "web-green", "web-green-now", "web-rolling-now"],
    );
  });

  it("has no Deployment for a colour without an image", async () => {
    const made = await app({ live: "blue", images: { blue: "shop:v1" } });
    const deployments = made.resources.filter(({ type }) => type.endsWith(":Deployment"));
    assert.deepEqual(
      deployments.map(({ name }) => name),
      ["web-blue"],
    );
  });

  it("goes to rolling with as many pods as a colour has", async () => {
    const made = await app({ strategy: "rolling", live: "green" }, { green: 4 });
    assert.equal(spec(made, "Deployment", "web").replicas, 4);
    assert.ok(made.comesAfter("Service", "web").has("Deployment web"));
  });

  it("cannot tell the number in a first preview", async () => {
    const made = await app({ live: "blue" }, {}, {}, { preview: true, answers: {} });
    assert.ok(spec(made, "Deployment", "web-blue").replicas instanceof Unknown);
  });
});
