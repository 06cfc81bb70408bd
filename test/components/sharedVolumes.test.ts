import * as assert from "node:assert/strict";
import { SharedVolumes, type VolumeSource } from "../../components/sharedVolumes";
import { record } from "../helpers/recording";

const efs: VolumeSource = {
  kind: "efs",
  fileSystemId: "fs-1",
  uploadsAccessPointId: "fsap-2",
  provisioner: "efs.csi.aws.com",
};

const volumes = (source: VolumeSource, protect = true) =>
  record(() => {
    const { cacheClaim, uploadsClaim } = new SharedVolumes("files", {
      namespace: "shop",
      source,
      cacheSize: "5Gi",
      uploadsSize: "20Gi",
      user: 1000,
      protect,
      timeoutSeconds: 60,
    });
    return { cacheClaim, uploadsClaim };
  });

const labels = (role: string) => ({
  "app.kubernetes.io/name": role,
  "app.kubernetes.io/part-of": "next-on-eks",
});
const selected = (role: string) => ({
  "next-on-eks/namespace": "shop",
  "next-on-eks/volume": role,
});
const claim = (size: string, binding: object) => ({
  accessModes: ["ReadWriteMany"],
  resources: { requests: { storage: size } },
  ...binding,
});
const volume = (size: string, source: object) => ({
  capacity: { storage: size },
  accessModes: ["ReadWriteMany"],
  storageClassName: "",
  persistentVolumeReclaimPolicy: "Retain",
  ...source,
});

const CLAIM = "kubernetes:core/v1:PersistentVolumeClaim";
const VOLUME = "kubernetes:core/v1:PersistentVolume";
const BOTH_STATIC = [
  `${VOLUME} files-cache`,
  `${VOLUME} files-uploads`,
  `${CLAIM} files-cache`,
  `${CLAIM} files-uploads`,
];

describe("SharedVolumes", () => {
  it("hands out both claims", async () => {
    const made = await volumes(efs);
    assert.deepEqual(made.outputs, { cacheClaim: "files-cache", uploadsClaim: "files-uploads" });
    assert.deepEqual(
      made.registeredOutputs("SharedVolumes", "files"),
      Object.keys(made.outputs).sort(),
    );
  });

  describe("on EFS (mocks do not prove that a claim is bound)", () => {
    it("makes exactly these children", async () => {
      const made = await volumes(efs);
      assert.deepEqual(made.roots, ["next-on-eks:kubernetes:SharedVolumes files"]);
      assert.deepEqual(made.childrenOf("SharedVolumes", "files"), [
        `${VOLUME} files-uploads`,
        `${CLAIM} files-cache`,
        `${CLAIM} files-uploads`,
        "kubernetes:storage.k8s.io/v1:StorageClass files-cache",
      ]);
    });

    it("makes access points for the cache through a StorageClass, as the application's user", async () => {
      const made = await volumes(efs);
      const { apiVersion, kind, ...inputs } = made.inputs("StorageClass", "files-cache");
      assert.deepEqual([apiVersion, kind], ["storage.k8s.io/v1", "StorageClass"]);
      assert.deepEqual(inputs, {
        provisioner: "efs.csi.aws.com",
        reclaimPolicy: "Delete",
        volumeBindingMode: "Immediate",
        mountOptions: ["actimeo=1", "lookupcache=positive"],
        parameters: {
          provisioningMode: "efs-ap",
          fileSystemId: "fs-1",
          directoryPerms: "750",
          uid: "1000",
          gid: "1000",
          basePath: "/cache",
        },
      });
      assert.deepEqual(
        made.inputs("PersistentVolumeClaim", "files-cache").spec,
        claim("5Gi", { storageClassName: "files-cache" }),
      );
    });

    it("binds uploads to the access point that the stack owns, so that a new claim finds the same files", async () => {
      const made = await volumes(efs);
      assert.deepEqual(
        made.inputs("PersistentVolume", "files-uploads").spec,
        volume("20Gi", {
          csi: { driver: "efs.csi.aws.com", volumeHandle: "fs-1::fsap-2" },
          // An upload through one pod is there on the others.
          mountOptions: ["actimeo=1", "lookupcache=positive"],
        }),
      );
      assert.deepEqual(
        made.inputs("PersistentVolumeClaim", "files-uploads").spec,
        claim("20Gi", { storageClassName: "", volumeName: "files-uploads" }),
      );
    });
  });

  describe("on NFS", () => {
    it("finds a volume for each claim by labels, with the empty class", async () => {
      const made = await volumes({ kind: "nfs", server: "10.0.0.5", path: "/mnt/shared" });
      assert.deepEqual(made.childrenOf("SharedVolumes", "files"), BOTH_STATIC);
      for (const [role, size] of [
        ["cache", "5Gi"],
        ["uploads", "20Gi"],
      ] as const) {
        const { metadata, spec } = made.inputs("PersistentVolume", `files-${role}`);
        assert.deepEqual(metadata, { labels: { ...labels(role), ...selected(role) } });
        assert.deepEqual(
          spec,
          volume(size, {
            nfs: { server: "10.0.0.5", path: `/mnt/shared/${role}` },
            mountOptions: ["nfsvers=4.1", "hard", "actimeo=1", "lookupcache=positive"],
          }),
        );
        assert.deepEqual(
          made.inputs("PersistentVolumeClaim", `files-${role}`).spec,
          claim(size, { storageClassName: "", selector: { matchLabels: selected(role) } }),
        );
      }
    });
  });

  it("keeps a host path in volumes, out of pods", async () => {
    const made = await volumes({ kind: "hostPath", path: "/var/lib/shop" });
    assert.deepEqual(made.childrenOf("SharedVolumes", "files"), BOTH_STATIC);
    assert.deepEqual(
      made.inputs("PersistentVolume", "files-uploads").spec,
      volume("20Gi", { hostPath: { path: "/var/lib/shop/uploads", type: "Directory" } }),
    );
    assert.deepEqual(
      made.inputs("PersistentVolumeClaim", "files-uploads").spec,
      claim("20Gi", { storageClassName: "", selector: { matchLabels: selected("uploads") } }),
    );
  });

  it("leaves volumes to the StorageClasses that are named", async () => {
    const made = await volumes({
      kind: "storageClass",
      cacheClass: "fast",
      uploadsClass: "durable",
    });
    assert.deepEqual(made.childrenOf("SharedVolumes", "files"), [
      `${CLAIM} files-cache`,
      `${CLAIM} files-uploads`,
    ]);
    const spec = (role: string) => made.inputs("PersistentVolumeClaim", `files-${role}`).spec;
    assert.deepEqual(spec("cache"), claim("5Gi", { storageClassName: "fast" }));
    assert.deepEqual(spec("uploads"), claim("20Gi", { storageClassName: "durable" }));
  });

  it("labels the claims and puts them into the namespace", async () => {
    const { metadata } = (await volumes(efs)).inputs("PersistentVolumeClaim", "files-cache");
    assert.deepEqual(metadata, { namespace: "shop", labels: labels("cache") });
  });

  it("protects uploads, never the cache", async () => {
    assert.deepEqual((await volumes(efs)).protectedOnes, [
      "PersistentVolume files-uploads",
      "PersistentVolumeClaim files-uploads",
    ]);
    assert.deepEqual((await volumes(efs, false)).protectedOnes, []);
  });

  it("replaces a cache of another size and grows uploads in place, where a StorageClass makes them", async () => {
    const made = await volumes({
      kind: "storageClass",
      cacheClass: "fast",
      uploadsClass: "durable",
    });
    const options = (role: string) => made.optionsOf("PersistentVolumeClaim", `files-${role}`);
    assert.deepEqual(options("cache").replaceOnChanges, ["spec.resources"]);
    assert.deepEqual(options("uploads").replaceOnChanges, []);
    for (const role of ["cache", "uploads"]) assert.deepEqual(options(role).ignoreChanges, []);
  });

  const unsized: VolumeSource[] = [
    efs,
    { kind: "nfs", server: "10.0.0.5", path: "/mnt/shared" },
    { kind: "hostPath", path: "/var/lib/shop" },
  ];
  for (const source of unsized) {
    it(`leaves sizes as they were on ${source.kind} (mocks do not refuse to resize, as the API server does)`, async () => {
      const made = await volumes(source);
      for (const role of ["cache", "uploads"]) {
        const claimed = made.optionsOf("PersistentVolumeClaim", `files-${role}`);
        assert.deepEqual(claimed.ignoreChanges, ["spec.resources"]);
        assert.deepEqual(claimed.replaceOnChanges, []);
      }
      const volumesMade = made.resources.filter(({ type }) => type === VOLUME);
      assert.equal(volumesMade.length, source.kind === "efs" ? 1 : 2);
      for (const { name } of volumesMade) {
        const { ignoreChanges } = made.optionsOf("PersistentVolume", name);
        assert.deepEqual(ignoreChanges, ["spec.capacity"]);
      }
    });
  }

  it("waits for a claim no longer than it is told", async () => {
    const made = await volumes(efs);
    for (const role of ["cache", "uploads"]) {
      assert.equal(made.optionsOf("PersistentVolumeClaim", `files-${role}`).createTimeout, "60s");
    }
  });
});
