import { z } from "zod";
import { ADDON_VERSION } from "../../../../model/addonVersions";
import { KUBERNETES_VERSIONS } from "../../../../model/kubernetesVersions";
import { namespace } from "../../../schema/cluster";
import { about, arn, cidr } from "../../../schema/values";

const addonVersion = (addon: string, example: string) =>
  about(
    z.string().regex(ADDON_VERSION, `expected a version such as ${example}`).optional(),
    `Version of the EKS add-on ${addon}, if not the pinned one. \`aws eks describe-addon-versions --addon-name ${addon} --kubernetes-version 1.35\` lists the versions that EKS accepts.`,
    { example, defaultText: "as `model/addonVersions.ts` has it for `cluster.version`" },
  );

export const cluster = z
  .strictObject({
    version: about(
      // A bare 1.35 in YAML is a number.
      z
        .union([z.string(), z.number()], "expected a version such as 1.35")
        .transform(String)
        .refine(
          (version) => KUBERNETES_VERSIONS.includes(version),
          `it is out of EKS standard support or not known here; expected ${KUBERNETES_VERSIONS.join(" or ")}`,
        ),
      "Kubernetes version of the control plane. It is refused once EKS's standard support for it has ended; previews warn from 60 days before.",
      { example: "1.35" },
    ).default("1.35"),
    addonVersions: z
      .strictObject({
        efsDriver: addonVersion("aws-efs-csi-driver", "v3.4.2-eksbuild.1"),
        metricsServer: addonVersion("metrics-server", "v0.9.0-eksbuild.5"),
      })
      .prefault({}),
    publicAccessCidrs: about(
      z.array(cidr()),
      "Ranges that can reach the API server from outside the VPC. If empty, `pulumi up` must run inside the VPC.",
      { example: "203.0.113.7/32" },
    ).default([]),
    adminRoleArns: about(
      z.array(arn("iam")),
      "IAM roles that administer the cluster. The identity that runs the first `pulumi up` is an administrator already and must not be listed: EKS refuses an identity twice. List every other role that runs `pulumi up`, such as CI's.",
      { example: "arn:aws:iam::111122223333:role/platform" },
    ).default([]),
    serviceCidr: about(
      cidr(),
      "Address range of Kubernetes Services. It must not overlap the VPC's.",
      {
        example: "172.20.0.0/16",
      },
    ).default("172.20.0.0/16"),
    namespace,
  })
  .prefault({});
