import type { Plan } from "../../../plan/plan";
import { adding, changing, without, type Case, type Inputs } from "../helpers";

const allow = (statement: object) =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", ...statement }] });
const ofRole = (statement: object) => (plan: Plan) =>
  adding(plan, "aws:iam/rolePolicy:RolePolicy", "extra", { policy: allow(statement) });
const object = (kind: string, more: Inputs) => (plan: Plan) =>
  adding(plan, `kubernetes:rbac.authorization.k8s.io/v1:${kind}`, "extra", { kind, ...more });

/** Who reaches what. */
export const accessCases: readonly Case[] = [
  {
    rule: "api-server-open",
    breaks: "an API server with a range of all addresses",
    by: (plan) =>
      changing(plan, {
        "Cluster cluster-eks": ({ inputs }) =>
          void (inputs.publicAccessCidrs = ["8.8.8.0/24", "0.0.0.0/0"]),
      }),
    says: [
      "cluster-eks: the Kubernetes API answers the whole internet: publicAccessCidrs has 0.0.0.0/0.",
    ],
  },
  {
    rule: "api-server-open",
    breaks: "a cluster of the aws package that names no range",
    by: (plan) => adding(plan, "aws:eks/cluster:Cluster", "own", { vpcConfig: {} }),
    says: [
      "own: the Kubernetes API answers the whole internet: publicAccessCidrs has no range, which means 0.0.0.0/0.",
    ],
  },
  {
    rule: "security-group-open",
    breaks: "a rule for Redis from anywhere",
    by: (plan) =>
      changing(plan, {
        "SecurityGroupIngressRule pages-redis-clients": ({ inputs }) =>
          void (inputs.cidrIpv4 = "0.0.0.0/0"),
      }),
    says: ["pages-redis-clients: lets the whole internet in at port 6379."],
  },
  {
    rule: "security-group-open",
    breaks: "a group with rules in itself",
    by: (plan) =>
      changing(plan, {
        "SecurityGroup files-efs": ({ inputs }) =>
          void (inputs.ingress = [{ fromPort: 0, toPort: 65535, ipv6CidrBlocks: ["::/0"] }]),
      }),
    says: ["files-efs: lets the whole internet in at ports 0 to 65535."],
  },
  {
    rule: "network-policy",
    breaks: "pods that no policy selects",
    by: (plan) =>
      without(plan, "NetworkPolicy site-deny-all", "NetworkPolicy site-from-controller"),
    says: [
      "static-assets: no NetworkPolicy says who may connect in (labels app.kubernetes.io/name=static-assets,app.kubernetes.io/part-of=next-on-eks).",
      "web: no NetworkPolicy says who may connect in (labels app.kubernetes.io/name=web,app.kubernetes.io/part-of=next-on-eks,next-on-eks/track=rolling).",
    ],
  },
  {
    rule: "network-policy",
    breaks: "a policy for other pods only",
    by: (plan) =>
      changing(without(plan, "NetworkPolicy site-from-controller", "NetworkPolicy site-outbound"), {
        "NetworkPolicy site-deny-all": ({ inputs }) =>
          void (inputs.spec.podSelector = {
            matchExpressions: [{ key: "next-on-eks/track", operator: "DoesNotExist" }],
          }),
      }),
    says: [
      "web: no NetworkPolicy says who may connect in and out (labels app.kubernetes.io/name=web,app.kubernetes.io/part-of=next-on-eks,next-on-eks/track=rolling).",
    ],
  },
  {
    rule: "iam-wildcard",
    breaks: "every action of a service",
    by: ofRole({ Action: ["s3:*"], Resource: "arn:aws:s3:::shop/*" }),
    says: ["extra: allows s3:*."],
  },
  {
    rule: "iam-wildcard",
    breaks: "an action that changes things, everywhere",
    by: ofRole({ Action: "s3:PutObject", Resource: "*" }),
    says: ["extra: allows s3:PutObject on every resource."],
  },
  {
    rule: "iam-wildcard",
    breaks: "all but a few actions",
    by: ofRole({ NotAction: "iam:*", Resource: "*" }),
    says: ["extra: allows all but a few actions (NotAction)."],
  },
  {
    rule: "iam-wildcard",
    breaks: "a role that anybody may take",
    by: (plan) =>
      changing(plan, {
        "Role addons-efs-driver": ({ inputs }) =>
          void (inputs.assumeRolePolicy = allow({ Principal: "*", Action: "sts:AssumeRole" })),
      }),
    says: ["addons-efs-driver: lets anybody do sts:AssumeRole (Principal *)."],
  },
  {
    rule: "iam-wildcard",
    breaks: "AWS's policy of administrators",
    by: (plan) =>
      changing(plan, {
        "RolePolicyAttachment addons-efs-driver": ({ inputs }) =>
          void (inputs.policyArn = "arn:aws:iam::aws:policy/AdministratorAccess"),
      }),
    says: ["addons-efs-driver: may do everything."],
  },
  {
    rule: "iam-wildcard",
    breaks: "a role in Kubernetes for everything",
    by: object("ClusterRole", { rules: [{ verbs: ["*"], resources: ["pods"], apiGroups: [""] }] }),
    says: ["extra: allows * in its rules."],
  },
  {
    rule: "iam-wildcard",
    breaks: "administrators of the cluster",
    by: object("ClusterRoleBinding", { roleRef: { name: "cluster-admin" } }),
    says: ["extra: makes its subjects administrators of the cluster."],
  },
];
