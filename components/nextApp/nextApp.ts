import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { objectLabels } from "../labels";
import type { NextAppArgs } from "./args";
import { autoscaler } from "./autoscaler";
import { imageHook } from "./imageHook";
import { podWarningsHook } from "./podWarnings";
import { podTemplate } from "./podTemplate";
import { rolloutSeconds } from "./rollout";
import {
  countedTracks,
  podsNow,
  trackLabels,
  tracksOf,
  type Track,
  type TrackPlan,
} from "./tracks";

/** The Secrets of the application's environment; undefined where there is nothing to keep in one. */
interface Secrets {
  readonly redis?: k8s.core.v1.Secret;
  readonly env?: k8s.core.v1.Secret;
}

/** Decides how many pods a Deployment has. */
type Replicas = (plan: TrackPlan) => pulumi.Input<number>;

/** A Next.js application: its pods, how many of them, and the Service in front. */
export class NextApp extends pulumi.ComponentResource {
  /** The Service, known once pods behind it are ready. */
  readonly serviceName: pulumi.Output<string>;
  readonly deploymentName: pulumi.Output<string>;

  private readonly metadata: { namespace: pulumi.Input<string>; labels: Record<string, string> };
  private readonly customTimeouts: pulumi.CustomTimeouts;

  constructor(
    private readonly prefix: string,
    private readonly args: NextAppArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("next-on-eks:kubernetes:NextApp", prefix, {}, opts);
    this.metadata = { namespace: args.namespace, labels: objectLabels(prefix) };
    const timeout = `${rolloutSeconds(args)}s`;
    this.customTimeouts = { create: timeout, update: timeout };

    const secrets = this.secrets();
    const replicas = this.replicas(secrets);
    const hooks = this.hooks();
    const [live, ...idle] = tracksOf(args);

    const deployment = this.deployment(live, { secrets, replicas, hooks, dependsOn: [] });
    this.autoscale(live, deployment);
    const service = this.service(live, deployment);
    this.noteLive(live, [deployment, service]);
    // The old colour is removed when no visitors are sent to it any more. Its pods' preStop covers requests that are
    // still on their way.
    for (const plan of idle) {
      this.deployment(plan, { secrets, replicas, hooks: {}, dependsOn: [service] });
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

  /** Pulumi generates the names: a changed secret is a new object, and the Deployment rolls to it. */
  private secrets(): Secrets {
    const { redis, secretEnv } = this.args;
    return {
      redis:
        redis &&
        this.secret("redis", {
          REDIS_URL: pulumi.secret(redis.url),
          SESSION_REDIS_URL: pulumi.secret(redis.sessionUrl),
        }),
      env:
        Object.keys(secretEnv).length > 0
          ? this.secret("env", pulumi.secret(secretEnv))
          : undefined,
    };
  }

  private secret(
    role: string,
    stringData: pulumi.Input<Record<string, pulumi.Input<string>>>,
  ): k8s.core.v1.Secret {
    return new k8s.core.v1.Secret(
      `${this.prefix}-${role}`,
      { metadata: this.metadata, stringData },
      { parent: this },
    );
  }

  /**
   * The minimum of the autoscaler; while one track takes over from another, as many pods as there are now. The track that is
   * not live has none, unless it is to keep them.
   */
  private replicas(secrets: Secrets): Replicas {
    const { replicas, rollout } = this.args;
    const counts = this.podCounts(secrets);
    const atLeastAsManyAsNow = pulumi
      .all([...counts.values()])
      .apply((pods) => Math.min(replicas.max, Math.max(replicas.min, ...pods)));
    return ({ track, live }) => {
      if (live) return counts.size === 0 ? replicas.min : atLeastAsManyAsNow;
      return (rollout.keepOld ? counts.get(track) : undefined) ?? 0;
    };
  }

  /**
   * A disruption budget for each track, since pods of a colour that cannot start must not hold up the drain of a node with the
   * other's; and how many pods each track has, where there are several.
   */
  private podCounts(secrets: Secrets): ReadonlyMap<Track, pulumi.Output<number>> {
    const { args, prefix } = this;
    // Everything that a Deployment waits for, which on AWS may mean ten minutes for Redis: pods are counted after that.
    const beforehand = pulumi.all([
      args.image,
      args.podFiles,
      args.shared?.cacheClaim,
      args.shared?.uploadsClaim,
      secrets.redis?.id,
      secrets.env?.id,
    ]);
    const budgets = countedTracks(args.rollout).map(
      (track) => [track, this.budget(track)] as const,
    );
    if (budgets.length === 1) return new Map();
    return new Map(
      budgets.map(([track, budget]) => [
        track,
        podsNow(`${prefix}-${track}-now`, budget, beforehand, { parent: this }),
      ]),
    );
  }

  private budget(track: Track): k8s.policy.v1.PodDisruptionBudget {
    return new k8s.policy.v1.PodDisruptionBudget(
      this.nameOf(track),
      {
        metadata: this.metadata,
        spec: {
          maxUnavailable: 1,
          selector: { matchLabels: trackLabels(this.prefix, track) },
          // A pod that is not ready serves no visitors and must not block draining a node.
          unhealthyPodEvictionPolicy: "AlwaysAllow",
        },
      },
      { parent: this },
    );
  }

  /** The hooks that run while visitors' pods change. Pulumi does not wait for the other colour. */
  private hooks(): pulumi.ResourceHookBinding {
    const image = imageHook(this.args.registryLogin);
    const warnings = podWarningsHook(this.args.kubectl);
    return {
      beforeCreate: [image],
      beforeUpdate: [image],
      afterCreate: [warnings],
      afterUpdate: [warnings],
    };
  }

  private deployment(
    plan: TrackPlan,
    {
      secrets,
      replicas,
      ...opts
    }: { secrets: Secrets; replicas: Replicas } & Required<
      Pick<pulumi.CustomResourceOptions, "hooks" | "dependsOn">
    >,
  ): k8s.apps.v1.Deployment {
    const { args, metadata, prefix } = this;
    const { rollout, timeoutSeconds } = args;
    const name = this.nameOf(plan.track);
    const rolling = plan.track === "rolling";
    const labels = trackLabels(prefix, plan.track);
    return new k8s.apps.v1.Deployment(
      name,
      {
        metadata: rolling ? metadata : { ...metadata, name, annotations: colourAnnotations(plan) },
        spec: {
          replicas: replicas(plan),
          selector: { matchLabels: labels },
          strategy: {
            type: "RollingUpdate",
            rollingUpdate: { maxSurge: rollout.maxSurge, maxUnavailable: rollout.maxUnavailable },
          },
          minReadySeconds: rollout.minReadySeconds,
          // A pod that cannot start fails the rollout after this time without progress, not after ten minutes.
          progressDeadlineSeconds: timeoutSeconds + rollout.minReadySeconds,
          revisionHistoryLimit: 5,
          template: podTemplate(
            prefix,
            { ...args, image: plan.image },
            { redis: secrets.redis?.metadata.name, env: secrets.env?.metadata.name },
            labels,
          ),
        },
      },
      {
        parent: this,
        customTimeouts: this.customTimeouts,
        // The autoscaler's number must not be reset by each `pulumi up`.
        ignoreChanges: rolling ? ["spec.replicas"] : [],
        ...opts,
      },
    );
  }

  /**
   * A new autoscaler for each hand-over: it holds the number of pods that it finds for its first five minutes, and one that
   * had seen the colour without pods would go down to the minimum before visitors arrive.
   */
  private autoscale({ track }: TrackPlan, deployment: k8s.apps.v1.Deployment): void {
    new k8s.autoscaling.v2.HorizontalPodAutoscaler(
      this.nameOf(track),
      { metadata: this.metadata, spec: autoscaler(deployment.metadata.name, this.args.replicas) },
      { parent: this },
    );
  }

  private service({ track }: TrackPlan, deployment: k8s.apps.v1.Deployment): k8s.core.v1.Service {
    const { type, port, nodePort } = this.args.service;
    return new k8s.core.v1.Service(
      this.prefix,
      {
        // A fixed name: other workloads in the cluster use it.
        metadata: { ...this.metadata, name: this.prefix },
        spec: {
          type,
          selector: trackLabels(this.prefix, track),
          ports: [{ name: "http", port, targetPort: "http", nodePort }],
        },
      },
      // Visitors are switched to another track only when all of its pods are ready.
      { parent: this, customTimeouts: this.customTimeouts, dependsOn: deployment },
    );
  }

  /**
   * Recorded only once visitors have been switched: `npm run release` relies on it, whatever a failed `up` was meant to
   * do.
   */
  private noteLive({ track, image }: TrackPlan, dependsOn: pulumi.Resource[]): void {
    new pulumi.Stash(
      `${this.prefix}-live`,
      { input: { track, image } },
      { parent: this, dependsOn },
    );
  }

  /** The name of what each track has one of. */
  private nameOf(track: Track): string {
    return track === "rolling" ? this.prefix : `${this.prefix}-${track}`;
  }
}

/**
 * The autoscaler also owns `replicas`, hence the force. Pulumi does not wait for the colour that is not live: if it
 * cannot start, it must not block the way back.
 */
function colourAnnotations({ live }: TrackPlan): Record<string, string> {
  return {
    "pulumi.com/patchForce": "true",
    ...(!live && { "pulumi.com/skipAwait": "true" }),
  };
}
