import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { controllerValues, type LoadBalancer } from "./controllerValues";
import { ownerAnnotation } from "./labels";
import { SelfSignedCertificate } from "./selfSignedCertificate";

export interface IngressControllerArgs {
  /** The controller's own namespace. */
  namespace: string;
  /** IngressClass that it serves. */
  className: string;
  /** OCI reference or folder of the chart. */
  chart: string;
  /** Version of the chart, where `chart` is an OCI reference. */
  chartVersion: string;
  /** `repository:tag`, if not the chart's own. */
  image?: string;
  replicas: number;
  /** Largest head of a request: 32k. */
  maxRequestHead: string;
  /** What stands in front of it. */
  loadBalancer: LoadBalancer;
  /** Seconds within which it and its load balancer must be ready. */
  timeoutSeconds: number;
}

/** F5 NGINX Ingress Controller, from its Helm chart, behind a load balancer. */
export class IngressController extends pulumi.ComponentResource {
  /** The class, known once the controller runs: an Ingress created earlier would wait for an address. */
  readonly className: pulumi.Output<string>;

  constructor(name: string, args: IngressControllerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("next-on-eks:kubernetes:IngressController", name, {}, opts);
    const parent = { parent: this };

    // Helm's own timeout comes first, and says more. If an upgrade fails, Helm waits twice: for the new pods and,
    // because the release is atomic, for the old ones again.
    const timeout = `${2 * args.timeoutSeconds + 30}s`;

    // A separate resource: a namespace created by Helm would stay after a destroy.
    const namespace = new k8s.core.v1.Namespace(
      `${name}-namespace`,
      {
        metadata: {
          name: args.namespace,
          labels: { "pod-security.kubernetes.io/enforce": "baseline" },
          annotations: ownerAnnotation(),
        },
      },
      parent,
    );
    const certificate =
      args.loadBalancer.kind === "nlb" && args.loadBalancer.certificateArn !== undefined
        ? new SelfSignedCertificate(
            `${name}-backend`,
            { namespace: namespace.metadata.name, commonName: "nginx" },
            parent,
          )
        : undefined;

    const release = new k8s.helm.v3.Release(
      name,
      {
        chart: args.chart,
        version: args.chart.startsWith("oci://") ? args.chartVersion : undefined,
        namespace: namespace.metadata.name,
        // Only Ingresses are used; custom resource definitions would stay after a destroy.
        skipCrds: true,
        atomic: true,
        timeout: args.timeoutSeconds,
        values: controllerValues({
          name,
          className: args.className,
          image: args.image,
          replicas: args.replicas,
          maxRequestHead: args.maxRequestHead,
          loadBalancer: args.loadBalancer,
          certificateSecret: certificate?.secretName,
          namespace: args.namespace,
        }),
      },
      { parent: this, customTimeouts: { create: timeout, update: timeout } },
    );

    this.className = release.status.apply(() => args.className);
    this.registerOutputs({ className: this.className });
  }
}
