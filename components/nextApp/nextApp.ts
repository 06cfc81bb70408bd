import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { objectLabels } from "../labels";
import type { NextAppArgs } from "./args";
import { autoscaler } from "./autoscaler";
import { imageHook } from "./imageHook";
import { podWarningsHook } from "./podWarnings";
import { podTemplate } from "./podTemplate";
import { rolloutSeconds } from "./rollout";
import { countedTracks, podsNow, trackLabels, tracksOf, type TrackPlan } from "./tracks";

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
