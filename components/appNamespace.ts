import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { PULL_REQUEST, UNTIL } from "../model/reviewSite";
import { ownerAnnotation } from "./labels";
import { restrictedNamespace } from "./podSecurity";
import { containerLimits, type ReviewLimits } from "./reviewLimits";

export interface AppNamespaceArgs {
  /** Name of the namespace, as users and other workloads type it. */
  namespace: string;
  /** Refuses to delete it: the claims would be deleted with it. */
  protect: boolean;
  /** Set if it is the site of a pull request, which must not take room from others. */
  review?: ReviewMarks;
}

/** How the site of a pull request is found again, and held small. */
export interface ReviewMarks {
  readonly pullRequest: number;
  /** When it is removed: 2026-12-06T10:00:00Z. */
  readonly until: string;
  readonly limits: ReviewLimits;
}

/** The application's namespace. It admits only pods that meet the Pod Security Standard `restricted`. */
export class AppNamespace extends pulumi.ComponentResource {
  /** With `review` known once the limits are there, so that nothing in the namespace escapes them. */
  readonly namespace: pulumi.Output<string>;

  constructor(
    private readonly prefix: string,
    args: AppNamespaceArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("next-on-eks:kubernetes:AppNamespace", prefix, {}, opts);
    const { review } = args;
    const namespace = new k8s.core.v1.Namespace(
      `${prefix}-namespace`,
      {
        metadata: {
          name: args.namespace,
          labels: {
            ...restrictedNamespace,
            ...(review && { [PULL_REQUEST]: String(review.pullRequest) }),
          },
          annotations: { ...ownerAnnotation(), ...(review && { [UNTIL]: review.until }) },
        },
      },
      { parent: this, protect: args.protect },
    );
    const { name } = namespace.metadata;
    this.namespace = review === undefined ? name : this.limited(name, review.limits);
    this.registerOutputs({ namespace: this.namespace });
  }

  private limited(name: pulumi.Output<string>, limits: ReviewLimits): pulumi.Output<string> {
    const containers = new k8s.core.v1.LimitRange(
      `${this.prefix}-containers`,
      { metadata: { namespace: name }, spec: containerLimits(limits) },
      { parent: this },
    );
    const quota = new k8s.core.v1.ResourceQuota(
      `${this.prefix}-quota`,
      { metadata: { namespace: containers.metadata.namespace }, spec: { hard: limits.quota } },
      { parent: this },
    );
    return quota.metadata.namespace;
  }
}
