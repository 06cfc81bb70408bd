import * as assert from "node:assert/strict";
import {
  ADDON_NAMES,
  ADDON_VERSION,
  ADDON_VERSIONS,
  addonVersions,
} from "../../model/addonVersions";
import { KUBERNETES_VERSIONS } from "../../model/kubernetesVersions";
import { previewStack } from "../helpers/programs";

describe("versions of EKS add-ons (only an AWS account knows whether EKS takes them)", () => {
  it("have a row for each version of Kubernetes that the config takes, and no other", () => {
    assert.deepEqual(Object.keys(ADDON_VERSIONS).sort(), [...KUBERNETES_VERSIONS].sort());
  });

  it("name every add-on in each row, in the form that EKS wants", () => {
    for (const [version, row] of Object.entries(ADDON_VERSIONS)) {
      assert.deepEqual(Object.keys(row).sort(), Object.keys(ADDON_NAMES).sort(), version);
      for (const pinned of Object.values(row)) assert.match(pinned, ADDON_VERSION, version);
    }
  });

  it("never go back with a newer Kubernetes: an upgrade of the cluster would refuse it", () => {
    const numbers = (text: string) => (text.match(/\d+/g) ?? []).map(Number);
    const isOlder = (one: string, other: string) => {
      const [a, b] = [numbers(one), numbers(other)];
      const index = a.findIndex((number, at) => number !== b[at]);
      return index >= 0 && (a[index] ?? 0) < (b[index] ?? 0);
    };
    assert.ok(isOlder("v0.9.0-eksbuild.5", "v0.9.0-eksbuild.11"), "the check tells them apart");
    const rows = KUBERNETES_VERSIONS.map((version) => addonVersions(version));
    for (const [index, row] of rows.slice(1).entries()) {
      for (const addon of ["efsDriver", "metricsServer"] as const) {
        assert.equal(isOlder(row[addon], rows[index]?.[addon] ?? ""), false, addon);
      }
    }
  });

  it("go with the cluster's version, unless the stack sets its own", async () => {
    const planned = await previewStack("dev", {
      "next-on-eks:cluster.version": "1.36",
      "next-on-eks:cluster.addonVersions": { efsDriver: "v3.9.9-eksbuild.2" },
    });
    assert.equal(planned.inputs("Addon", "addons-efs-driver").addonVersion, "v3.9.9-eksbuild.2");
    assert.equal(
      planned.inputs("Addon", "addons-metrics-server").addonVersion,
      ADDON_VERSIONS["1.36"]?.metricsServer,
    );
  });

  it("say which row is missing", () => {
    assert.throws(() => addonVersions("1.29"), {
      message:
        "model/addonVersions.ts: there is no row for Kubernetes 1.29; expected 1.35, 1.36, 1.37",
    });
  });
});
