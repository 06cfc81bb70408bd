import * as assert from "node:assert/strict";
import { policies } from "../../components/networkPolicies";
import { factsOf } from "../../preview/facts";
import { wrapMessage } from "../../cli/wrap";

const NETWORK_POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy";

function policyFacts(outbound: "all" | string[], role: string): string[] {
  const args = {
    controllerNamespace: "nginx",
    allowFromNamespaces: ["monitoring"],
    servers: ["web", "assets"],
    redis: ["pages"],
    outbound,
  };
  return factsOf({ type: NETWORK_POLICY, inputs: { spec: policies(args)[role] } });
}

describe("preview: facts of network policies", () => {
  it("say who may come in", () => {
    assert.deepEqual(policyFacts("all", "to-redis"), ["in from pods web, assets at 6379"]);
    assert.deepEqual(policyFacts("all", "from-controller"), [
      "in from namespace nginx and namespace monitoring and pods web, assets",
    ]);
  });

  it("say where connections may go", () => {
    assert.deepEqual(policyFacts("all", "outbound"), ["out to anywhere"]);
    assert.deepEqual(policyFacts(["10.0.0.0/8", "192.0.2.0/24"], "outbound"), [
      "out to anywhere at 53; pods web, assets; pods pages at 6379; 10.0.0.0/8 and 192.0.2.0/24",
    ]);
  });

  it("say what is closed to all", () => {
    assert.deepEqual(policyFacts("all", "deny-all"), ["in from nowhere", "out to nowhere"]);
  });
});

describe("preview: facts of a Deployment", () => {
  const factsWith = (...names: string[]) => {
    const env = names.map((name) => ({ name, value: "hush" }));
    const spec = { template: { spec: { containers: [{ env }] } } };
    return factsOf({ type: "kubernetes:apps/v1:Deployment", inputs: { spec } });
  };

  it("name the variables that are the user's, without their values", () => {
    assert.deepEqual(factsWith("PORT", "API_URL", "NODE_ENV", "TOKEN"), ["env API_URL TOKEN"]);
    assert.deepEqual(factsWith("PORT"), []);
  });
});

describe("preview: facts of what is read", () => {
  it("say why", () => {
    assert.deepEqual(factsOf({ type: "kubernetes:core/v1:Namespace", inputs: {}, read: true }), [
      "read to check that the cluster answers, not created",
    ]);
  });
});

describe("preview: messages", () => {
  it("are wrapped with their indents, except for commands", () => {
    const command = "    pulumi config set --path 'next-on-eks:app.image' REGISTRY/NAME";
    assert.equal(
      wrapMessage(`Head\n  key: one two three four\n${command}`, 20),
      `Head\n  key: one two\n    three four\n${command}`,
    );
  });
});
