import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { setCommand } from "../config/messages/commands";
import { told } from "../config/messages/problems";
import { ingressAnnotations, type IngressTreatment } from "../model/ingressAnnotations";
import { objectLabels, ownerAnnotation } from "./labels";

export interface AppIngressArgs extends Omit<
  IngressTreatment<pulumi.Input<string>>,
  "awaitAddress"
> {
  namespace: pulumi.Input<string>;
  className: pulumi.Input<string>;
  /** DNS names of the site; the first is the one that links use. */
  hosts: string[];
  /** Port of the application's Service. */
  servicePort: number;
  /** Paths that other Services answer. */
  paths: { path: string; service: string; port: number }[];
  /** What serves the static files of all releases; without it, the application serves its own. */
  assets?: { service: pulumi.Input<string>; port: number; paths: readonly string[] };
  /** Where TLS is terminated: nowhere, `controller` with its own certificate, or with a Secret in the namespace. */
  tls: "none" | "controller" | { secretName: string };
  /** Ports on every node where the controller answers, if it gets no address. */
  nodePorts?: { http: number; https: number };
  /** Additional annotations; none that the stack sets itself. */
  annotations: Record<string, string>;
  /** Whether the controller gives the Ingress an address. Without one the outputs have none either. */
  awaitAddress: boolean;
  /** Seconds within which it must get an address. */
  timeoutSeconds: number;
}

/** The Ingress: hosts and paths, and how nginx handles requests and answers. */
export class AppIngress extends pulumi.ComponentResource {
  /** DNS name or address of the load balancer; empty where there is none. */
  readonly address: pulumi.Output<string>;
  /** Where the site can be reached without DNS: the address, or with node ports any node. */
  readonly answersAt: pulumi.Output<string>;
  readonly url: string;

  constructor(name: string, args: AppIngressArgs, opts?: pulumi.ComponentResourceOptions) {
    super("next-on-eks:kubernetes:AppIngress", name, {}, opts);
    const paths = [
      ...args.paths.map(({ path, service, port }) => backend(path, service, port)),
      ...assetBackends(args.assets),
      backend("/", args.service, args.servicePort),
    ];
    const ingress = new k8s.networking.v1.Ingress(
      name,
      {
        metadata: {
          namespace: args.namespace,
          labels: objectLabels(name),
          annotations: {
            ...args.annotations,
            ...ownerAnnotation(),
            ...ingressAnnotations({
              ...args,
              awaitAddress: args.awaitAddress && args.nodePorts === undefined,
            }),
          },
        },
        spec: {
          ingressClassName: args.className,
          rules: args.hosts.map((host) => ({ host, http: { paths } })),
          tls: tlsOf(args),
        },
      },
      {
        parent: this,
        customTimeouts: {
          create: `${args.timeoutSeconds}s`,
          update: `${args.timeoutSeconds}s`,
        },
        hooks: { onError: [howNotToWait(name, args.timeoutSeconds)] },
      },
    );
    this.address = ingress.status.apply((status) => {
      const entry = status?.loadBalancer?.ingress?.[0];
      return entry?.hostname ?? entry?.ip ?? "";
    });
    const scheme = args.tls === "none" ? "http" : "https";
    const port = args.nodePorts ? `:${args.nodePorts[scheme]}` : "";
    this.answersAt = args.nodePorts ? pulumi.output(`NODE${port}`) : this.address;
    this.url = `${scheme}://${args.hosts[0]}${port}`;
    this.registerOutputs({ address: this.address, answersAt: this.answersAt, url: this.url });
  }
}

function backend(
  path: string,
  name: pulumi.Input<string>,
  number: number,
): k8s.types.input.networking.v1.HTTPIngressPath {
  return { path, pathType: "Prefix", backend: { service: { name, port: { number } } } };
}

function assetBackends(
  assets: AppIngressArgs["assets"],
): k8s.types.input.networking.v1.HTTPIngressPath[] {
  return assets?.paths.map((path) => backend(path, assets.service, assets.port)) ?? [];
}

function tlsOf(args: AppIngressArgs): k8s.types.input.networking.v1.IngressTLS[] | undefined {
  switch (args.tls) {
    case "none":
      return undefined;
    case "controller":
      return [{ hosts: args.hosts }];
    default:
      return [{ hosts: args.hosts, secretName: args.tls.secretName }];
  }
}

/** Pulumi's own error says that there is no address, but not what to do if the site answers without one. */
function howNotToWait(name: string, seconds: number): pulumi.ErrorHook {
  return new pulumi.ErrorHook(`${name}-no-address`, async ({ errors, newInputs }) => {
    if (errors.some((error) => WITHOUT_ADDRESS.test(error))) {
      await pulumi.log.warn(noAddress((newInputs as IngressInputs).spec.ingressClassName, seconds));
    }
    return false;
  });
}

interface IngressInputs {
  readonly spec: { readonly ingressClassName: string };
}

/** Source: the Kubernetes provider, "await/ingress". */
const WITHOUT_ADDRESS = /\.status\.loadBalancer|hostname\/IP address/;

/** What to do about an Ingress that got no address. */
export function noAddress(className: string, seconds: number): string {
  return told(
    "ingress.awaitAddress",
    `the Ingress got no address within ${seconds} s. Make sure that a controller serves the class '${className}'; ` +
      "if the site answers nevertheless, its controller publishes no address:",
    setCommand("ingress.awaitAddress", "false"),
  );
}
