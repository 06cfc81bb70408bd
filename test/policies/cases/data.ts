import { adding, changing, server, without, type Case } from "../helpers";

const BALANCER = "aws:lb/loadBalancer:LoadBalancer";

/** State, encryption and secrets. */
export const dataCases: readonly Case[] = [
  {
    rule: "state-replaced",
    breaks: "a Redis of sessions that is deleted",
    by: (plan) => without(plan, "ReplicationGroup sessions-group"),
    says: [
      "sessions-group: is deleted: the sessions' Redis is DELETED: all visitors are logged out.",
    ],
    compared: true,
  },
  {
    rule: "protection-removed",
    breaks: "a file system that Pulumi may delete",
    by: (plan) => changing(plan, { "FileSystem files-efs": (it) => void (it.protect = false) }),
    says: ["files-efs: holds state, and Pulumi does not refuse to delete it."],
  },
  {
    rule: "protection-removed",
    breaks: "a cluster that EKS may delete",
    by: (plan) =>
      changing(plan, {
        "Cluster cluster-eks": ({ inputs }) => void (inputs.deletionProtection = false),
      }),
    says: ["cluster-eks: has deletionProtection off: AWS does not refuse to delete it."],
  },
  {
    rule: "encryption-at-rest",
    breaks: "files, Redis and Secrets in clear",
    by: (plan) =>
      changing(plan, {
        "FileSystem files-efs": ({ inputs }) => void (inputs.encrypted = false),
        "ReplicationGroup pages-group": ({ inputs }) => void delete inputs.atRestEncryptionEnabled,
        "Cluster cluster-eks": ({ inputs }) => void delete inputs.encryptionConfigKeyArn,
      }),
    says: [
      "files-efs: encrypted is off: files are not encrypted.",
      "pages-group: atRestEncryptionEnabled is off: snapshots and swap are not encrypted.",
      "cluster-eks: encryptionConfig is off: Kubernetes' Secrets have no key of their own.",
    ],
  },
  {
    rule: "encryption-in-transit",
    breaks: "Redis without TLS and a token, and files without TLS",
    by: (plan) =>
      changing(plan, {
        "ReplicationGroup sessions-group": ({ inputs }) => {
          inputs.transitEncryptionEnabled = false;
          delete inputs.authToken;
        },
        "PersistentVolume files-uploads": ({ inputs }) =>
          void (inputs.spec.csi.volumeAttributes = { encryptInTransit: "false" }),
      }),
    says: [
      "sessions-group: transitEncryptionEnabled is off: Redis is spoken in clear.",
      "sessions-group: authToken is missing: whoever reaches the port may read and write.",
      "files-uploads: encryptInTransit is off: files travel in clear.",
    ],
  },
  {
    rule: "https",
    breaks: "an Ingress without TLS",
    by: (plan) => changing(plan, { "Ingress site": ({ inputs }) => void delete inputs.spec.tls }),
    says: ["site: serves shop.example.com by plain HTTP."],
  },
  {
    rule: "https",
    breaks: "a load balancer of the application's own",
    by: (plan) =>
      changing(plan, { "Service web": ({ inputs }) => void (inputs.spec.type = "LoadBalancer") }),
    says: [
      "web: answers at a load balancer of its own, by plain HTTP and past the ingress controller.",
    ],
  },
  {
    rule: "https",
    breaks: "a load balancer of the static files",
    by: (plan) =>
      changing(plan, {
        "Service static-assets": ({ inputs }) => void (inputs.spec.type = "LoadBalancer"),
      }),
    says: [
      "static-assets: answers at a load balancer of its own, by plain HTTP and past the ingress controller.",
    ],
  },
  ...[
    ["SESSION_SECRET", "s3cr3t-of-the-shop", "what its name calls a secret"],
    ["DATABASE_URL", "postgres://shop:hunter2@db.internal/shop", "an address with a password"],
    ["AWS_ID", "AKIAIOSFODNN7EXAMPLE", "an access key of AWS"],
    ["PEM", "-----BEGIN RSA PRIVATE KEY-----\nabc", "a private key"],
    ["MASKED", "[secret]", "a secret of the config"],
  ].map(([name, value, what]): Case => ({
    rule: "secret-in-clear",
    breaks: `the variable ${name}`,
    by: (plan) =>
      changing(plan, {
        "Deployment web": ({ inputs }) => void server(inputs).env.push({ name, value }),
      }),
    says: [`web: spec.template.spec.containers[0].env[${name}] holds ${what} in clear.`],
  })),
  {
    rule: "secret-in-clear",
    breaks: "a ConfigMap with a password",
    by: (plan) =>
      adding(plan, "kubernetes:core/v1:ConfigMap", "extra", { data: { db_password: "hunter2" } }),
    says: ["extra: data.db_password holds what its name calls a secret in clear."],
  },
];

/** A change that is only seen beside what was there before: another type that has such a switch. */
export const SWITCHED_OFF = {
  before: { [BALANCER]: { deletionProtection: true } },
  after: { [BALANCER]: { deletionProtection: false } },
};
