import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { objectLabels } from "./labels";

/** Where shared files come from. */
export type VolumeSource =
  | {
      kind: "efs";
      fileSystemId: pulumi.Input<string>;
      /** Access point of the uploads. */
      uploadsAccessPointId: pulumi.Input<string>;
      /** The CSI driver. */
      provisioner: string;
    }
  | { kind: "nfs"; server: string; path: string }
  | { kind: "hostPath"; path: string }
  | { kind: "storageClass"; cacheClass: string; uploadsClass: string };

export interface SharedVolumesArgs {
  namespace: pulumi.Input<string>;
  source: VolumeSource;
  /** Kubernetes quantity. It matters if a StorageClass provisions the volumes; elsewhere nothing enforces it. */
  cacheSize: string;
  /** As `cacheSize`. A class that cannot expand volumes refuses a changed size. */
  uploadsSize: string;
  /** uid and gid that own the files, if the source can set them. */
  user: number;
  /** Refuses to delete the volume and the claim of the uploads. */
  protect: boolean;
  /** Seconds within which a claim must be bound. */
  timeoutSeconds: number;
}

type Role = "cache" | "uploads";

/**
 * By default NFS caches attributes of files and folders for up to a minute, and remembers that a name was missing: a
 * pod would miss what another has just stored. `mount.efs` passes both options to mount.nfs4 unchanged. Source: nfs(5),
 * "Data and metadata coherence"; aws/efs-utils, `get_nfs_mount_options`.
 */
const SEEN_BY_OTHER_PODS = ["actimeo=1", "lookupcache=positive"];

/**
 * Two claims that all pods mount: `cache` may be deleted at any time, `uploads` is data that users made. If the stack
 * creates the volume, uploads are never on one that is deleted with its claim.
 */
export class SharedVolumes extends pulumi.ComponentResource {
  readonly cacheClaim: pulumi.Output<string>;
  readonly uploadsClaim: pulumi.Output<string>;

  constructor(
    private readonly prefix: string,
    private readonly args: SharedVolumesArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("next-on-eks:kubernetes:SharedVolumes", prefix, {}, opts);
    this.cacheClaim = this.claim("cache", args.cacheSize);
    this.uploadsClaim = this.claim("uploads", args.uploadsSize);
    this.registerOutputs({ cacheClaim: this.cacheClaim, uploadsClaim: this.uploadsClaim });
  }

  private claim(role: Role, size: string): pulumi.Output<string> {
    const { namespace, timeoutSeconds } = this.args;
    const claim = new k8s.core.v1.PersistentVolumeClaim(
      `${this.prefix}-${role}`,
      {
        metadata: { namespace, labels: objectLabels(role) },
        spec: {
          accessModes: ["ReadWriteMany"],
          resources: { requests: { storage: size } },
          ...this.binding(role, size),
        },
      },
      {
        ...this.durability(role),
        customTimeouts: { create: `${timeoutSeconds}s` },
        ...this.resizing(role),
      },
    );
    return claim.metadata.name;
  }

  /**
   * The API server refuses a changed size of a claim without a StorageClass, and every later `up` would fail. There, as
   * on EFS, nothing enforces the size, so it keeps its first value.
   */
  private resizing(role: Role): pulumi.CustomResourceOptions {
    if (this.args.source.kind !== "storageClass") return { ignoreChanges: ["spec.resources"] };
    // A cache with another size is a new, empty one, next to the old until no pod uses that. Uploads grow in place.
    return role === "cache" ? { replaceOnChanges: ["spec.resources"] } : {};
  }

  /** Creates what the claim binds to, and says how the claim finds it. */
  private binding(role: Role, size: string): object {
    const { source } = this.args;
    switch (source.kind) {
      case "storageClass":
        return {
          storageClassName: role === "cache" ? source.cacheClass : source.uploadsClass,
        };
      case "efs":
        return role === "cache"
          ? { storageClassName: this.efsClass(source).metadata.name }
          : {
              storageClassName: "",
              volumeName: this.volume(role, size, {
                csi: {
                  driver: source.provisioner,
                  volumeHandle: pulumi.interpolate`${source.fileSystemId}::${source.uploadsAccessPointId}`,
                },
                mountOptions: SEEN_BY_OTHER_PODS,
              }).metadata.name,
            };
      case "nfs":
        return this.selected(role, size, {
          nfs: { server: source.server, path: `${source.path}/${role}` },
          mountOptions: ["nfsvers=4.1", "hard", ...SEEN_BY_OTHER_PODS],
        });
      case "hostPath":
        return this.selected(role, size, {
          // It must exist: the kubelet would create it for root, and the pods run as another user.
          hostPath: { path: `${source.path}/${role}`, type: "Directory" },
        });
    }
  }

  /** A static volume, and a claim that finds it by its labels. */
  private selected(role: Role, size: string, volume: object): object {
    const { namespace } = this.args;
    const labels = { "next-on-eks/namespace": namespace, "next-on-eks/volume": role };
    this.volume(role, size, volume, labels);
    // The empty class keeps the cluster's default class from provisioning a volume.
    return { storageClassName: "", selector: { matchLabels: labels } };
  }

  private volume(
    role: Role,
    size: string,
    source: object,
    labels: Record<string, pulumi.Input<string>> = {},
  ): k8s.core.v1.PersistentVolume {
    return new k8s.core.v1.PersistentVolume(
      `${this.prefix}-${role}`,
      {
        metadata: { labels: { ...objectLabels(role), ...labels } },
        spec: {
          capacity: { storage: size },
          accessModes: ["ReadWriteMany"],
          storageClassName: "",
          persistentVolumeReclaimPolicy: "Retain",
          ...source,
        },
      },
      { ...this.durability(role), ignoreChanges: ["spec.capacity"] },
    );
  }

  private efsClass(source: VolumeSource & { kind: "efs" }): k8s.storage.v1.StorageClass {
    const owner = String(this.args.user);
    return new k8s.storage.v1.StorageClass(
      `${this.prefix}-cache`,
      {
        provisioner: source.provisioner,
        reclaimPolicy: "Delete",
        // A claim that waited for its first pod would be Pending when Pulumi looks.
        volumeBindingMode: "Immediate",
        mountOptions: SEEN_BY_OTHER_PODS,
        parameters: {
          provisioningMode: "efs-ap",
          fileSystemId: source.fileSystemId,
          directoryPerms: "750",
          uid: owner,
          gid: owner,
          basePath: "/cache",
        },
      },
      { parent: this },
    );
  }

  private durability(role: Role): pulumi.CustomResourceOptions {
    return { parent: this, protect: role === "uploads" && this.args.protect };
  }
}
