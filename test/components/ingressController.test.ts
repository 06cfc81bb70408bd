import * as assert from "node:assert/strict";
import { IngressController, type IngressControllerArgs } from "../../components/ingressController";
import { Unknown } from "../../engine/engine";
import { record, type Recording, type Settings } from "../helpers/recording";

const CHART = "oci://ghcr.io/nginx/charts/nginx-ingress";
const controller = (more: Partial<IngressControllerArgs> = {}, settings?: Settings) =>
  record(() => {
    const { className } = new IngressController("ingress", {
      namespace: "nginx-ingress",
      className: "nginx",
      chart: CHART,
      chartVersion: "2.7.1",
      replicas: 3,
      maxRequestHead: "32k",
      loadBalancer: {
        kind: "nlb",
        vpcCidr: "10.20.0.0/16",
        annotations: {},
        certificateArn: "arn:certificate",
      },
      timeoutSeconds: 300,
      ...more,
    });
    return { className };
  }, settings);

const values = (recording: Recording) =>
  (recording.inputs("Release", "ingress").values as { controller: Record<string, unknown> })
    .controller;

describe("IngressController", () => {
  let made: Recording;
  before(async () => {
    made = await controller();
  });

  it("makes exactly these children behind an NLB with a certificate (mocks do not render the chart)", () => {
    assert.deepEqual(made.roots, ["next-on-eks:kubernetes:IngressController ingress"]);
    assert.deepEqual(made.childrenOf("IngressController", "ingress"), [
      "kubernetes:core/v1:Namespace ingress-namespace",
      "kubernetes:helm.sh/v3:Release ingress",
      "next-on-eks:kubernetes:SelfSignedCertificate ingress-backend",
    ]);
  });

  it("makes no certificate of its own where nginx ends TLS, or nobody does", async () => {
    for (const loadBalancer of [
      { kind: "nlb", vpcCidr: "10.20.0.0/16", annotations: {} },
      { kind: "service", proxyProtocol: false, annotations: {} },
    ] as const) {
      const plain = await controller({ loadBalancer });
      assert.deepEqual(plain.childrenOf("IngressController", "ingress"), [
        "kubernetes:core/v1:Namespace ingress-namespace",
        "kubernetes:helm.sh/v3:Release ingress",
      ]);
      assert.equal("wildcardTLS" in values(plain), false);
      assert.equal("defaultTLS" in values(plain), false);
    }
  });

  it("installs the chart by version, whole or not at all, without custom resource definitions", () => {
    const { values: given, ...inputs } = made.inputs("Release", "ingress");
    assert.ok(given);
    assert.deepEqual(inputs, {
      chart: CHART,
      version: "2.7.1",
      namespace: "nginx-ingress",
      skipCrds: true,
      atomic: true,
      timeout: 300,
      // The SDK's own.
      compat: "true",
    });
    // Twice: an upgrade that fails is taken back, which waits as long.
    assert.equal(made.optionsOf("Release", "ingress").createTimeout, "630s");
  });

  it("takes a chart from a folder without a version", async () => {
    const local = await controller({ chart: "./charts/nginx-ingress" });
    const { chart, version } = local.inputs("Release", "ingress");
    assert.deepEqual([chart, version], ["./charts/nginx-ingress", undefined]);
  });

  it("hands its own arguments to the chart", async () => {
    const custom = values(await controller({ className: "edge", image: "mirror.test/nginx:5.6" }));
    assert.deepEqual(custom.ingressClass, {
      name: "edge",
      create: true,
      setAsDefaultIngress: false,
    });
    assert.deepEqual(custom.image, { repository: "mirror.test/nginx", tag: "5.6" });
    assert.equal(custom.replicaCount, 3);
  });

  it("answers the NLB with the certificate that it made", () => {
    const secret = "nginx-ingress/ingress-backend-tls";
    assert.deepEqual(values(made).wildcardTLS, { secret });
    assert.deepEqual(values(made).defaultTLS, { secret }, "an NLB's handshakes name no host");
    assert.deepEqual(made.inputs("Secret", "ingress-backend-tls").metadata, {
      namespace: "nginx-ingress",
    });
  });

  it("makes the namespace itself, with Pod Security", () => {
    assert.deepEqual(made.inputs("Namespace", "ingress-namespace").metadata, {
      name: "nginx-ingress",
      labels: { "pod-security.kubernetes.io/enforce": "baseline" },
      annotations: { "next-on-eks/stack": "organization/test" },
    });
    assert.ok(made.comesAfter("Release", "ingress").has("Namespace ingress-namespace"));
  });

  it("hands out the class, once the controller runs", async () => {
    assert.deepEqual(made.outputs, { className: "nginx" });
    assert.deepEqual(made.registeredOutputs("IngressController", "ingress"), ["className"]);
    const planned = await controller(
      { loadBalancer: { kind: "nlb", vpcCidr: "10.20.0.0/16", annotations: {} } },
      { preview: true, answers: {} },
    );
    assert.ok(planned.outputs.className instanceof Unknown);
  });
});
