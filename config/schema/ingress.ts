import { z } from "zod";
import { about, label, hostname, urlPath, arn, labels, seconds } from "./values";

export const ingress = z
  .strictObject({
    install: about(
      z.boolean(),
      "Installs F5 NGINX Ingress Controller. With `false`, a controller that is already there serves `className`.",
      { example: "false" },
    ).default(true),
    className: about(label(), "IngressClass of the site.", { example: "nginx" }).default("nginx"),
    namespace: about(label(), "Namespace of the controller.", {
      example: "nginx-ingress",
    }).default("nginx-ingress"),
    chart: about(
      z.string().min(1),
      "OCI reference or folder of the chart; it can be a mirror. Without access to raw.githubusercontent.com, remove values.schema.json from the mirror: [way-in.md](way-in.md#a-mirror-of-the-chart).",
      {
        example: "oci://ghcr.io/nginx/charts/nginx-ingress",
      },
    ).default("oci://ghcr.io/nginx/charts/nginx-ingress"),
    chartVersion: about(
      z.string().regex(/^[0-9]+\.[0-9]+\.[0-9]+$/, "expected MAJOR.MINOR.PATCH"),
      "Version of the chart. Ignored if `chart` is a folder.",
      { example: "2.7.1" },
    ).default("2.7.1"),
    image: about(
      z
        .string()
        .regex(/^[a-z0-9][a-z0-9._/:-]*:[A-Za-z0-9._-]+$/, "expected repository:tag")
        .optional(),
      "Image of the controller, if it is not the chart's own.",
      {
        example: "registry.example.com/nginx/nginx-ingress:5.6.1",
        defaultText: "the chart's own",
      },
    ),
    replicas: about(z.int().min(1).max(20), "Number of controller pods.", { example: "2" }).default(
      2,
    ),
    tls: about(
      z
        .strictObject({
          certificateArn: about(
            arn("acm").optional(),
            "ACM certificate at the load balancer. Only on platform `aws`.",
            {
              example: "arn:aws:acm:eu-west-1:111122223333:certificate/ID",
              defaultText: "one of `certificateArn`, `secretName`",
            },
          ),
          secretName: about(
            label().optional(),
            "TLS Secret in the application's namespace; nginx terminates TLS.",
            { example: "shop-tls", defaultText: "one of `certificateArn`, `secretName`" },
          ),
        })
        .optional(),
      "Where TLS is terminated, and with which certificate.",
      { defaultText: "an ACM certificate if `zone` is set, else none" },
    ),
    zone: about(
      hostname().optional(),
      "Route 53 zone in which the stack creates the site's DNS records and, without `tls`, a validated ACM certificate. Only on platform `aws`.",
      { example: "example.com", defaultText: "no DNS record" },
    ),
    wildcard: about(
      z.boolean(),
      "The records in `zone` and the stack's own certificate are for `*.HOST` too, below `app.host`: for [review sites](review-sites.md#dns-and-tls) on the stack's cluster. Only on platform `aws`.",
      { example: "true" },
    ).default(false),
    extraHosts: about(z.array(hostname()), "Additional DNS names of the site.", {
      example: "www.example.com",
    }).default([]),
    paths: about(
      z.array(
        z.strictObject({
          path: about(urlPath(), "Path prefix.", { example: "/api" }),
          service: about(
            label(),
            "Service in the application's namespace that answers requests for it.",
            {
              example: "api-svc",
            },
          ),
          port: about(z.int().min(1).max(65535), "Port of that Service.", {
            example: "8080",
          }),
        }),
      ),
      "Paths that other Services answer. Everything else goes to Next.js.",
    ).default([]),
    maxRequestHead: about(
      z.string().regex(/^([89]|[1-9][0-9]|1[01][0-9]|12[0-8])k$/, "expected 8k to 128k"),
      "Largest request head, including URL and cookies, for nginx and Next.js alike. A larger one gets 400, 414 or 431.",
      { example: "32k" },
    ).default("32k"),
    maxBodySize: about(
      z.string().regex(/^[0-9]+[km]?$/, "expected a size of nginx such as 20m"),
      "Largest request body, for uploads.",
      { example: "20m" },
    ).default("20m"),
    readTimeoutSeconds: about(
      seconds(1, 86400),
      "Longest pause in an answer: a stream or WebSocket that is idle for longer is closed.",
      { example: "300" },
    ).default(300),
    rateLimit: about(
      z
        .strictObject({
          requestsPerSecond: about(
            z.int().min(1),
            "Requests per second that each client address may send.",
            {
              example: "50",
            },
          ),
          burst: about(z.int().min(0), "Requests above the rate that are still let through.", {
            example: "100",
          }).default(0),
        })
        .optional(),
      "Answers 429 above this rate, per controller pod.",
      { defaultText: "no limit" },
    ),
    proxyProtocol: about(
      z.boolean().optional(),
      "The load balancer in front of the controller uses proxy protocol. Always on with `aws`.",
      { example: "true" },
    ),
    nodePorts: about(
      z
        .strictObject({
          http: about(z.int().min(30000).max(32767), "Port for HTTP.", { example: "30080" }),
          https: about(z.int().min(30000).max(32767), "Port for HTTPS.", { example: "30443" }),
        })
        .optional(),
      "Ports on every node where the controller answers, for clusters without load balancers (kind, bare metal). Only on platform `existing`.",
      { defaultText: "a Service of type LoadBalancer" },
    ),
    annotations: about(
      labels(),
      'Additional annotations of the site\'s Ingress, for cert-manager, external-dns and the like. You cannot set those that the stack sets. Type a name with dots in brackets: `ingress.annotations["cert-manager.io/cluster-issuer"]`. [way-in.md](way-in.md#annotations-of-your-own-and-cert-manager).',
      { example: "VALUE" },
    ).default({}),
    awaitAddress: about(
      z.boolean(),
      "`pulumi up` waits up to `timeouts.ingress` until the Ingress has an address. Set `false` for a controller that publishes none. With node ports it never waits.",
      { example: "false" },
    ).default(true),
    serviceAnnotations: about(
      labels(),
      "Annotations of the controller's Service, for the load balancer of another cloud.",
      { example: "VALUE" },
    ).default({}),
  })
  .prefault({});
