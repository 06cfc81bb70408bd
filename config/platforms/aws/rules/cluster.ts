import { endedSupport, endingSupport, nextVersion } from "../../../../model/kubernetesVersions";
import { isWorld } from "../../../../model/cidr";
import { setCommand as set } from "../../../messages/commands";
import { STRICTER_IN_PRODUCTION, type Rule } from "../../../rules/rule";
import type { AwsConfig } from "../config";

export const clusterRules: readonly Rule<AwsConfig>[] = [
  {
    id: "kubernetes-support-ended",
    why: "After the last day of standard support, AWS upgrades the cluster by itself.",
    severity: "error",
    check: ({ cluster }, today) => {
      const end = cluster && endedSupport(cluster.version, today);
      return end === undefined
        ? undefined
        : {
            key: "cluster.version",
            message: `'${cluster?.version}' left EKS standard support on ${end}: AWS will upgrade the cluster by itself.`,
            remedy: set("cluster.version", nextVersion(cluster?.version ?? "")),
          };
    },
  },
  {
    id: "api-server-open",
    why: "An API server that is open to the internet can be attacked from anywhere once a flaw in it is known.",
    severity: STRICTER_IN_PRODUCTION,
    check: ({ cluster }) => {
      const open = openRange(cluster);
      return open === undefined
        ? undefined
        : {
            key: "cluster.publicAccessCidrs",
            message: `'${open.range}' opens the API server of a production cluster to the world.`,
            remedy: close(open),
          };
    },
    warn: ({ cluster }) => {
      const open = openRange(cluster);
      return open === undefined
        ? undefined
        : {
            key: "cluster.publicAccessCidrs",
            message: "the API server is open to the world.",
            remedy: close(open),
          };
    },
  },
  {
    id: "api-server-private",
    why: "The machine that runs `pulumi up` must be able to reach the API server.",
    severity: "warning",
    check: ({ cluster }) =>
      cluster?.publicAccessCidrs.length === 0
        ? {
            key: "cluster.publicAccessCidrs",
            message:
              "is empty: the API server answers only inside the VPC, and pulumi up from elsewhere fails once the cluster exists.",
            remedy: set("cluster.publicAccessCidrs[0]", "YOUR.ADDRESS/32"),
          }
        : undefined,
  },
  {
    id: "kubernetes-support-ending",
    why: "You should upgrade before the day from which every `pulumi up` is refused.",
    severity: "warning",
    check: ({ cluster }, today) => {
      const end = cluster && endingSupport(cluster.version, today);
      return cluster === undefined || end === undefined
        ? undefined
        : {
            key: "cluster.version",
            message: `'${cluster.version}' leaves EKS standard support on ${end}; after that day every pulumi up is refused until the cluster is upgraded, including roll-backs.`,
            remedy: set("cluster.version", nextVersion(cluster.version)),
          };
    },
  },
];

interface OpenRange {
  readonly range: string;
  readonly index: number;
}

/** The first range that is as good as the whole internet. */
function openRange(cluster: AwsConfig["cluster"] | undefined): OpenRange | undefined {
  return cluster?.publicAccessCidrs
    .map((range, index) => ({ range, index }))
    .find(({ range }) => isWorld(range));
}

function close({ index }: OpenRange): string {
  return set(`cluster.publicAccessCidrs[${index}]`, "YOUR.ADDRESS/32");
}
