import type * as pulumi from "@pulumi/pulumi";
import { nginxRequestHead } from "../model/heads";
import { spread } from "./placement";

/** What stands in front of the controller. */
export type LoadBalancer =
  | {
      /** A Network Load Balancer of EKS Auto Mode. It speaks proxy protocol v2. */
      kind: "nlb";
      /** Range that the load balancer's addresses are from; several with commas. */
      vpcCidr: string;
      /** ACM certificate; without it nginx terminates TLS. */
      certificateArn?: pulumi.Input<string>;
      /** Annotations of the Service; they override the stack's. */
      annotations: Record<string, string>;
    }
  | {
      /** Whatever the cluster creates for a Service of type LoadBalancer, or ports on every node. */
      kind: "service";
      nodePorts?: { http: number; https: number };
      proxyProtocol: boolean;
      annotations: Record<string, string>;
    };

export interface ControllerValuesArgs {
  name: string;
  namespace: string;
  className: string;
  image?: string;
  replicas: number;
  /** Largest head of a request: 32k. */
  maxRequestHead: string;
  loadBalancer: LoadBalancer;
  /**
   * Name of the Secret with the certificate for TLS handshakes without a host name, and for hosts without a
   * certificate.
   */
  certificateSecret?: pulumi.Output<string>;
}

/**
 * An NLB takes 180 to 300 s until it sends connections to a new target, and as long until it sends none to one that
 * leaves (kubernetes-sigs/aws-load-balancer-controller issue 1834). Auto Mode has no readiness gate that would tell
 * Kubernetes of it (aws/containers-roadmap issue 2511), so pods wait: the old ones must still answer when the NLB
 * starts to use the new ones.
 */
const NLB_LEARNS_SECONDS = 300;

/** Seconds until no new connections reach a pod that is shutting down. */
const DRAIN_SECONDS = { nlb: NLB_LEARNS_SECONDS + 10, service: 15 };
/** Seconds that a new pod must be ready before an old one is shut down. */
const MIN_READY_SECONDS = { nlb: NLB_LEARNS_SECONDS, service: 5 };
/** Additional pods during an update. Behind an NLB all start at once: one by one, each would take ten minutes. */
const MAX_SURGE = { nlb: "100%", service: 1 };
/** Seconds that open connections may take after that. */
const FINISH_SECONDS = 60;

/** Values of the chart nginx-ingress 2.x that differ from its defaults. */
export function controllerValues(args: ControllerValuesArgs): Record<string, unknown> {
  const { loadBalancer } = args;
  const drain = DRAIN_SECONDS[loadBalancer.kind];
  const podLabels = { "next-on-eks/controller": args.name };
  return {
    controller: {
      ...(args.image && { image: imageValues(args.image) }),
      replicaCount: args.replicas,
      ingressClass: { name: args.className, create: true, setAsDefaultIngress: false },
      // Ingresses are all that this stack uses.
      enableCustomResources: false,
      // A snippet of an Ingress can read every secret of the controller. F5 accepts `disable-forwarded-headers` only
      // with snippets.
      enableSnippets: hasOwnPorts(loadBalancer),
      // Without it a configuration that nginx refuses stays in place and blocks every later reload.
      enableConfigSafety: true,
      readOnlyRootFilesystem: true,
      telemetryReporting: { enable: false },
      ...(args.certificateSecret && certificates(args.namespace, args.certificateSecret)),
      config: { entries: configMap(args) },
      service: serviceValues(loadBalancer),
      pod: { extraLabels: podLabels },
      topologySpreadConstraints: spread(podLabels),
      podDisruptionBudget: { enabled: true, maxUnavailable: 1 },
      strategy: { rollingUpdate: { maxSurge: MAX_SURGE[loadBalancer.kind], maxUnavailable: 0 } },
      minReadySeconds: MIN_READY_SECONDS[loadBalancer.kind],
      // After SIGTERM nginx refuses new connections at once, but load balancers notice only later.
      lifecycle: { preStop: { sleep: { seconds: drain } } },
      terminationGracePeriodSeconds: drain + FINISH_SECONDS,
      resources: {
        requests: { cpu: "100m", memory: "256Mi" },
        limits: { memory: "512Mi" },
      },
    },
  };
}

/**
 * An NLB names no host in its handshakes (no SNI), so nginx takes its default server's certificate, and without one
 * F5's default server refuses them all. The wildcard certificate is for the hosts' servers, which nginx chooses once it
 * has the request.
 */
function certificates(namespace: string, name: pulumi.Output<string>): object {
  const secret = name.apply((it) => `${namespace}/${it}`);
  return { defaultTLS: { secret }, wildcardTLS: { secret } };
}

function imageValues(image: string): { repository: string; tag: string } {
  const colon = image.lastIndexOf(":");
  return { repository: image.slice(0, colon), tag: image.slice(colon + 1) };
}

/**
 * F5 passes `X-Forwarded-Host` without the port that the visitor used, and Next.js then refuses every server action of
 * a site on its own port (vercel/next.js issue 77556). nginx validates `$host`; only the port is taken from the `Host`
 * header. Elsewhere F5's headers are right and stay: without `-enable-snippets` F5 does not switch them off
 * (`ParseConfigMap` in nginx/kubernetes-ingress), and each would reach the application twice, as `https, https`.
 */
const PORT_OF_HOST = 'map $http_host $port_of_host { default ""; "~(:[0-9]{1,5})$" $1; }';
/** What F5 sets, with that port. A header set twice would be sent twice, so F5's own are switched off. */
const FORWARDED = {
  "disable-forwarded-headers": "true",
  "location-snippets": [
    "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;",
    "proxy_set_header X-Forwarded-Host $host$port_of_host;",
    "proxy_set_header X-Forwarded-Port $server_port;",
    "proxy_set_header X-Forwarded-Proto $scheme;",
  ].join("\n"),
};

/** Whether the site's address has a port. */
function hasOwnPorts(loadBalancer: LoadBalancer): boolean {
  return loadBalancer.kind === "service" && loadBalancer.nodePorts !== undefined;
}

function configMap({
  loadBalancer,
  image,
  maxRequestHead,
}: ControllerValuesArgs): Record<string, string> {
  // At a reload nginx closes idle connections, and a POST that is on its way is lost. This answers one more request with
  // `Connection: close`. Below preStop: an old worker may send it to a pod that is about to end. Since nginx 1.27.4; the
  // chart's own image has 1.29.7 or newer, another one may refuse it.
  const keepAlive = image === undefined ? ["keepalive_min_timeout 10s;"] : [];
  const ownPorts = hasOwnPorts(loadBalancer);
  const common = {
    http2: "true",
    "server-tokens": "false",
    // Below the load balancer's 350 s, so that nginx is the one that ends idle connections.
    "keepalive-timeout": "340s",
    // Old workers end with their last connection, or after this time: a stream must not keep them forever.
    "worker-shutdown-timeout": "1h",
    ...(ownPorts && FORWARDED),
    "http-snippets": [
      nginxRequestHead(maxRequestHead, "first"),
      ...(ownPorts ? [PORT_OF_HOST] : []),
      ...keepAlive,
    ].join("\n"),
  };
  switch (loadBalancer.kind) {
    case "nlb":
      return { ...common, ...proxyProtocol(loadBalancer.vpcCidr) };
    case "service":
      return loadBalancer.proxyProtocol ? { ...common, ...proxyProtocol("0.0.0.0/0") } : common;
  }
}

/** Without it rate limits and logs see the load balancer's addresses. */
function proxyProtocol(from: string): Record<string, string> {
  return {
    "proxy-protocol": "true",
    "real-ip-header": "proxy_protocol",
    "set-real-ip-from": from,
  };
}

function serviceValues(loadBalancer: LoadBalancer): object {
  if (loadBalancer.kind === "service" && loadBalancer.nodePorts) {
    const { http, https } = loadBalancer.nodePorts;
    return {
      type: "NodePort",
      // Every node answers, also one without a pod of the controller.
      externalTrafficPolicy: "Cluster",
      httpPort: { nodePort: http },
      httpsPort: { nodePort: https },
      annotations: loadBalancer.annotations,
    };
  }
  const common = { type: "LoadBalancer", externalTrafficPolicy: "Local" };
  if (loadBalancer.kind === "service") {
    return { ...common, annotations: loadBalancer.annotations };
  }
  return {
    ...common,
    loadBalancerClass: "eks.amazonaws.com/nlb",
    allocateLoadBalancerNodePorts: false,
    annotations: { ...nlbAnnotations(loadBalancer.certificateArn), ...loadBalancer.annotations },
  };
}

/** Source: AWS Load Balancer Controller, "NLB annotations", which Auto Mode accepts too. */
function nlbAnnotations(
  certificateArn: pulumi.Input<string> | undefined,
): Record<string, pulumi.Input<string>> {
  const key = (name: string) => `service.beta.kubernetes.io/aws-load-balancer-${name}`;
  return {
    [key("scheme")]: "internet-facing",
    [key("nlb-target-type")]: "ip",
    [key("attributes")]: "load_balancing.cross_zone.enabled=true",
    [key("target-group-attributes")]:
      `proxy_protocol_v2.enabled=true,deregistration_delay.timeout_seconds=${NLB_LEARNS_SECONDS}`,
    ...(certificateArn !== undefined && {
      [key("ssl-cert")]: certificateArn,
      [key("ssl-ports")]: "443",
      [key("ssl-negotiation-policy")]: "ELBSecurityPolicy-TLS13-1-2-2021-06",
      // No alpn-policy, so no HTTP/2: see docs/decisions/0007-http1-behind-acm.md. nginx needs TLS too: otherwise it
      // sees http, tells Next.js so, and redirects to https forever.
      [key("backend-protocol")]: "ssl",
    }),
  };
}
