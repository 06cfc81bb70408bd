import * as assert from "node:assert/strict";
import { ContainerImage, type ContainerImageArgs } from "../../components/containerImage";
import { Secret } from "../../engine/engine";
import { record, type Recording } from "../helpers/recording";

const image = (more: Partial<ContainerImageArgs> = {}) =>
  record(() => ({
    ref: new ContainerImage("app", {
      context: "example",
      contexts: { runtime: "runtime" },
      args: { SITE: "shop" },
      secrets: { server_actions_key: "hush" },
      ...more,
    }).ref,
  }));

describe("ContainerImage", () => {
  let made: Recording;
  before(async () => {
    made = await image();
  });

  it("makes exactly these children", () => {
    assert.deepEqual(made.roots, ["next-on-eks:aws:ContainerImage app"]);
    assert.deepEqual(made.childrenOf("ContainerImage", "app"), [
      "aws:ecr/lifecyclePolicy:LifecyclePolicy app-images",
      "aws:ecr/repository:Repository app-images",
      "docker-build:index:Image app-image",
    ]);
  });

  it("scans what is pushed and keeps the last 20 images", () => {
    assert.deepEqual(made.inputs("Repository", "app-images"), {
      imageScanningConfiguration: { scanOnPush: true },
      encryptionConfigurations: [{ encryptionType: "AES256" }],
      forceDelete: true,
    });
    const { repository, policy } = made.inputs("LifecyclePolicy", "app-images");
    assert.equal(repository, "name of app-images");
    assert.deepEqual(JSON.parse(String(policy)), {
      rules: [
        {
          rulePriority: 1,
          description: "Keep the last 20 images",
          selection: { tagStatus: "any", countType: "imageCountMoreThan", countNumber: 20 },
          action: { type: "expire" },
        },
      ],
    });
  });

  it("builds for the nodes, not in previews, and pushes to the stack's repository (mocks build nothing)", () => {
    assert.deepEqual(made.inputs("Image", "app-image"), {
      context: { location: "example", named: { runtime: { location: "runtime" } } },
      buildArgs: { SITE: "shop" },
      secrets: new Secret({ server_actions_key: "hush" }),
      platforms: ["linux/amd64"],
      tags: ["registry.test/app-images:latest"],
      registries: [
        {
          address: "registry.test/app-images",
          username: "AWS",
          password: new Secret("login of registry of app-images"),
        },
      ],
      push: true,
      buildOnPreview: false,
      // The SDK's default.
      network: "default",
    });
    assert.deepEqual([...made.shows("login of"), ...made.shows("hush")], []);
  });

  it("logs in with the login of this run, not with one that has expired since", () => {
    assert.deepEqual(made.optionsOf("Image", "app-image").ignoreChanges, []);
  });

  it("takes a Dockerfile that is elsewhere", async () => {
    const elsewhere = await image({ dockerfile: "docker/Dockerfile" });
    assert.deepEqual(elsewhere.inputs("Image", "app-image").dockerfile, {
      location: "docker/Dockerfile",
    });
  });

  it("hands out the image by digest", () => {
    assert.deepEqual(made.outputs, { ref: "registry.test/app-image:latest@sha256:built" });
    assert.deepEqual(made.registeredOutputs("ContainerImage", "app"), ["ref"]);
  });

  it("keeps the repository, and builds nothing, where no build is set any more", async () => {
    const kept = await record(() => ({ ref: new ContainerImage("app", undefined).ref }));
    assert.deepEqual(kept.childrenOf("ContainerImage", "app"), [
      "aws:ecr/lifecyclePolicy:LifecyclePolicy app-images",
      "aws:ecr/repository:Repository app-images",
    ]);
    assert.deepEqual(
      kept.inputs("Repository", "app-images"),
      made.inputs("Repository", "app-images"),
    );
    assert.equal(kept.outputs.ref, undefined);
  });
});
