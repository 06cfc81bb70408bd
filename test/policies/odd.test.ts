import * as assert from "node:assert/strict";
import type { Plan } from "../../plan/plan";
import {
  adding,
  changing,
  found,
  messages,
  planOfStack,
  pod,
  server,
  type Inputs,
} from "./helpers";

/*
 * What is written in another way than in the program's own plans: rules find it where it breaks them, and say nothing where
 * it does not.
 */

type Odd = readonly [rule: string, what: string, by: (plan: Plan) => Plan];

const web = (change: (inputs: Inputs) => unknown) => (plan: Plan) =>
  changing(plan, { "Deployment web": ({ inputs }) => void change(inputs) });
const variable = (name: string, value: string) =>
  web((inputs) => server(inputs).env.push({ name, value }));
const allow = (statement: object) =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", ...statement }] });
const right = (statement: object) => (plan: Plan) =>
  adding(plan, "aws:iam/rolePolicy:RolePolicy", "extra", { policy: allow(statement) });
const trust = (statement: object) => (plan: Plan) =>
  adding(plan, "aws:kms/key:Key", "extra", { policy: allow(statement) });
const group = (type: string, rule: object) => (plan: Plan) =>
  adding(plan, `aws:ec2/group:${type}`, "extra", { ingress: [rule] });
const ingress = (spec: object) => (plan: Plan) =>
  adding(plan, "kubernetes:networking.k8s.io/v1:Ingress", "extra", { kind: "Ingress", spec });
const redis = (more: object) => (plan: Plan) =>
  changing(plan, {
    "ReplicationGroup pages-group": ({ inputs }) => void Object.assign(inputs, more),
  });
const anybody = { Principal: { AWS: "*" }, Action: "kms:Decrypt", Resource: "*" };

const BROKEN: readonly Odd[] = [
  [
    "pod-privileges",
    "a capability that is given back",
    web((it) => (server(it).securityContext.capabilities = { drop: ["ALL"], add: ["SYS_ADMIN"] })),
  ],
  [
    "pod-privileges",
    "a folder of the node",
    web((it) => pod(it).volumes.push({ name: "sock", hostPath: { path: "/run/containerd" } })),
  ],
  ["pod-privileges", "a port of the node", web((it) => (server(it).ports[0].hostPort = 80))],
  [
    "pod-resources",
    "a pod's own requests without its limit",
    web((it) => {
      delete server(it).resources;
      pod(it).resources = { requests: { cpu: "1", memory: "1Gi" } };
    }),
  ],
  [
    "one-pod",
    "an autoscaler of another namespace, and a single replica",
    (plan) =>
      changing(plan, {
        "HorizontalPodAutoscaler web": ({ inputs }) => void (inputs.metadata.namespace = "other"),
        "Deployment web": ({ inputs }) => void (inputs.spec.replicas = 1),
      }),
  ],
  [
    "network-policy",
    "an empty list of what goes out, which is no rule for it",
    (plan) =>
      changing(plan, {
        "NetworkPolicy site-deny-all": ({ inputs }) =>
          void (inputs.spec = { podSelector: {}, egress: [] }),
        "NetworkPolicy site-outbound": ({ inputs }) =>
          void (inputs.spec.podSelector = { matchLabels: { other: "pods" } }),
      }),
  ],
  ["secret-in-clear", "a name in camel case", variable("stripeApiKey", "c2VjcmV0IG9mIGEgc2hvcA==")],
  ["secret-in-clear", "base64 with a slash", variable("TOKEN", "abc/Xyz0123456789+abcdefgh==")],
  [
    "secret-in-clear",
    "an option of a command",
    web((it) => (server(it).args = ["--db-password=a1b2c3"])),
  ],
  [
    "secret-in-clear",
    "a token of GitHub, new style",
    variable("FEED", `github_pat_${"a1B2".repeat(20)}`),
  ],
  [
    "secret-in-clear",
    "a token that a variable calls one of a client",
    variable("CLIENT_TOKEN", "files-efs-1f0c9a2"),
  ],
  [
    "secret-in-clear",
    "a key of Stripe that every visitor gets",
    variable("NEXT_PUBLIC_PAY", `sk_live_${"a1B2".repeat(6)}`),
  ],
  ["iam-wildcard", "reading every secret", right({ Action: "secretsmanager:Get*", Resource: "*" })],
  [
    "iam-wildcard",
    "a condition that asks for TLS alone",
    trust({ ...anybody, Condition: { Bool: { "aws:SecureTransport": "true" } } }),
  ],
  [
    "iam-wildcard",
    "all but one principal",
    trust({ NotPrincipal: { AWS: "arn:aws:iam::111122223333:root" }, Action: "kms:*" }),
  ],
  [
    "iam-wildcard",
    "anybody of another service of identities",
    trust({ Principal: { Federated: "*" }, Action: "sts:AssumeRoleWithWebIdentity" }),
  ],
  [
    "security-group-open",
    "half of the internet",
    group("SecurityGroup", { fromPort: 22, toPort: 22, cidrBlocks: ["0.0.0.0/1"] }),
  ],
  [
    "security-group-open",
    "the VPC's default group",
    group("DefaultSecurityGroup", { fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"] }),
  ],
  [
    "api-server-open",
    "half of the internet",
    (plan) =>
      changing(plan, {
        "Cluster cluster-eks": ({ inputs }) => void (inputs.publicAccessCidrs = ["128.0.0.0/1"]),
      }),
  ],
  [
    "encryption-in-transit",
    "a Redis that prefers TLS",
    redis({ transitEncryptionMode: "preferred" }),
  ],
  [
    "https",
    "a host that no certificate is for",
    ingress({ rules: [{ host: "a.test" }, { host: "b.test" }], tls: [{ hosts: ["a.test"] }] }),
  ],
  [
    "https",
    "a host two names below a wildcard",
    ingress({ rules: [{ host: "a.b.test" }], tls: [{ hosts: ["*.test"] }] }),
  ],
];

const FINE: readonly Odd[] = [
  [
    "pod-privileges",
    "listening below 1024",
    web(
      (it) =>
        (server(it).securityContext.capabilities = { drop: ["ALL"], add: ["NET_BIND_SERVICE"] }),
    ),
  ],
  [
    "pod-privileges",
    "a context that nobody knows yet",
    web((it) => (server(it).securityContext = "[computed]")),
  ],
  [
    "pod-resources",
    "limits that are the requests too",
    web((it) => (server(it).resources = { limits: { cpu: "1", memory: "1Gi" } })),
  ],
  [
    "pod-resources",
    "resources of the pod",
    web((it) => {
      for (const container of [...pod(it).initContainers, ...pod(it).containers])
        delete container.resources;
      pod(it).resources = { requests: { cpu: "1", memory: "1Gi" }, limits: { memory: "1Gi" } };
    }),
  ],
  [
    "pod-resources",
    "resources that nobody knows yet",
    web((it) => (server(it).resources = "[computed]")),
  ],
  [
    "disruption-budget",
    "a colour that has no pods",
    (plan) =>
      changing(plan, {
        "Deployment web": ({ inputs }) => void (inputs.spec.replicas = 0),
        "HorizontalPodAutoscaler web": ({ inputs }) => void (inputs.metadata.namespace = "other"),
        "PodDisruptionBudget web": ({ inputs }) =>
          void (inputs.spec = { selector: inputs.spec.selector, maxUnavailable: "25%" }),
      }),
  ],
  [
    "secret-in-clear",
    "a variable from a Secret in an address",
    variable("DATABASE_URL", "postgres://app:$(DB_PASSWORD)@db/app"),
  ],
  [
    "secret-in-clear",
    "the token by which AWS knows a repeated request, which a provider makes up",
    (plan) =>
      changing(plan, {
        "FileSystem files-efs": ({ inputs }) => void (inputs.creationToken = "files-efs-1f0c9a2"),
      }),
  ],
  ["secret-in-clear", "a variable from a Secret", variable("AUTH_TOKEN", "$(OTHER_TOKEN)")],
  [
    "secret-in-clear",
    "what Next.js gives every visitor",
    variable("NEXT_PUBLIC_MAP_TOKEN", "pk.abcdef"),
  ],
  [
    "secret-in-clear",
    "an option with a file",
    web((it) => (server(it).args = ["--token=/var/run/token", "--token-ttl=30"])),
  ],
  [
    "iam-wildcard",
    "anybody from one organisation",
    trust({ ...anybody, Condition: { StringEquals: { "aws:PrincipalOrgID": "o-1" } } }),
  ],
  [
    "iam-wildcard",
    "listing what there is",
    right({ Action: ["ec2:DescribeSubnets", "ecr:GetAuthorizationToken"], Resource: "*" }),
  ],
  [
    "security-group-open",
    "a private network",
    group("SecurityGroup", { fromPort: 22, toPort: 22, cidrBlocks: ["10.0.0.0/8"] }),
  ],
  [
    "security-group-open",
    "a private network of IPv6",
    group("SecurityGroup", { fromPort: 22, toPort: 22, ipv6CidrBlocks: ["fc00::/7"] }),
  ],
  [
    "encryption-in-transit",
    "a Redis that requires TLS",
    redis({ transitEncryptionMode: "required" }),
  ],
  [
    "https",
    "one certificate for all names below",
    ingress({ rules: [{ host: "a.test" }], tls: [{ hosts: ["*.test"] }] }),
  ],
  [
    "https",
    "a certificate without hosts",
    ingress({ rules: [{ host: "a.test" }], tls: [{ secretName: "all" }] }),
  ],
  [
    "sessions-evicted",
    "parameters that nobody knows yet",
    (plan) =>
      changing(plan, {
        "ParameterGroup sessions-parameters": ({ inputs }) =>
          void (inputs.parameters = "[computed]"),
      }),
  ],
];

describe("policies, by what is written in another way", () => {
  for (const [rule, what, by] of BROKEN) {
    it(`${rule} finds ${what}`, async () => {
      const own = await planOfStack("prod");
      assert.deepEqual(messages(found(own), rule), []);
      assert.notDeepEqual(messages(found(by(own)), rule), []);
    });
  }

  for (const [rule, what, by] of FINE) {
    it(`${rule} says nothing of ${what}`, async () => {
      assert.deepEqual(messages(found(by(await planOfStack("prod"))), rule), []);
    });
  }
});
