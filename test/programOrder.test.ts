import * as assert from "node:assert/strict";
import { runProd } from "./helpers/programs";
import type { Recording } from "./helpers/recording";

describe("the order in which stack prod is made, and destroyed the other way round", () => {
  let made: Recording;
  before(async () => {
    made = await runProd();
  });

  /** What is made later is destroyed earlier. */
  const order: [later: [kind: string, name: string], earlier: string[]][] = [
    [
      ["Cluster", "cluster-eks"],
      [
        ...[0, 1, 2].flatMap((zone) => [
          `Route network-private-${zone}-nat`,
          `NatGateway network-nat-${zone}`,
          `RouteTableAssociation network-private-${zone}`,
          `RouteTableAssociation network-public-${zone}`,
        ]),
        "Route network-public-internet",
        "InternetGateway network-gateway",
        "VpcEndpoint network-s3",
        "Key cluster-secrets",
        "LogGroup cluster-logs",
      ],
    ],
    [
      ["StorageClass", "files-cache"],
      ["Addon addons-efs-driver", "RolePolicyAttachment addons-efs-driver", "Cluster cluster-eks"],
    ],
    ...(["StorageClass files-cache", "PersistentVolume files-uploads"] as const).map(
      (volume): [[string, string], string[]] => [
        volume.split(" ") as [string, string],
        [
          ...[0, 1, 2].map((zone) => `MountTarget files-${zone}`),
          "SecurityGroupIngressRule files-efs-nfs",
          "FileSystemPolicy files-policy",
          "Addon addons-efs-driver",
          "Route network-private-0-nat",
        ],
      ],
    ),
    ...[
      "PersistentVolumeClaim files-cache",
      "PersistentVolumeClaim files-uploads",
      "Secret web-redis",
      "Deployment web",
      "Service web",
      "PodDisruptionBudget web",
      "HorizontalPodAutoscaler web",
      "Ingress site",
    ].map((object): [[string, string], string[]] => [
      object.split(" ") as [string, string],
      [
        "Namespace app-namespace",
        "AccessPolicyAssociation cluster-999988887777-platform",
        "Cluster cluster-eks",
      ],
    ]),
    [
      ["Deployment", "web"],
      [
        "PersistentVolumeClaim files-cache",
        "PersistentVolumeClaim files-uploads",
        "Addon addons-efs-driver",
        "ReplicationGroup pages-group",
        "ReplicationGroup sessions-group",
        "SecurityGroupIngressRule pages-redis-clients",
        "SecurityGroupIngressRule sessions-redis-clients",
      ],
    ],
    [
      ["Ingress", "site"],
      ["Release ingress", "Deployment web", "Service web"],
    ],
    [
      ["Release", "ingress"],
      ["Namespace ingress-namespace", "Secret ingress-backend-tls"],
    ],
  ];
  for (const [[kind, name], earlier] of order) {
    it(`makes ${kind} ${name} after, and destroys it before, ${earlier.length} others`, () => {
      const before = made.comesAfter(kind, name);
      assert.deepEqual(
        earlier.filter((other) => !before.has(other)),
        [],
      );
    });
  }
});
