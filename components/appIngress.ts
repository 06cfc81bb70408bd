import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { ANSWER_HEAD } from "./heads";
import { objectLabels } from "./labels";

export interface AppIngressArgs {
  namespace: pulumi.Input<string>;
  className: pulumi.Input<string>;
  /** DNS names of the site; the first is the one that links use. */
  hosts: string[];
  /** Service of the application and its port. */
  service: pulumi.Input<string>;
  servicePort: number;
  /** Paths that other Services answer. */
  paths: { path: string; service: string; port: number }[];
  /** Who serves the static files of all releases; without it, the application serves its own. */
  assets?: { service: pulumi.Input<string>; port: number; paths: readonly string[] };
  /** Where TLS ends: nothing, `controller` for its own certificate, or a Secret of the namespace. */
  tls: "none" | "controller" | { secretName: string };
  /** Largest request body, as nginx writes it: 20m. */
  maxBodySize: string;
  /** Longest silence of an answer. */
  readTimeoutSeconds: number;
  rateLimit?: { requestsPerSecond: number; burst: number };
  /** Ports of every node on which the controller answers, where nobody gives it an address. */
  nodePorts?: { http: number; https: number };
  /** Seconds until it must have an address. */
  timeoutSeconds: number;
}

/** The way in: hosts and paths, and how nginx treats what passes. */
export class AppIngress extends pulumi.ComponentResource {
  /** DNS name or address of the load balancer; empty where there is none. */
  readonly address: pulumi.Output<string>;
  /** Where somebody without DNS reaches the site: the address, or with node ports any node. */
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
          annotations: annotations(args),
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

/** Source: F5 NGINX Ingress Controller, "Advanced configuration with annotations". */
function annotations(args: AppIngressArgs): Record<string, pulumi.Input<string>> {
  const { rateLimit } = args;
  return {
    ...(args.nodePorts && { "pulumi.com/skipAwait": "true" }),
    // Next.js streams; nginx would hold the stream back to fill its buffers.
    "nginx.org/proxy-buffering": "false",
    "nginx.org/client-max-body-size": args.maxBodySize,
    "nginx.org/proxy-buffer-size": ANSWER_HEAD.size,
    "nginx.org/proxy-buffers": ANSWER_HEAD.buffers,
    "nginx.org/proxy-busy-buffers-size": ANSWER_HEAD.busy,
    // A pod of a node that is gone answers no connection. One lost packet is sent again after a second.
    "nginx.org/proxy-connect-timeout": "2s",
    "nginx.org/proxy-read-timeout": `${args.readTimeoutSeconds}s`,
    "nginx.org/proxy-send-timeout": "60s",
    // Another pod gets the request when one is gone. nginx never repeats a POST.
    "nginx.org/proxy-next-upstream": "error timeout",
    "nginx.org/proxy-next-upstream-tries": "3",
    // By default one answer that nginx cannot take, or that takes too long, keeps everybody from its pod for 10 s: one page
    // asked for once a second takes all pods away. Kubernetes takes out those that are gone.
    "nginx.org/max-fails": "0",
    "nginx.org/keepalive": "64",
    "nginx.org/websocket-services": args.service,
    ...(rateLimit && {
      "nginx.org/limit-req-rate": `${rateLimit.requestsPerSecond}r/s`,
      "nginx.org/limit-req-burst": String(rateLimit.burst),
      "nginx.org/limit-req-no-delay": "true",
      "nginx.org/limit-req-reject-code": "429",
    }),
  };
}
