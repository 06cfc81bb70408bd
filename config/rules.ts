import type { AwsConfig, Config, ExistingConfig } from "../config";
import { AGENT_PORT } from "../components/nextApp/agent";
import { overlaps, parseCidr } from "./cidr";
import { endedSupport } from "./kubernetesVersions";
import { removeCommand, setCommand, type Problem } from "./problems";

/*
 * The rules that compare keys. Each looks at the groups it needs and is silent where one of them is not there,
 * because it was refused already: so a stack gets all of its problems in one run.
 */

/** A config some of whose groups may have been refused. */
export type Checked<T extends Config> = Partial<T> &
  Pick<T, "platform" | "production" | "stack" | "region">;

type Rule<T extends Config> = (config: Checked<T>, today: Date) => Problem | undefined;

const set = setCommand;

/** A number of pods from `1` or `"25%"` of `replicas`, rounded as the Deployment controller does. */
export function podsOf(value: number | string, replicas: number, round: "up" | "down"): number {
  if (typeof value === "number") return value;
  const exact = (replicas * Number.parseInt(value, 10)) / 100;
  return round === "up" ? Math.ceil(exact) : Math.floor(exact);
}

const common: Rule<Config>[] = [
  ({ app }) =>
    app && app.replicas.min > app.replicas.max
      ? {
          key: "app.replicas",
          message: `min ${app.replicas.min} is greater than max ${app.replicas.max}.`,
          remedy: set("app.replicas.max", String(app.replicas.min)),
        }
      : undefined,
  ({ app }) =>
    app &&
    podsOf(app.rollout.maxSurge, app.replicas.min, "up") === 0 &&
    podsOf(app.rollout.maxUnavailable, app.replicas.min, "down") === 0
      ? {
          key: "app.rollout",
          message: `maxSurge ${app.rollout.maxSurge} and maxUnavailable ${app.rollout.maxUnavailable} leave no pod that a rollout could replace.`,
          remedy: set("app.rollout.maxSurge", "1"),
        }
      : undefined,
  ({ app }) =>
    app?.service.nodePort !== undefined && app.service.type === "ClusterIP"
      ? {
          key: "app.service.nodePort",
          message: `${app.service.nodePort} has no use: the Service is of type ClusterIP.`,
          remedy: set("app.service.type", "NodePort"),
        }
      : undefined,
  ({ app }) => {
    const twice = Object.keys(app?.secretEnv ?? {}).find((name) => name in (app?.env ?? {}));
    return twice === undefined
      ? undefined
      : {
          key: `app.env.${twice}`,
          message: "is set in app.env and in app.secretEnv.",
          remedy: removeCommand(`app.env.${twice}`),
        };
  },
  ({ app }) => {
    const reserved = Object.keys({ ...app?.env, ...app?.secretEnv }).find((name) =>
      RESERVED_VARIABLES.has(name),
    );
    return reserved === undefined
      ? undefined
      : {
          key: `app.env.${reserved}`,
          message: `the stack sets ${reserved} itself.`,
          remedy: `${removeCommand(`app.env.${reserved}`)} (or app.secretEnv.${reserved})`,
        };
  },
  ({ app }) =>
    app?.port === AGENT_PORT
      ? {
          key: "app.port",
          message: `${AGENT_PORT} is the port of the pod's agent.`,
          remedy: set("app.port", "3000"),
        }
      : undefined,
  ({ app }) =>
    app !== undefined && "NODE_OPTIONS" in app.secretEnv
      ? {
          key: "app.secretEnv.NODE_OPTIONS",
          message: "would replace the preloads of the stack; what is in app.env is added to them.",
          remedy: removeCommand("app.secretEnv.NODE_OPTIONS"),
        }
      : undefined,
  ({ production, app }) =>
    production && app?.image !== undefined && !app.image.includes("@sha256:")
      ? {
          key: "app.image",
          message: `'${app.image}' is a tag, which can come to mean another image; production takes a digest.`,
          remedy: set("app.image", `${app.image.replace(/:[^/:]*$/, "")}@sha256:DIGEST`),
        }
      : undefined,
  ({ app }) =>
    app && (app.image === undefined) === (app.build === undefined)
      ? {
          key: "app",
          message: app.image
            ? `image '${app.image}' and build are both set; one of them names the image.`
            : "neither image nor build is set; one of them names the image.",
          remedy: app.image
            ? removeCommand("app.build")
            : set("app.image", "REGISTRY/NAME@sha256:DIGEST"),
        }
      : undefined,
  ({ assets, files }) =>
    assets?.enabled && files?.required === false
      ? {
          key: "assets.enabled",
          message: "true needs the shared files, and files.required is false.",
          remedy: removeCommand("assets.enabled"),
        }
      : undefined,
  ({ cache, files }) =>
    cache?.store === "files" && files?.required === false
      ? {
          key: "cache.store",
          message: "'files' needs the shared files, and files.required is false.",
          remedy: set("cache.store", "redis"),
        }
      : undefined,
  ({ assets, ingress }) => {
    const taken = ingress?.paths.find(({ path }) => path.replace(/\/$/, "") === "/_next/static");
    return assets?.enabled && taken
      ? {
          key: "ingress.paths",
          message: `'${taken.path}' is the path of the static assets, and names service '${taken.service}'.`,
          remedy: `remove it from ingress.paths (or ${set("assets.enabled", "false")})`,
        }
      : undefined;
  },
  ({ ingress }) => {
    const tls = ingress?.tls;
    return tls && (tls.certificateArn === undefined) === (tls.secretName === undefined)
      ? {
          key: "ingress.tls",
          message: tls.secretName
            ? "certificateArn and secretName are both set; TLS ends in one place."
            : "neither certificateArn nor secretName is set.",
          remedy: tls.secretName
            ? removeCommand("ingress.tls.secretName")
            : set("ingress.tls.secretName", "SECRET"),
        }
      : undefined;
  },
  ({ production, ingress, app }) =>
    production && ingress && app && !ingress.tls && ingress.zone === undefined
      ? {
          key: "ingress.tls",
          message: `is missing: in production ${app.host} is served by HTTPS only.`,
          remedy: `${set("ingress.tls.secretName", "SECRET")} (or certificateArn, or ingress.zone on aws)`,
        }
      : undefined,
];

const aws: Rule<AwsConfig>[] = [
  ({ region }) =>
    region === undefined
      ? {
          key: "aws:region",
          message: "is missing.",
          remedy: "pulumi config set aws:region eu-west-1",
        }
      : undefined,
  ({ network }) => {
    const prefix = network && parseCidr(network.cidr)?.prefix;
    return prefix !== undefined && (prefix < 16 || prefix > 20)
      ? {
          key: "network.cidr",
          message: `'${network?.cidr}' is refused: a VPC of this stack is /16 to /20, so that every subnet has room for pods.`,
          remedy: set("network.cidr", "10.20.0.0/16"),
        }
      : undefined;
  },
  ({ network }) => {
    const reserved = network?.reservedCidrs.find((other) => cidrsOverlap(network.cidr, other));
    return reserved === undefined
      ? undefined
      : {
          key: "network.cidr",
          message: `'${network?.cidr}' overlaps '${reserved}' of network.reservedCidrs.`,
          remedy: set("network.cidr", "RANGE"),
        };
  },
  ({ network, cluster }) =>
    network && cluster && cidrsOverlap(network.cidr, cluster.serviceCidr)
      ? {
          key: "cluster.serviceCidr",
          message: `'${cluster.serviceCidr}' overlaps network.cidr '${network.cidr}'.`,
          remedy: set("cluster.serviceCidr", "172.20.0.0/16"),
        }
      : undefined,
  ({ network }) =>
    network?.zones && network.zones.length !== network.availabilityZones
      ? {
          key: "network.zones",
          message: `names ${network.zones.length} zones, and network.availabilityZones is ${network.availabilityZones}.`,
          remedy: set("network.availabilityZones", String(network.zones.length)),
        }
      : undefined,
  ({ network, region }) => {
    const foreign = network?.zones?.find((zone) => region && !zone.startsWith(region));
    return foreign === undefined
      ? undefined
      : {
          key: "network.zones",
          message: `'${foreign}' is not a zone of aws:region '${region}'.`,
          remedy: removeCommand("network.zones"),
        };
  },
  ({ cluster }, today) => {
    const end = cluster && endedSupport(cluster.version, today);
    return end === undefined
      ? undefined
      : {
          key: "cluster.version",
          message: `'${cluster?.version}' left EKS standard support on ${end}: AWS upgrades the cluster by itself.`,
          remedy: set("cluster.version", "NEWER"),
        };
  },
  ({ production, cluster }) => {
    const open = cluster?.publicAccessCidrs.find((range) => range.endsWith("/0"));
    return production && open !== undefined
      ? {
          key: "cluster.publicAccessCidrs",
          message: `'${open}' opens the API server of a production cluster to the world.`,
          remedy: set("cluster.publicAccessCidrs", `--json '["YOUR.ADDRESS/32"]'`),
        }
      : undefined;
  },
  ({ redis }) =>
    redis && redis.automaticFailover && redis.nodes < 2
      ? {
          key: "redis.automaticFailover",
          message: `true needs a replica, and redis.nodes is ${redis.nodes}.`,
          remedy: set("redis.nodes", "2"),
        }
      : undefined,
  ({ redis }) =>
    redis && redis.engine === "redis" && Number(redis.engineVersion) > 7.1
      ? {
          key: "redis.engineVersion",
          message: `'${redis.engineVersion}' is refused: ElastiCache ends at 7.1 for redis.`,
          remedy: set("redis.engine", "valkey"),
        }
      : undefined,
  ({ production, app }) =>
    production && app?.build
      ? {
          key: "app.build",
          message: `'${app.build.context}' would be built anew for production, which takes an image that was built and tested once.`,
          remedy: set("app.image", "REGISTRY/NAME@sha256:DIGEST"),
        }
      : undefined,
  ({ ingress }) =>
    ingress && !ingress.install && ingress.tls?.certificateArn !== undefined
      ? {
          key: "ingress.tls.certificateArn",
          message: `'${ingress.tls.certificateArn}' belongs to the load balancer, which the stack makes only with ingress.install.`,
          remedy: set("ingress.install", "true"),
        }
      : undefined,
  ({ ingress, app }) => {
    const outside = [app?.host, ...(ingress?.extraHosts ?? [])].find(
      (host) =>
        host && ingress?.zone && host !== ingress.zone && !host.endsWith(`.${ingress.zone}`),
    );
    return outside === undefined
      ? undefined
      : {
          key: "ingress.zone",
          message: `'${ingress?.zone}' does not hold the host '${outside}'.`,
          remedy: set("ingress.zone", outside.split(".").slice(-2).join(".")),
        };
  },
];

const existing: Rule<ExistingConfig>[] = [
  ({ files }) => {
    const given = files && (["nfs", "storageClass", "hostPath"] as const).filter((k) => files[k]);
    return given && given.length !== 1
      ? {
          key: "files",
          message: given.length
            ? `${given.join(" and ")} are set; one of them holds the files.`
            : "none of nfs, storageClass and hostPath is set; one of them holds the files.",
          remedy: given.length
            ? removeCommand(`files.${given.at(-1)}`)
            : set("files.storageClass", "CLASS"),
        }
      : undefined;
  },
  ({ files }) =>
    files?.uploadsStorageClass !== undefined && files.storageClass === undefined
      ? {
          key: "files.uploadsStorageClass",
          message: `'${files.uploadsStorageClass}' has no use without files.storageClass.`,
          remedy: removeCommand("files.uploadsStorageClass"),
        }
      : undefined,
  ({ redis, cache }) => {
    const idle = redis?.url === undefined ? "inCluster" : "url";
    return cache?.store === "files" && (redis?.url !== undefined || redis?.inCluster)
      ? {
          key: `redis.${idle}`,
          message: "has no use: with cache.store 'files' there is no Redis.",
          remedy: `${removeCommand(`redis.${idle}`)} (or ${set("cache.store", "redis")})`,
        }
      : undefined;
  },
  ({ redis, cache }) =>
    redis && cache?.store !== "files" && (redis.url === undefined) === !redis.inCluster
      ? {
          key: "redis",
          message: redis.url
            ? "url and inCluster are both set; the application has one Redis."
            : "neither url nor inCluster is set.",
          remedy: redis.url
            ? removeCommand("redis.inCluster")
            : `${set("redis.inCluster", "true")} (or redis.url with --secret)`,
        }
      : undefined,
  ({ redis }) =>
    redis?.sessionUrl !== undefined && redis.url === undefined
      ? {
          key: "redis.sessionUrl",
          message: "has no use without redis.url.",
          remedy: removeCommand("redis.sessionUrl"),
        }
      : undefined,
  ({ redis, production }) =>
    production && redis?.url !== undefined && !redis.sessionUrl && redis.sessions === "own"
      ? {
          key: "redis.sessionUrl",
          message: "is missing: in production pages must not evict sessions.",
          remedy: `${set("redis.sessionUrl", "URL", "--secret ")} (or redis.sessions shared)`,
        }
      : undefined,
  ({ app }) =>
    app?.build
      ? {
          key: "app.build",
          message: `'${app.build.context}' is pushed to ECR, which platform existing does not have.`,
          remedy: set("app.image", "REGISTRY/NAME@sha256:DIGEST"),
        }
      : undefined,
  ({ ingress }) =>
    ingress?.tls?.certificateArn !== undefined
      ? {
          key: "ingress.tls.certificateArn",
          message: `'${ingress.tls.certificateArn}' is of AWS, which platform existing does not use.`,
          remedy: set("ingress.tls.secretName", "SECRET"),
        }
      : undefined,
  ({ ingress }) =>
    ingress?.zone !== undefined
      ? {
          key: "ingress.zone",
          message: `'${ingress.zone}' is of Route 53, which platform existing does not use.`,
          remedy: removeCommand("ingress.zone"),
        }
      : undefined,
  ({ app, cluster }) =>
    app?.hostAntiAffinity &&
    cluster?.nodes !== undefined &&
    podsOf(app.rollout.maxUnavailable, app.replicas.min, "down") === 0 &&
    app.replicas.max + 1 > cluster.nodes
      ? {
          key: "app.hostAntiAffinity",
          message:
            `with maxUnavailable ${app.rollout.maxUnavailable} a rollout starts a new pod before an old one ends, ` +
            `and up to ${app.replicas.max} pods fill all of cluster.nodes (${cluster.nodes}): the new one would stay Pending.`,
          remedy: `${set("app.rollout.maxUnavailable", "1")} (or replicas.max below ${cluster.nodes}, or hostAntiAffinity false)`,
        }
      : undefined,
];

/** Variables that the Deployment sets; a second value would be silently ignored. */
const RESERVED_VARIABLES = new Set([
  "AGENT_GRACE_SECONDS",
  "AGENT_PORT",
  "AGENT_WARMUP_PATHS",
  "APP_DIR",
  "CLAIM_NAME",
  "HOSTNAME",
  "KEEP_ALIVE_TIMEOUT",
  "NEXT_SHARED_CACHE_STORE",
  "POD_NAME",
  "PORT",
  "REDIS_URL",
  "RELEASES_KEPT",
  "ROLLBACK_RELEASE",
  "SESSION_REDIS_URL",
  "SHARED_CACHE_DIR",
  "UPLOAD_DIR",
]);

function cidrsOverlap(one: string, other: string): boolean {
  const [a, b] = [parseCidr(one), parseCidr(other)];
  return a !== undefined && b !== undefined && overlaps(a, b);
}

/** Every rule that the config breaks. */
export function brokenRules(config: Checked<Config>, today: Date): Problem[] {
  const broken = [
    ...common.map((rule) => rule(config, today)),
    ...(config.platform === "aws"
      ? aws.map((rule) => rule(config as Checked<AwsConfig>, today))
      : existing.map((rule) => rule(config as Checked<ExistingConfig>, today))),
  ];
  return broken.filter((problem) => problem !== undefined);
}
