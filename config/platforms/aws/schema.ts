import { z } from "zod";
import { ADDON_VERSION } from "../../../model/addonVersions";
import { KUBERNETES_VERSIONS } from "../../../model/kubernetesVersions";
import { about, label, cidr, arn } from "../../schema/values";

const SUBNET = /^subnet-[0-9a-f]{8,17}$/;
const subnetIds = (description: string, example: string) =>
  about(
    z
      .array(
        z.string().regex(SUBNET, "expected the id of a subnet, such as subnet-0a1b2c3d4e5f67890"),
      )
      .min(1)
      .refine((ids) => new Set(ids).size === ids.length, "a subnet is named twice"),
    description,
    { example },
  );

/** A VPC that others made. components/existingNetworkRules.ts holds what AWS has to say of it. */
const existingNetwork = about(
  z
    .strictObject({
      vpcId: about(
        z
          .string()
          .regex(/^vpc-[0-9a-f]{8,17}$/, "expected the id of a VPC, such as vpc-0a1b2c3d4e5f67890"),
        "A VPC that is there already, with DNS support and DNS host names on. Nothing is made, changed or deleted in it; a destroy leaves it as it was. Image layers come from S3 by way of its NAT gateway, unless it has a gateway endpoint for S3.",
        { example: "vpc-0a1b2c3d4e5f67890" },
      ),
      privateSubnetIds: subnetIds(
        "For nodes, pods, mount targets and Redis: one a zone, in two zones or more, with a route of 0.0.0.0/0 to a NAT or transit gateway and the tag `kubernetes.io/role/internal-elb`. Every pod takes an address of theirs. They stay those of the first `pulumi up`.",
        "subnet-0a1b2c3d4e5f67890",
      ),
      publicSubnetIds: subnetIds(
        "For load balancers: one in each zone of the private ones, with a route of 0.0.0.0/0 to an internet gateway and the tag `kubernetes.io/role/elb`, by which EKS finds them.",
        "subnet-0f1e2d3c4b5a69788",
      ),
    })
    .optional(),
  "A VPC that others made, in place of one of the stack's own. Every `pulumi preview` asks AWS whether zones, routes and tags are as EKS, EFS and load balancers need them.",
  {},
);

export const network = z
  .strictObject({
    cidr: about(cidr(), "Address range of the VPC, /16 to /20.", {
      example: "10.20.0.0/16",
    }).default("10.20.0.0/16"),
    availabilityZones: about(
      z.int().min(2).max(3),
      "Number of zones that subnets, nodes and mount targets spread over. EKS keeps the zones of its first day: choose before the first `pulumi up`. 2 is for the regions that have no more; a zone of subnets costs nothing, its NAT gateway does.",
      { example: "3" },
    ).default(3),
    zones: about(
      z.array(z.string().regex(/^[a-z]{2}(-[a-z]+)+-[0-9][a-z]$/, "expected a zone's name")),
      "The zones by name, where not the region's first ones. As many as `availabilityZones`. Subnets stay in the zone that they were made in.",
      {
        example: "eu-west-1a",
        defaultText: "the region's first zones that need no opt-in",
      },
    ).optional(),
    natGateways: about(
      z.enum(["one", "perZone"]).optional(),
      "`one` is cheaper; `perZone` survives the loss of a zone.",
      { example: "perZone", defaultText: "`perZone` in production, else `one`" },
    ),
    existing: existingNetwork,
    reservedCidrs: about(
      z.array(cidr()),
      "Ranges that the VPC must not overlap: networks that are to be peered or reached by VPN.",
      { example: "10.0.0.0/16" },
    ).default([]),
  })
  .prefault({});

const addonVersion = (addon: string, example: string) =>
  about(
    z.string().regex(ADDON_VERSION, `expected a version such as ${example}`).optional(),
    `Version of the EKS add-on ${addon}, where not the pinned one. \`aws eks describe-addon-versions --addon-name ${addon} --kubernetes-version 1.35\` lists what EKS takes.`,
    { example, defaultText: "as `model/addonVersions.ts` has it for `cluster.version`" },
  );

export const awsCluster = z
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
      "Kubernetes version of the control plane. Refused after the last day of its standard support on EKS; every preview warns from 60 days before.",
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
      "Who reaches the API server from outside the VPC. Empty: nobody, and `pulumi up` must run inside the VPC.",
      { example: "203.0.113.7/32" },
    ).default([]),
    adminRoleArns: about(
      z.array(arn("iam")),
      "IAM roles that administer the cluster. The identity of the first `pulumi up` does so anyway, and must not be among them: EKS refuses to list it twice. Name every other that runs `pulumi up`, CI's role for one.",
      { example: "arn:aws:iam::111122223333:role/platform" },
    ).default([]),
    serviceCidr: about(cidr(), "Address range of Kubernetes Services. Outside the VPC's.", {
      example: "172.20.0.0/16",
    }).default("172.20.0.0/16"),
    namespace: about(label(), "Namespace of the application.", { example: "shop" }).default(
      "next-on-eks",
    ),
  })
  .prefault({});

export const existingCluster = z
  .strictObject({
    context: about(
      z.string().min(1).optional(),
      "Context of the kubeconfig (`$KUBECONFIG`, else `~/.kube/config`). Set it for every shared stack: without it `pulumi up` goes wherever kubectl points to.",
      { example: "kind-kind", defaultText: "the current context" },
    ),
    namespace: about(label(), "Namespace of the application.", { example: "shop" }).default(
      "next-on-eks",
    ),
    nodes: about(
      z.int().min(1).optional(),
      "How many nodes can run the application, where that number is fixed. `files.hostPath` asks for it: a folder of a node is for one node.",
      { example: "3", defaultText: "not known" },
    ),
  })
  .prefault({});
