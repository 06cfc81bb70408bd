import * as assert from "node:assert/strict";
import { AppNamespace } from "../../components/appNamespace";
import { record } from "../helpers/recording";

const namespace = (protect: boolean) =>
  record(() => ({
    namespace: new AppNamespace("app", { namespace: "shop", protect }).namespace,
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
});
