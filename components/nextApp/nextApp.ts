import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { objectLabels, selectorLabels } from "../labels";
import { autoscaler } from "./autoscaler";
import { podTemplate } from "./podTemplate";
import { rolloutSeconds } from "./rollout";

export interface NextAppArgs {
  namespace: pulumi.Input<string>;
  /** Image, best by digest. */
  image: pulumi.Input<string>;
  /** Secrets with the registry's credentials, in the namespace. */
  imagePullSecrets: string[];
  /** Folder of `server.js` in the image. */
  directory: string;
  /** Port that Next.js listens on. */
  port: number;
  /** uid and gid of the process. */
  user: number;
  /** ConfigMap with the scripts of pod/. */
  podFiles: pulumi.Input<string>;
  /** Shared files; without them each pod is on its own, and nothing is published. */
  shared?: {
    /** Claim that is disposable. */
    cacheClaim: pulumi.Input<string>;
    /** Claim with what users uploaded. */
    uploadsClaim: pulumi.Input<string>;
    /** How many releases stay on the cache claim. */
    releasesKept: number;
    /** A release that stays besides, by its id. */
    rollbackRelease?: string;
  };
  /** Redis for pages, data and tags, and for sessions. Without it, pages and tags are kept in the shared files. */
  redis?: { url: pulumi.Input<string>; sessionUrl: pulumi.Input<string> };
  env: Record<string, string>;
  secretEnv: Record<string, pulumi.Input<string>>;
  /** With min = max there is no autoscaler. */
  replicas: { min: number; max: number; targetCpuPercent: number };
  /** CPU is a request, memory a request and a limit. */
  resources: { cpu: string; memory: string };
  /** Path that must have answered before a pod gets visitors, and how long Next.js may take to listen. */
  health: { path: string; startupSeconds: number };
  /** Further such paths, requested once by each new pod. */
  warmupPaths: string[];
  rollout: {
    maxSurge: number | string;
    maxUnavailable: number | string;
    minReadySeconds: number;
  };
  shutdown: { preStopSeconds: number; longestRequestSeconds: number };
  nodeSelector: Record<string, string>;
  /** Never two pods on one node. */
  hostAntiAffinity: boolean;
  service: { type: "ClusterIP" | "NodePort" | "LoadBalancer"; port: number; nodePort?: number };
  /** Seconds that one step of a rollout may take. */
  timeoutSeconds: number;
}

/** A Next.js application: its pods, how many of them, and the Service in front. */
export class NextApp extends pulumi.ComponentResource {
  /** The Service, known once pods behind it are ready. */
  readonly serviceName: pulumi.Output<string>;
  readonly deploymentName: pulumi.Output<string>;

  constructor(name: string, args: NextAppArgs, opts?: pulumi.ComponentResourceOptions) {
    super("next-on-eks:kubernetes:NextApp", name, {}, opts);
    const parent = { parent: this };
    const metadata = { namespace: args.namespace, labels: objectLabels(name) };
    const fixed = args.replicas.min === args.replicas.max;
    const timeout = `${rolloutSeconds(args)}s`;
    const customTimeouts = { create: timeout, update: timeout };

    // Names are left to Pulumi: a changed secret is a new object, and the Deployment rolls to it.
    const redis = args.redis
      ? new k8s.core.v1.Secret(
          `${name}-redis`,
          {
            metadata,
            stringData: {
              REDIS_URL: pulumi.secret(args.redis.url),
              SESSION_REDIS_URL: pulumi.secret(args.redis.sessionUrl),
            },
          },
          parent,
        )
      : undefined;
    const secretEnv =
      Object.keys(args.secretEnv).length > 0
        ? new k8s.core.v1.Secret(
            `${name}-env`,
            { metadata, stringData: pulumi.secret(args.secretEnv) },
            parent,
          )
        : undefined;

    const deployment = new k8s.apps.v1.Deployment(
      name,
      {
        metadata,
        spec: {
          replicas: args.replicas.min,
          selector: { matchLabels: selectorLabels(name) },
          strategy: {
            type: "RollingUpdate",
            rollingUpdate: {
              maxSurge: args.rollout.maxSurge,
              maxUnavailable: args.rollout.maxUnavailable,
            },
          },
          minReadySeconds: args.rollout.minReadySeconds,
          // A pod that cannot start fails the rollout after this time without progress, not after ten minutes.
          progressDeadlineSeconds: args.timeoutSeconds + args.rollout.minReadySeconds,
          revisionHistoryLimit: 5,
          template: podTemplate(name, args, {
            redis: redis?.metadata.name,
            env: secretEnv?.metadata.name,
          }),
        },
      },
      // Once there is an autoscaler, its number must not be reset by each `pulumi up`.
      { parent: this, customTimeouts, ignoreChanges: fixed ? [] : ["spec.replicas"] },
    );
    const service = new k8s.core.v1.Service(
      name,
      {
        // A fixed name: others in the cluster call the application by it.
        metadata: { ...metadata, name },
        spec: {
          type: args.service.type,
          selector: selectorLabels(name),
          ports: [
            {
              name: "http",
              port: args.service.port,
              targetPort: "http",
              nodePort: args.service.nodePort,
            },
          ],
        },
      },
      { parent: this, customTimeouts },
    );
    new k8s.policy.v1.PodDisruptionBudget(
      name,
      {
        metadata,
        spec: {
          maxUnavailable: 1,
          selector: { matchLabels: selectorLabels(name) },
          // A pod that is not ready serves nobody and must not hold up the drain of a node.
          unhealthyPodEvictionPolicy: "AlwaysAllow",
        },
      },
      parent,
    );
    if (!fixed) {
      new k8s.autoscaling.v2.HorizontalPodAutoscaler(
        name,
        { metadata, spec: autoscaler(deployment.metadata.name, args.replicas) },
        parent,
      );
    }

    this.deploymentName = deployment.metadata.name;
    this.serviceName = pulumi
      .all([service.metadata.name, deployment.id])
      .apply(([serviceName]) => serviceName);
    this.registerOutputs({
      serviceName: this.serviceName,
      deploymentName: this.deploymentName,
    });
  }
}
