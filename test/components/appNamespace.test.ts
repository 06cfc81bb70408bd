import * as assert from "node:assert/strict";
import { AppNamespace, type ReviewMarks } from "../../components/appNamespace";
import { record } from "../helpers/recording";

const namespace = (protect: boolean, review?: ReviewMarks) =>
  record(() => ({
    namespace: new AppNamespace("app", { namespace: "shop", protect, review }).namespace,
  }));

describe("AppNamespace", () => {
  it("makes a namespace that enforces Pod Security restricted (mocks admit every pod)", async () => {
    const made = await namespace(false);
    assert.deepEqual(made.roots, ["next-on-eks:kubernetes:AppNamespace app"]);
    assert.deepEqual(made.childrenOf("AppNamespace", "app"), [
      "kubernetes:core/v1:Namespace app-namespace",
    ]);
    assert.deepEqual(made.inputs("Namespace", "app-namespace").metadata, {
      name: "shop",
      labels: {
        "pod-security.kubernetes.io/enforce": "restricted",
        "pod-security.kubernetes.io/warn": "restricted",
      },
      annotations: { "next-on-eks/stack": "organization/test" },
    });
    assert.deepEqual(made.outputs, { namespace: "shop" });
    assert.deepEqual(made.registeredOutputs("AppNamespace", "app"), ["namespace"]);
  });

  it("protects it, since the claims would go with it, and only where asked to", async () => {
    assert.deepEqual((await namespace(true)).protectedOnes, ["Namespace app-namespace"]);
    assert.deepEqual((await namespace(false)).protectedOnes, []);
  });

  it("marks the site of a pull request, and limits it before anything is put into it", async () => {
    const made = await namespace(false, {
      pullRequest: 12,
      until: "2026-12-06T10:00:00Z",
      limits: { quota: { pods: "3" }, container: { cpu: "1" } },
    });
    assert.deepEqual(made.childrenOf("AppNamespace", "app"), [
      "kubernetes:core/v1:LimitRange app-containers",
      "kubernetes:core/v1:Namespace app-namespace",
      "kubernetes:core/v1:ResourceQuota app-quota",
    ]);
    const { labels, annotations } = made.inputs("Namespace", "app-namespace").metadata as {
      labels: Record<string, string>;
      annotations: Record<string, string>;
    };
    assert.equal(labels["next-on-eks/pull-request"], "12");
    assert.equal(annotations["next-on-eks/until"], "2026-12-06T10:00:00Z");
    const { metadata, spec } = made.inputs("ResourceQuota", "app-quota");
    assert.deepEqual([metadata, spec], [{ namespace: "shop" }, { hard: { pods: "3" } }]);
    assert.deepEqual(made.inputs("LimitRange", "app-containers").spec, {
      limits: [{ type: "Container", default: { cpu: "1" } }],
    });
    const before = made.comesAfter("ResourceQuota", "app-quota");
    assert.ok(before.has("LimitRange app-containers") && before.has("Namespace app-namespace"));
  });
});
