import type { Table } from "./rule";

/*
 * The API server takes some fields only when an object is created; Pulumi then makes another one.
 */

const DIFF = "pulumi-kubernetes: provider/pkg/provider/diff.go";
/** An object is its name and its namespace. */
const IDENTITY = ["apiVersion", "kind", "metadata.name", "metadata.namespace"];
const named = { by: IDENTITY, source: DIFF };

export const KUBERNETES: Table = {
  "kubernetes:apps/v1:Deployment": { by: [...IDENTITY, "spec.selector"], source: DIFF },
  "kubernetes:autoscaling/v2:HorizontalPodAutoscaler": named,
  // Without enableConfigMapMutable and enableSecretMutable on the provider, new content is a new object.
  "kubernetes:core/v1:ConfigMap": { by: [...IDENTITY, "data", "binaryData"], source: DIFF },
  "kubernetes:core/v1:Secret": { by: [...IDENTITY, "data", "stringData", "type"], source: DIFF },
  "kubernetes:core/v1:LimitRange": named,
  "kubernetes:core/v1:Namespace": named,
  "kubernetes:core/v1:PersistentVolume": {
    by: [
      ...IDENTITY,
      ...["csi", "nfs", "hostPath", "local", "iscsi", "fc", "cephfs", "awsElasticBlockStore"].map(
        (source) => `spec.${source}`,
      ),
    ],
    except: [
      "spec.accessModes",
      "spec.capacity",
      "spec.claimRef",
      "spec.mountOptions",
      "spec.persistentVolumeReclaimPolicy",
      "spec.storageClassName",
    ],
    perhaps: { spec: "the API server refuses most other changes of a volume" },
    source: DIFF,
  },
  "kubernetes:core/v1:PersistentVolumeClaim": {
    by: [
      ...IDENTITY,
      ...["accessModes", "selector", "storageClassName", "volumeName"].map((key) => `spec.${key}`),
    ],
    // A larger size in place, where the storage class allows expansion; else the API server refuses it (since 3.7.1).
    except: ["spec.resources", "spec.volumeAttributesClassName"],
    perhaps: { spec: "the API server refuses most other changes of a claim" },
    source: DIFF,
  },
  "kubernetes:core/v1:ResourceQuota": named,
  "kubernetes:core/v1:Service": {
    by: [...IDENTITY, "spec.clusterIP"],
    source: DIFF,
  },
  "kubernetes:helm.sh/v3:Release": {
    by: ["name", "namespace"],
    source: "pulumi-kubernetes: provider/pkg/provider/helm_release.go",
  },
  "kubernetes:networking.k8s.io/v1:Ingress": named,
  "kubernetes:networking.k8s.io/v1:NetworkPolicy": named,
  "kubernetes:policy/v1:PodDisruptionBudget": named,
  "kubernetes:storage.k8s.io/v1:StorageClass": {
    by: [...IDENTITY, "parameters", "provisioner"],
    perhaps: {
      reclaimPolicy: "the API server refuses to change it",
      volumeBindingMode: "the API server refuses to change it",
    },
    source: DIFF,
  },
};
