import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { objectLabels, selectorLabels } from "./labels";
import { lastWords } from "./lastWords";
import { restrictedContainer, restrictedPod } from "./podSecurity";

export interface InClusterRedisArgs {
  namespace: pulumi.Input<string>;
  /** Image with `redis-server` on its path. */
  image: string;
  /** Secrets with the registry's credentials, in the namespace. */
  imagePullSecrets: string[];
  /** What is evicted when memory is full: see RedisCache. */
  evictionPolicy: "volatile-lru" | "noeviction";
  /** Seconds within which it must be ready. */
  timeoutSeconds: number;
}

const USER = 999;
const PORT = 6379;
const MEMORY_MIB = 256;

/** Redis does not count replies and fragmentation in its own memory limit. */
export const REDIS_RESOURCES = {
  requests: { cpu: "50m", memory: `${MEMORY_MIB}Mi` },
  limits: { memory: `${MEMORY_MIB * 2}Mi` },
} as const;

/** A Redis with one pod and no disk, for development: a restart empties it. */
export class InClusterRedis extends pulumi.ComponentResource {
  /** `redis://:PASSWORD@HOST:6379`, a secret. */
  readonly url: pulumi.Output<string>;

  constructor(name: string, args: InClusterRedisArgs, opts?: pulumi.ComponentResourceOptions) {
    super("next-on-eks:kubernetes:InClusterRedis", name, {}, opts);
    const parent = { parent: this };
    const metadata = { namespace: args.namespace, labels: objectLabels(name) };
    const customTimeouts = {
      create: `${args.timeoutSeconds}s`,
      update: `${args.timeoutSeconds}s`,
    };

    const password = new random.RandomPassword(
      `${name}-password`,
      { length: 40, special: false },
      parent,
    );
    const config = new k8s.core.v1.Secret(
      `${name}-config`,
      { metadata, stringData: { "redis.conf": redisConf(args.evictionPolicy, password.result) } },
      parent,
    );
    new k8s.apps.v1.Deployment(
      `${name}-redis`,
      {
        metadata,
        spec: {
          replicas: 1,
          // Two pods at once would hold different data.
          strategy: { type: "Recreate" },
          selector: { matchLabels: selectorLabels(name) },
          progressDeadlineSeconds: args.timeoutSeconds,
          template: podTemplate(name, args, config.metadata.name),
        },
      },
      { parent: this, customTimeouts },
    );
    const service = new k8s.core.v1.Service(
      `${name}-redis`,
      {
        metadata,
        spec: {
          selector: selectorLabels(name),
          ports: [{ name: "redis", port: PORT, targetPort: "redis" }],
        },
      },
      { parent: this, customTimeouts },
    );

    this.url = pulumi.secret(
      pulumi.interpolate`redis://:${password.result}@${service.metadata.name}.${args.namespace}:${PORT}`,
    );
    this.registerOutputs({ url: this.url });
  }
}

function podTemplate(
  name: string,
  { image, imagePullSecrets }: InClusterRedisArgs,
  config: pulumi.Input<string>,
): k8s.types.input.core.v1.PodTemplateSpec {
  const tcpSocket = { port: "redis" };
  return {
    metadata: { labels: objectLabels(name) },
    spec: {
      automountServiceAccountToken: false,
      imagePullSecrets: imagePullSecrets.map((secret) => ({ name: secret })),
      securityContext: restrictedPod(USER),
      containers: [
        {
          name: "redis",
          image,
          command: ["redis-server", "/config/redis.conf"],
          ...lastWords,
          ports: [{ name: "redis", containerPort: PORT }],
          readinessProbe: { tcpSocket, periodSeconds: 2 },
          livenessProbe: { tcpSocket, periodSeconds: 10, timeoutSeconds: 5 },
          resources: REDIS_RESOURCES,
          securityContext: restrictedContainer,
          volumeMounts: [{ name: "config", mountPath: "/config", readOnly: true }],
        },
      ],
      volumes: [{ name: "config", secret: { secretName: config } }],
    },
  };
}

function redisConf(policy: string, password: pulumi.Output<string>): pulumi.Output<string> {
  return pulumi.interpolate`bind 0.0.0.0 -::*
port ${PORT}
requirepass ${password}
save ""
appendonly no
dir /tmp
maxmemory ${MEMORY_MIB}mb
maxmemory-policy ${policy}
`;
}
