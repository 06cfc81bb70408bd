import assert from "node:assert/strict";
import { policies } from "../../components/networkPolicies";

const args = {
  controllerNamespace: "nginx-ingress",
  allowFromNamespaces: [],
  servers: ["web"],
  redis: ["pages", "sessions"],
  outbound: "all" as const,
};
const named = (operator: string, ...values: string[]) => ({
  matchExpressions: [{ key: "app.kubernetes.io/name", operator, values }],
});
const inNamespace = (name: string) => ({
  namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } },
});

describe("NetworkPolicies (that a network enforces them is not tested here)", () => {
  it("refuses everything that no other policy allows", () => {
    assert.deepEqual(policies(args)["deny-all"], {
      podSelector: {},
      policyTypes: ["Ingress", "Egress"],
    });
  });

  it("lets the controller reach all but Redis", () => {
    assert.deepEqual(policies(args)["from-controller"], {
      podSelector: named("NotIn", "pages", "sessions"),
      policyTypes: ["Ingress"],
      ingress: [{ from: [inNamespace("nginx-ingress"), { podSelector: named("In", "web") }] }],
    });
  });

  it("lets further namespaces in that the config names", () => {
    const { ingress } = policies({ ...args, allowFromNamespaces: ["monitoring"] })[
      "from-controller"
    ] as { ingress: { from: unknown[] }[] };
    assert.deepEqual(ingress[0]?.from[1], inNamespace("monitoring"));
  });

  it("lets everybody reach the application's port, and nothing else, where its Service has one outside the cluster", () => {
    const { "from-anywhere": fromAnywhere, ...others } = policies({
      ...args,
      openToAll: { workload: "web", port: 3000 },
    });
    assert.deepEqual(fromAnywhere, {
      podSelector: named("In", "web"),
      policyTypes: ["Ingress"],
      ingress: [{ ports: [{ protocol: "TCP", port: 3000 }] }],
    });
    assert.deepEqual(others, policies(args));
  });

  it("lets the application alone reach Redis, which reaches nobody", () => {
    assert.deepEqual(policies(args)["to-redis"], {
      podSelector: named("In", "pages", "sessions"),
      policyTypes: ["Ingress"],
      ingress: [
        { from: [{ podSelector: named("In", "web") }], ports: [{ protocol: "TCP", port: 6379 }] },
      ],
    });
  });

  it("opens the way out as the config says: all, ranges, or DNS and Redis alone", () => {
    const egress = (outbound: "all" | string[]) =>
      (policies({ ...args, outbound }).outbound?.egress as unknown[]).slice(3);
    assert.deepEqual(egress("all"), [{}]);
    assert.deepEqual(egress(["10.0.0.0/8"]), [{ to: [{ ipBlock: { cidr: "10.0.0.0/8" } }] }]);
    assert.deepEqual(egress([]), []);
    const [dns] = policies(args).outbound?.egress as unknown[];
    assert.deepEqual(dns, {
      ports: [
        { protocol: "UDP", port: 53 },
        { protocol: "TCP", port: 53 },
      ],
    });
  });
});
