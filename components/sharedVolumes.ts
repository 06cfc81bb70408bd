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
  /** Kubernetes quantity. It counts where a StorageClass makes the volumes; elsewhere nothing enforces it. */
  cacheSize: string;
  /** As `cacheSize`. A class that cannot expand its volumes refuses another size. */
  uploadsSize: string;
  /** uid and gid that own the files, where the source can set them. */
  user: number;
  /** Refuses to delete the volume and the claim of the uploads. */
  protect: boolean;
  /** Seconds until a claim must be bound. */
  timeoutSeconds: number;
}

type Role = "cache" | "uploads";

/**
 * Unless told, NFS keeps attributes of files and folders for up to a minute, and remembers that a name was missing: a pod
 * would miss what another has just stored. `mount.efs` hands both options on to mount.nfs4 as they are.
 * Source: nfs(5), "Data and metadata coherence"; aws/efs-utils, `get_nfs_mount_options`.
 */
const SEEN_BY_OTHER_PODS = ["actimeo=1", "lookupcache=positive"];

/**
 * Two claims that all pods mount: `cache` may be deleted at any time, `uploads` is data that users made.
 * Uploads never sit on a volume that goes with its claim, where the stack makes the volume.
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
   * The API server refuses another size of a claim without a StorageClass, and each `up` after that. There, as on EFS,
   * the size is a number that nobody enforces, so it stays the first one.
   */
  private resizing(role: Role): pulumi.CustomResourceOptions {
    if (this.args.source.kind !== "storageClass") return { ignoreChanges: ["spec.resources"] };
    // A cache of another size is a new, empty one, beside the old until no pod uses it. Uploads grow in place.
    return role === "cache" ? { replaceOnChanges: ["spec.resources"] } : {};
  }

  /** Makes what the claim binds to, and says how the claim finds it. */
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
          // It has to be there: kubelet would make it root's, and the pods run as another user.
          hostPath: { path: `${source.path}/${role}`, type: "Directory" },
        });
    }
  }

  /** A static volume, and a claim that finds it by its labels. */
  private selected(role: Role, size: string, volume: object): object {
    const { namespace } = this.args;
    const labels = { "next-on-eks/namespace": namespace, "next-on-eks/volume": role };
    this.volume(role, size, volume, labels);
    // The empty class is what keeps the cluster's default class from making a volume of its own.
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
