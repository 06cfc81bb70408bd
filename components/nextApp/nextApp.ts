import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { objectLabels } from "../labels";
import type { Placement } from "../placement";
import type { Kubectl } from "../kubectl";
import type { RegistryLogin } from "../registry";
import { autoscaler } from "./autoscaler";
import { imageHook } from "./imageHook";
import { podWarningsHook } from "./podWarnings";
import { podTemplate } from "./podTemplate";
import { rolloutSeconds } from "./rollout";
import { countedTracks, podsNow, trackLabels, tracksOf, type TrackPlan } from "./tracks";

export interface NextAppArgs extends Placement {
  namespace: pulumi.Input<string>;
  /** Image of `rolling`, best by digest. */
  image: pulumi.Input<string>;
  /** For asking the image's registry, from where the program runs. */
  registryLogin?: RegistryLogin;
  /** Reads the logs of new pods. */
  kubectl: Kubectl;
  /** Secrets with the registry's credentials, in the namespace. */
  imagePullSecrets: string[];
  /** Folder of `server.js` in the image. */
  directory: string;
  /** Folder of the build below it: `distDir` of next.config. */
  distDir: string;
  /** Port that Next.js listens on. */
  port: number;
  /** Port of the pod's agent: probes and metrics. See docs/pod-agent.md. */
  agentPort: number;
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
    /** How much of `public/` stays there for each release: 1Gi. */
    publicSize: string;
    /** A release that stays besides, by its id. */
    rollbackRelease?: string;
  };
  /** Redis for pages, data and tags, and for sessions. Without it, pages and tags are kept in the shared files. */
  redis?: { url: pulumi.Input<string>; sessionUrl: pulumi.Input<string> };
  /**
   * Name of the site in the shared cache, for all its releases and tracks. It is no other environment's: sites of one name
   * in one Redis share their pages. `env` may set another by NEXT_SHARED_CACHE_APP.
   */
  cacheName: string;
  env: Record<string, string>;
  secretEnv: Record<string, pulumi.Input<string>>;
  /** With min = max the autoscaler holds that number. */
  replicas: {
    min: number;
    max: number;
    targetCpuPercent: number;
    targetMemoryPercent?: number;
    /** Seconds of low load before pods go. */
    scaleDownAfterSeconds: number;
  };
  /** CPU is a request, memory a request and a limit. */
  resources: { cpu: string; memory: string };
  /** Largest head of a request: 32k. */
  maxRequestHead: string;
  /** Path that must have answered before a pod gets visitors, and how long Next.js may take to listen. */
  health: { path: string; startupSeconds: number };
  /** Further such paths, requested once by each new pod. */
  warmupPaths: string[];
  rollout: {
    strategy: "rolling" | "blueGreen";
    /** Which of two colours visitors meet; with `rolling` what is left of an earlier `blueGreen`. */
    live?: "blue" | "green";
    /** A colour without an image has no Deployment. */
    images: { blue?: string; green?: string };
    /** The colour that is not live keeps its pods. */
    keepOld: boolean;
    maxSurge: number | string;
    maxUnavailable: number | string;
    minReadySeconds: number;
  };
  shutdown: { preStopSeconds: number; longestRequestSeconds: number };
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

    // All that a Deployment waits for, which on AWS may be Redis for ten minutes: pods are counted after that.
    const beforehand = pulumi.all([
      args.image,
      args.podFiles,
      args.shared?.cacheClaim,
      args.shared?.uploadsClaim,
      redis?.id,
      secretEnv?.id,
    ]);

    // One budget a track: pods of a colour that cannot start must not hold up the drain of a node with the other's.
    const counted = countedTracks(args.rollout).map((track) => {
      const labels = trackLabels(name, track);
      const budget = new k8s.policy.v1.PodDisruptionBudget(
        track === "rolling" ? name : `${name}-${track}`,
        {
          metadata,
          spec: {
            maxUnavailable: 1,
            selector: { matchLabels: labels },
            // A pod that is not ready serves nobody and must not hold up the drain of a node.
            unhealthyPodEvictionPolicy: "AlwaysAllow",
          },
        },
        parent,
      );
      return { track, budget };
    });
    const counts =
      counted.length === 1
        ? []
        : counted.map(({ track, budget }) => ({
            track,
            pods: podsNow(`${name}-${track}-now`, budget, beforehand, parent),
          }));
    const atLeastAsManyAsNow = pulumi
      .all(counts.map(({ pods }) => pods))
      .apply((pods) => Math.min(args.replicas.max, Math.max(args.replicas.min, ...pods)));

    const replicasOf = (plan: TrackPlan): pulumi.Input<number> => {
      if (plan.live) return counts.length === 0 ? args.replicas.min : atLeastAsManyAsNow;
      const now = counts.find(({ track }) => track === plan.track)?.pods;
      return args.rollout.keepOld && now !== undefined ? now : 0;
    };
    const image = imageHook(args.registryLogin);
    const told = podWarningsHook(args.kubectl);
    const deploy = (plan: TrackPlan, dependsOn: pulumi.Resource[]) => {
      const rolling = plan.track === "rolling";
      const deployment = new k8s.apps.v1.Deployment(
        rolling ? name : `${name}-${plan.track}`,
        {
          metadata: rolling
            ? metadata
            : { ...metadata, name: `${name}-${plan.track}`, annotations: colourAnnotations(plan) },
          spec: {
            replicas: replicasOf(plan),
            selector: { matchLabels: trackLabels(name, plan.track) },
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
            template: podTemplate(
              name,
              { ...args, image: plan.image },
              { redis: redis?.metadata.name, env: secretEnv?.metadata.name },
              trackLabels(name, plan.track),
            ),
          },
        },
        {
          parent: this,
          customTimeouts,
          dependsOn,
          // The autoscaler's number must not be reset by each `pulumi up`.
          ignoreChanges: rolling ? ["spec.replicas"] : [],
          // Nobody waits for the other colour.
          hooks: plan.live
            ? {
                beforeCreate: [image],
                beforeUpdate: [image],
                afterCreate: [told],
                afterUpdate: [told],
              }
            : {},
        },
      );
      // A new one for each hand-over: it holds the number of pods that it finds for its first five minutes, and one that
      // had seen the colour without pods would go down to the minimum before visitors arrive.
      if (plan.live) {
        new k8s.autoscaling.v2.HorizontalPodAutoscaler(
          rolling ? name : `${name}-${plan.track}`,
          { metadata, spec: autoscaler(deployment.metadata.name, args.replicas) },
          parent,
        );
      }
      return deployment;
    };

    const [live, ...idle] = tracksOf(args);
    const deployment = deploy(live, []);
    const service = new k8s.core.v1.Service(
      name,
      {
        // A fixed name: others in the cluster call the application by it.
        metadata: { ...metadata, name },
        spec: {
          type: args.service.type,
          selector: trackLabels(name, live.track),
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
      // Visitors go to another track only when all of its pods are ready.
      { parent: this, customTimeouts, dependsOn: deployment },
    );
    // Noted when visitors have arrived, and not before: `npm run release` goes by it, whatever a failed `up` was to do.
    new pulumi.Stash(
      `${name}-live`,
      { input: { track: live.track, image: live.image } },
      { parent: this, dependsOn: [deployment, service] },
    );
    // The old colour goes when nobody is sent to it any more. Its pods' preStop is the grace for those on their way.
    for (const plan of idle) deploy(plan, [service]);

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

/**
 * The autoscaler owns `replicas` too, hence the force. Nobody waits for the colour that is not live: it may be one that
 * cannot start, which must not fail the way back.
 */
function colourAnnotations({ live }: TrackPlan): Record<string, string> {
  return {
    "pulumi.com/patchForce": "true",
    ...(!live && { "pulumi.com/skipAwait": "true" }),
  };
}
