import { ANSWER_HEAD } from "./heads";

/**
 * What the annotations of the site's Ingress depend on.
 * @typeParam Name a name that may not be known yet, as Pulumi's inputs are
 */
export interface IngressTreatment<Name> {
  /** Service of the application. */
  service: Name;
  /** Largest request body, as nginx writes it: 20m. */
  maxBodySize: string;
  /** Longest pause in an answer. */
  readTimeoutSeconds: number;
  rateLimit?: { requestsPerSecond: number; burst: number };
  /** Whether to wait until the Ingress has an address. */
  awaitAddress: boolean;
}

/** Source: F5 NGINX Ingress Controller, "Advanced configuration with annotations". */
export function ingressAnnotations<Name>(
  args: IngressTreatment<Name>,
): Record<string, string | Name> {
  const { rateLimit } = args;
  return {
    ...(!args.awaitAddress && { "pulumi.com/skipAwait": "true" }),
    // Next.js streams; nginx would hold the stream back to fill its buffers.
    "nginx.org/proxy-buffering": "false",
    "nginx.org/client-max-body-size": args.maxBodySize,
    "nginx.org/proxy-buffer-size": ANSWER_HEAD.size,
    "nginx.org/proxy-buffers": ANSWER_HEAD.buffers,
    "nginx.org/proxy-busy-buffers-size": ANSWER_HEAD.busy,
    // A pod on a lost node does not answer connections. A lost packet is sent again after a second.
    "nginx.org/proxy-connect-timeout": "2s",
    "nginx.org/proxy-read-timeout": `${args.readTimeoutSeconds}s`,
    "nginx.org/proxy-send-timeout": "60s",
    // If a pod is gone, another one gets the request. nginx never repeats a POST.
    "nginx.org/proxy-next-upstream": "error timeout",
    "nginx.org/proxy-next-upstream-tries": "3",
    // By default, one answer that nginx cannot accept, or that takes too long, blocks its pod for everybody for 10 s:
    // one such page, requested once a second, blocks all pods. Kubernetes removes pods that are gone.
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

/** Names that the stack sets, whatever the config. */
export const OWN_ANNOTATIONS: readonly string[] = Object.keys(
  ingressAnnotations({
    service: "",
    maxBodySize: "",
    readTimeoutSeconds: 0,
    rateLimit: { requestsPerSecond: 0, burst: 0 },
    awaitAddress: false,
  }),
);
