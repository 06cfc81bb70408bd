import { z } from "zod";
import { about, label, hostname, urlPath, arn, labels, seconds } from "./values";

export const ingress = z
  .strictObject({
    install: about(
      z.boolean(),
      "Installs F5 NGINX Ingress Controller. Off: one that is there already serves `className`.",
      { example: "false" },
    ).default(true),
    className: about(label(), "IngressClass of the site.", { example: "nginx" }).default("nginx"),
    namespace: about(label(), "Namespace of the controller.", {
      example: "nginx-ingress",
    }).default("nginx-ingress"),
    chart: about(
      z.string().min(1),
      "OCI reference or folder of the chart, so that a mirror works. Without a way out to raw.githubusercontent.com the mirror leaves values.schema.json out: way-in.md.",
      {
        example: "oci://ghcr.io/nginx/charts/nginx-ingress",
      },
    ).default("oci://ghcr.io/nginx/charts/nginx-ingress"),
    chartVersion: about(
      z.string().regex(/^[0-9]+\.[0-9]+\.[0-9]+$/, "expected MAJOR.MINOR.PATCH"),
      "Version of the chart. Not used where `chart` is a folder.",
      { example: "2.7.1" },
    ).default("2.7.1"),
    image: about(
      z
        .string()
        .regex(/^[a-z0-9][a-z0-9._/:-]*:[A-Za-z0-9._-]+$/, "expected repository:tag")
        .optional(),
      "Image of the controller, where not the chart's own.",
      {
        example: "registry.example.com/nginx/nginx-ingress:5.6.1",
        defaultText: "the chart's own",
      },
    ),
    replicas: about(z.int().min(1).max(20), "Pods of the controller.", { example: "2" }).default(2),
    tls: about(
      z
        .strictObject({
          certificateArn: about(
            arn("acm").optional(),
            "ACM certificate at the load balancer. Platform `aws` alone.",
            {
              example: "arn:aws:acm:eu-west-1:111122223333:certificate/ID",
              defaultText: "one of `certificateArn`, `secretName`",
            },
          ),
          secretName: about(
            label().optional(),
            "TLS Secret in the application's namespace; nginx ends TLS.",
            { example: "shop-tls", defaultText: "one of `certificateArn`, `secretName`" },
          ),
        })
        .optional(),
      "Where TLS ends and with which certificate.",
      { defaultText: "an ACM certificate where `zone` is named, else none" },
    ),
    zone: about(
      hostname().optional(),
      "Route 53 zone in which the stack makes the site's DNS records and, without `tls`, a validated ACM certificate. Platform `aws` alone.",
      { example: "example.com", defaultText: "no DNS record" },
    ),
    extraHosts: about(z.array(hostname()), "Further DNS names of the site.", {
      example: "www.example.com",
    }).default([]),
    paths: about(
      z.array(
        z.strictObject({
          path: about(urlPath(), "Path prefix.", { example: "/api" }),
          service: about(label(), "Service in the application's namespace that answers it.", {
            example: "api-svc",
          }),
          port: about(z.int().min(1).max(65535), "Port of that Service.", {
            example: "8080",
          }),
        }),
      ),
      "Paths that another Service answers. Everything else goes to Next.js.",
    ).default([]),
    maxRequestHead: about(
      z.string().regex(/^([89]|[1-9][0-9]|1[01][0-9]|12[0-8])k$/, "expected 8k to 128k"),
      "Largest head of a request, its URL and cookies included, at nginx and Next.js alike. A larger one gets 400, 414 or 431.",
      { example: "32k" },
    ).default("32k"),
    maxBodySize: about(
      z.string().regex(/^[0-9]+[km]?$/, "expected a size of nginx such as 20m"),
      "Largest request body, for uploads.",
      { example: "20m" },
    ).default("20m"),
    readTimeoutSeconds: about(
      seconds(1, 86400),
      "Longest silence of an answer: a stream or WebSocket that is idle longer is closed.",
      { example: "300" },
    ).default(300),
    rateLimit: about(
      z
        .strictObject({
          requestsPerSecond: about(z.int().min(1), "Rate that each client address may reach.", {
            example: "50",
          }),
          burst: about(z.int().min(0), "Requests above the rate that are let through.", {
            example: "100",
          }).default(0),
        })
        .optional(),
      "Answers 429 beyond this rate, per controller pod.",
      { defaultText: "no limit" },
    ),
    proxyProtocol: about(
      z.boolean().optional(),
      "The load balancer in front of the controller speaks proxy protocol. Always on with `aws`.",
      { example: "true", defaultText: "`true` on `aws`, else `false`" },
    ),
    nodePorts: about(
      z
        .strictObject({
          http: about(z.int().min(30000).max(32767), "Port for HTTP.", { example: "30080" }),
          https: about(z.int().min(30000).max(32767), "Port for HTTPS.", { example: "30443" }),
        })
        .optional(),
      "Ports of every node on which the controller answers, where the cluster makes no load balancers (kind, bare metal). Platform `existing` alone.",
      { defaultText: "a Service of type LoadBalancer" },
    ),
    annotations: about(
      labels(),
      'Further annotations of the site\'s Ingress, for cert-manager, external-dns and the like. Those that the stack sets are refused. A name with dots is typed in brackets: `ingress.annotations["cert-manager.io/cluster-issuer"]`. way-in.md.',
      { example: "VALUE" },
    ).default({}),
    awaitAddress: about(
      z.boolean(),
      "`pulumi up` waits until the Ingress has an address, up to `timeouts.ingress`. Off: for a controller that publishes none. Node ports are never waited for.",
      { example: "false" },
    ).default(true),
    serviceAnnotations: about(
      labels(),
      "Annotations of the controller's Service, for the load balancer of another cloud.",
      { example: "VALUE" },
    ).default({}),
  })
  .prefault({});
