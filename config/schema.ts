import { z } from "zod";
import { parseCidr } from "./cidr";
import { SECRET_PLACEHOLDER } from "./secrets";
import { KUBERNETES_VERSIONS } from "./kubernetesVersions";
import type { Meta } from "./problems";

/*
 * One schema a top-level key. The rules here look at one value each; those that compare keys are in rules.ts.
 * Descriptions and examples are what docs/configuration.md and the error messages say.
 */

const about = <T extends z.ZodType>(schema: T, description: string, meta: Meta = {}): T =>
  schema.meta({ description, ...meta });

/** `pulumi config set --path … 8080` stores a number, and `true` a boolean, where a text is meant. */
const text = (schema = z.string()) =>
  z.preprocess(
    (value) => (["number", "boolean"].includes(typeof value) ? String(value) : value),
    schema,
  );
const LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const label = () => z.string().regex(LABEL, "expected a DNS label: a-z, 0-9 and '-', 63 at most");
const hostname = () =>
  z
    .string()
    .max(253)
    .refine(
      // Digits alone at the end are an address, which an Ingress does not take as a host.
      (name) =>
        /\.[^.]*[a-z][^.]*$/.test(name) && name.split(".").every((part) => LABEL.test(part)),
      "expected a DNS name in lower case, such as shop.example.com",
    );
const cidr = () =>
  z
    .string()
    .refine((text) => parseCidr(text) !== undefined, "expected an IPv4 range such as 10.20.0.0/16");
const quantity = () =>
  z
    .string()
    .regex(
      /^(?=.*[1-9])[0-9]+(\.[0-9]+)?(Ki|Mi|Gi|Ti|Pi|k|M|G|T|P)?$/,
      "expected a Kubernetes quantity such as 5Gi",
    );
const cpuQuantity = () =>
  text(
    z
      .string()
      .regex(/^(?=.*[1-9])([0-9]+m|[0-9]+(\.[0-9]+)?)$/, "expected a CPU quantity such as 500m"),
  );
const imageReference = () =>
  z
    .string()
    .regex(
      /^[a-z0-9][a-z0-9._/-]*(:[0-9]+\/[a-z0-9._/-]+)?(:[A-Za-z0-9_][A-Za-z0-9._-]*)?(@sha256:[0-9a-f]{64})?$/,
      "expected an image reference, best by digest: registry/name@sha256:…",
    );
const countOrPercent = () =>
  z.union(
    [
      z.int().min(0),
      z.string().regex(/^(100|[1-9]?[0-9])%$/, "expected a percentage from 0% to 100%"),
    ],
    "expected a number of pods (1) or a percentage of them (25%)",
  );
const urlPath = () => z.string().regex(/^\/[^\s?#;{}"'\\]*$/, "expected a path that starts with /");
/** The agent gets them as a list with commas. */
const warmupPath = () =>
  urlPath().refine((path) => !path.includes(","), "expected a path without a comma");
const absolutePath = () =>
  z.string().regex(/^(\/[^/\s]+)+$/, "expected an absolute path without a trailing /");
const arn = (service: string) =>
  z
    .string()
    .regex(
      new RegExp(`^arn:aws[a-z-]*:${service}:[^:]*:[0-9]{12}:.+$`),
      `expected an ARN of ${service}`,
    );
const hourRange = () =>
  z
    .string()
    .regex(/^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]$/, "expected hh:mm-hh:mm");
const weekRange = () =>
  z
    .string()
    .regex(
      /^(mon|tue|wed|thu|fri|sat|sun):([01][0-9]|2[0-3]):[0-5][0-9]-(mon|tue|wed|thu|fri|sat|sun):([01][0-9]|2[0-3]):[0-5][0-9]$/,
      "expected ddd:hh:mm-ddd:hh:mm",
    );
const labels = () => z.record(z.string().min(1), text());
const redisUrl = () =>
  z
    .string()
    .refine(
      (url) => url === SECRET_PLACEHOLDER || /^rediss?:\/\/[^\s]+$/.test(url),
      "expected redis://[:password@]host:port, or rediss:// for TLS",
    );
const seconds = (min: number, max: number) => z.int().min(min).max(max);

export const platform = about(
  z.enum(["aws", "existing"]),
  "`aws` makes VPC, EKS, EFS and ElastiCache; `existing` uses a cluster that is there.",
  { example: "aws" },
);

export const production = about(
  z.boolean().optional(),
  "Holds the stack to the rules for production: TLS, a digest for the image, no API endpoint that is open to the world.",
  { example: "true", defaultText: "`true` for stacks named `prod` or `production`, else `false`" },
);

export const protect = about(
  z.boolean().optional(),
  "Refuses to delete what holds state (EKS cluster, file system, uploads, Redis groups, namespace), in Pulumi and, where AWS has a switch, there too.",
  { example: "true", defaultText: "as `production`" },
);

export const network = z
  .strictObject({
    cidr: about(cidr(), "Address range of the VPC, /16 to /20.", {
      example: "10.20.0.0/16",
    }).default("10.20.0.0/16"),
    availabilityZones: about(
      z.int().min(2).max(3),
      "Number of zones that subnets, nodes and mount targets spread over.",
      { example: "2" },
    ).default(2),
    zones: about(
      z.array(z.string().regex(/^[a-z]{2}(-[a-z]+)+-[0-9][a-z]$/, "expected a zone's name")),
      "The zones by name, where not the region's first ones. As many as `availabilityZones`.",
      {
        example: "eu-west-1a",
        defaultText: "the region's first zones that need no opt-in",
      },
    ).optional(),
    natGateways: about(
      z.enum(["one", "perZone"]).optional(),
      "`one` is cheaper; `perZone` survives the loss of a zone.",
      { example: "perZone", defaultText: "`perZone` in production, else `one`" },
    ),
    reservedCidrs: about(
      z.array(cidr()),
      "Ranges that the VPC must not overlap: networks that are to be peered or reached by VPN.",
      { example: "10.0.0.0/16" },
    ).default([]),
  })
  .prefault({});

export const awsCluster = z
  .strictObject({
    version: about(
      // A bare 1.35 in YAML is a number.
      z
        .union([z.string(), z.number()], "expected a version such as 1.35")
        .transform(String)
        .refine(
          (version) => KUBERNETES_VERSIONS.includes(version),
          `it is out of EKS standard support or not known here; expected ${KUBERNETES_VERSIONS.join(" or ")}`,
        ),
      "Kubernetes version of the control plane.",
      { example: "1.35" },
    ).default("1.35"),
    publicAccessCidrs: about(
      z.array(cidr()),
      "Who reaches the API server from outside the VPC. Empty: nobody, and `pulumi up` must run inside the VPC.",
      { example: "198.51.100.7/32" },
    ).default([]),
    adminRoleArns: about(
      z.array(arn("iam")),
      "IAM roles that administer the cluster, beside the identity that creates it.",
      { example: "arn:aws:iam::111122223333:role/platform" },
    ).default([]),
    serviceCidr: about(cidr(), "Address range of Kubernetes Services. Outside the VPC's.", {
      example: "172.20.0.0/16",
    }).default("172.20.0.0/16"),
    namespace: about(label(), "Namespace of the application.", { example: "shop" }).default(
      "next-on-eks",
    ),
  })
  .prefault({});

export const existingCluster = z
  .strictObject({
    context: about(
      z.string().min(1).optional(),
      "Context of the kubeconfig (`$KUBECONFIG`, else `~/.kube/config`). Set it for every shared stack: without it `pulumi up` goes wherever kubectl points to.",
      { example: "kind-kind", defaultText: "the current context" },
    ),
    namespace: about(label(), "Namespace of the application.", { example: "shop" }).default(
      "next-on-eks",
    ),
    nodes: about(
      z.int().min(1).optional(),
      "How many nodes can run the application, where that number is fixed.",
      { example: "3", defaultText: "not known" },
    ),
  })
  .prefault({});

const fileSizes = {
  cacheSize: about(
    quantity(),
    "Size that the cache claim asks for. EFS grows as it is used, whatever is asked.",
    { example: "5Gi" },
  ).default("5Gi"),
  uploadsSize: about(quantity(), "Size that the uploads claim asks for.", {
    example: "20Gi",
  }).default("20Gi"),
  required: about(
    z.boolean(),
    "Pods mount the shared files and publish their release there. Off: they start without them, for a time in which the file server is gone; uploads, shared images and old chunks are then missing.",
    { example: "false" },
  ).default(true),
  releasesKept: about(
    z.int().min(2).max(100),
    "Releases whose static files and images stay on the cache claim, beside those that have pods.",
    { example: "5" },
  ).default(5),
  rollbackRelease: about(
    z
      .string()
      .regex(/^[^\s,]+$/, "expected the id of one release")
      .optional(),
    "A release that is never removed, by its deployment id, because you may roll back to it. The one before the last always stays.",
    { example: "v1", defaultText: "none" },
  ),
};

export const cache = z
  .strictObject({
    store: about(
      z.enum(["redis", "files"]),
      "Where pods share pages, data and tags. `files` needs no Redis: they are kept on the cache claim, and a pod is up to a second behind another.",
      { example: "files" },
    ).default("redis"),
  })
  .prefault({});

export const assets = z
  .strictObject({
    enabled: about(
      z.boolean().optional(),
      "Pods of nginx serve `/_next/static` of all kept releases, so that pages opened before a deploy find their files after it. Off: Next.js serves its own release's alone.",
      { example: "false", defaultText: "as `files.required`" },
    ),
    image: about(z.string().min(1), "Image with nginx that needs no root.", {
      example: "registry.example.com/nginxinc/nginx-unprivileged:1.28.0-alpine",
    }).default("nginxinc/nginx-unprivileged:1.28.0-alpine"),
    replicas: about(z.int().min(1).max(20), "Pods of nginx.", { example: "2" }).default(2),
  })
  .prefault({});

export const awsFiles = z.strictObject(fileSizes).prefault({});

export const existingFiles = z
  .strictObject({
    ...fileSizes,
    nfs: about(
      z
        .strictObject({
          server: about(z.string().min(1), "Name or address of the NFS server.", {
            example: "10.0.0.5",
          }),
          path: about(
            absolutePath(),
            "Exported folder. It holds the folders `cache` and `uploads`, which belong to the application's user.",
            { example: "/mnt/shared" },
          ),
        })
        .optional(),
      "Static NFS volumes that the stack makes and selects by label.",
      { defaultText: "one of `nfs`, `storageClass`, `hostPath`" },
    ),
    storageClass: about(
      z.string().min(1).optional(),
      "StorageClass that makes ReadWriteMany volumes.",
      { example: "efs-sc", defaultText: "one of `nfs`, `storageClass`, `hostPath`" },
    ),
    uploadsStorageClass: about(
      z.string().min(1).optional(),
      "Another class for uploads, with `reclaimPolicy: Retain`.",
      { example: "efs-sc-retain", defaultText: "as `storageClass`" },
    ),
    hostPath: about(
      absolutePath().optional(),
      "Folder on the only node, with `cache` and `uploads` in it, which belong to the application's user.",
      {
        example: "/var/lib/next-on-eks",
        defaultText: "one of `nfs`, `storageClass`, `hostPath`",
      },
    ),
  })
  .prefault({});

const sessions = about(
  z.enum(["own", "shared"]).optional(),
  "`own` keeps sessions in a second Redis that never evicts; `shared` keeps them beside the pages.",
  { example: "own", defaultText: "`own` in production, else `shared`" },
);

export const awsRedis = z
  .strictObject({
    engine: about(z.enum(["redis", "valkey"]), "Valkey is newer and cheaper on ElastiCache.", {
      example: "valkey",
    }).default("redis"),
    engineVersion: about(
      z
        .string()
        .regex(/^[0-9]+\.[0-9]+$/, "expected MAJOR.MINOR")
        .optional(),
      "Version of the engine. ElastiCache ends at 7.1 for redis.",
      { example: "7.1", defaultText: "`7.1` for redis, `8.0` for valkey" },
    ),
    nodeType: about(
      z.string().regex(/^cache\.[a-z0-9]+\.[a-z0-9]+$/, "expected a type such as cache.t4g.small"),
      "Node type of the group that keeps pages, data and tags.",
      { example: "cache.t4g.small" },
    ).default("cache.t4g.small"),
    nodes: about(z.int().min(1).max(6).optional(), "The primary and its replicas.", {
      example: "2",
      defaultText: "`2` in production, else `1`",
    }),
    automaticFailover: about(
      z.boolean().optional(),
      "A replica in another zone takes over when the primary is lost.",
      { example: "true", defaultText: "`true` with two nodes or more" },
    ),
    sessions,
    sessionsNodeType: about(
      z.string().regex(/^cache\.[a-z0-9]+\.[a-z0-9]+$/, "expected a type such as cache.t4g.micro"),
      "Node type of the group that keeps sessions, with `sessions: own`.",
      { example: "cache.t4g.micro" },
    ).default("cache.t4g.micro"),
    snapshotRetentionDays: about(
      z.int().min(0).max(35).optional(),
      "Days that daily snapshots are kept; 0 makes none.",
      { example: "7", defaultText: "`7` in production, else `0`" },
    ),
    snapshotWindow: about(hourRange(), "When snapshots are made, UTC.", {
      example: "03:00-04:00",
    }).default("03:00-04:00"),
    maintenanceWindow: about(weekRange(), "When AWS may patch nodes, UTC.", {
      example: "sun:04:30-sun:05:30",
    }).default("sun:04:30-sun:05:30"),
  })
  .prefault({});

export const existingRedis = z
  .strictObject({
    url: about(
      redisUrl().optional(),
      "Redis that keeps pages, data and tags. Set it with `--secret`.",
      {
        example: "--secret rediss://:PASSWORD@redis.internal:6379",
        defaultText: "one of `url`, `inCluster`",
        secret: true,
      },
    ),
    sessionUrl: about(
      redisUrl().optional(),
      "Another Redis for sessions. Set it with `--secret`.",
      {
        example: "--secret rediss://:PASSWORD@sessions.internal:6379",
        defaultText: "as `url`",
        secret: true,
      },
    ),
    inCluster: about(
      z.boolean().optional(),
      "Runs a small Redis in the namespace, without replica or disk: for development.",
      { example: "true", defaultText: "one of `url`, `inCluster`" },
    ),
    image: about(z.string().min(1), "Image of the Redis in the cluster, uid 999.", {
      example: "valkey/valkey:8.1",
    }).default("redis:7.4-bookworm"),
    sessions,
  })
  .prefault({});

export const app = z.strictObject({
  image: about(
    imageReference().optional(),
    "Image of the application, built once and promoted from stage to stage by its digest.",
    {
      example: "REGISTRY/NAME@sha256:DIGEST",
      defaultText: "one of `image`, `build`; with `blueGreen` in `rollout.images`",
    },
  ),
  build: about(
    z
      .strictObject({
        context: about(z.string().min(1), "Folder with the Dockerfile.", { example: "example" }),
        dockerfile: about(z.string().min(1).optional(), "Path of the Dockerfile.", {
          example: "example/Dockerfile",
          defaultText: "`Dockerfile` in the context",
        }),
        contexts: about(
          z.record(label(), z.string().min(1)),
          "Further folders that the Dockerfile copies from by name: `COPY --from=NAME`.",
          { example: "runtime" },
        ).default({}),
        args: about(labels(), "Build arguments. No secrets: they stay in the image.").default({}),
      })
      .optional(),
    "Builds the image in `pulumi up` and pushes it to an ECR repository of the stack: for a first try. Platform `aws` alone.",
    { defaultText: "one of `image`, `build`" },
  ),
  host: about(hostname(), "DNS name of the site.", { example: "shop.example.com" }),
  directory: about(absolutePath(), "Folder of `server.js` in the image.", {
    example: "/app",
  }).default("/app"),
  port: about(z.int().min(1024).max(65535), "Port that Next.js listens on.", {
    example: "3000",
  }).default(3000),
  user: about(
    z.int().min(1).max(65534),
    "uid and gid of the process, and owner of the shared files.",
    { example: "1000" },
  ).default(1000),
  replicas: z
    .strictObject({
      min: about(z.int().min(1).max(1000), "Pods at rest.", { example: "2" }).default(2),
      max: about(z.int().min(1).max(1000), "Pods under load.", { example: "10" }).default(10),
      targetCpuPercent: about(
        z.int().min(10).max(95),
        "Mean CPU use, in percent of `resources.cpu`, that the autoscaler aims at.",
        { example: "70" },
      ).default(70),
      targetMemoryPercent: about(
        z.int().min(10).max(95).optional(),
        "Mean memory use, in percent of `resources.memory`, that the autoscaler aims at too.",
        { example: "80", defaultText: "CPU alone" },
      ),
      scaleDownAfterSeconds: about(
        z.int().min(0).max(3600),
        "Seconds of low load before the autoscaler takes pods away.",
        { example: "600" },
      ).default(300),
    })
    .prefault({}),
  resources: z
    .strictObject({
      cpu: about(
        cpuQuantity(),
        "CPU that a pod is given at least. There is no limit: throttling costs latency.",
        { example: "500m" },
      ).default("500m"),
      memory: about(quantity(), "Memory that a pod is given, and its limit.", {
        example: "768Mi",
      }).default("768Mi"),
    })
    .prefault({}),
  env: about(
    z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "expected a variable's name"), text()),
    "Environment variables.",
    { example: "VALUE" },
  ).default({}),
  secretEnv: about(
    z.record(
      z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "expected a variable's name"),
      z.string().meta({ secret: true, example: "--secret VALUE" }),
    ),
    "Environment variables that are kept in a Secret. Set each with `--secret`.",
    { example: "--secret VALUE", secret: true },
  ).default({}),
  health: z
    .strictObject({
      path: about(
        warmupPath(),
        "Path that must have answered once, with less than 500, before a new pod gets visitors.",
        { example: "/api/health" },
      ).default("/"),
      startupSeconds: about(
        seconds(5, 1800),
        "Time that Next.js has to listen; a pod that does not is restarted.",
        { example: "60" },
      ).default(60),
    })
    .prefault({}),
  warmupPaths: about(
    z.array(warmupPath()),
    "Further paths that each new pod requests from itself before it gets visitors, so that the first of them meet a warm server.",
    { example: `/products` },
  ).default([]),
  rollout: z
    .strictObject({
      strategy: about(
        z.enum(["rolling", "blueGreen"]),
        "How a new image replaces the old one: pod by pod, or as a second colour that takes over all visitors at once.",
        { example: "blueGreen" },
      ).default("rolling"),
      live: about(
        z.enum(["blue", "green"]).optional(),
        "The colour that visitors meet, with `blueGreen`. `npm run release` and `npm run rollback` set it.",
        { example: "green", defaultText: "none; needed with `blueGreen`" },
      ),
      images: z
        .strictObject({
          blue: about(imageReference().optional(), "Image of the colour blue.", {
            example: "REGISTRY/NAME@sha256:DIGEST",
            defaultText: "none: the colour has no pods",
          }),
          green: about(imageReference().optional(), "Image of the colour green.", {
            example: "REGISTRY/NAME@sha256:DIGEST",
            defaultText: "none: the colour has no pods",
          }),
        })
        .prefault({}),
      keepOld: about(
        z.boolean(),
        "The colour that was live keeps its pods, so that rolling back is the Service's selector alone. `npm run release -- --finish` ends it.",
        { example: "true" },
      ).default(false),
      previousImage: about(
        imageReference().optional(),
        "The image before, to which `npm run rollback` goes back with `rolling`. `npm run release` sets it.",
        { example: "REGISTRY/NAME@sha256:DIGEST", defaultText: "none" },
      ),
      maxSurge: about(countOrPercent(), "Pods beyond `replicas` during a rollout.", {
        example: "25%",
      }).default("25%"),
      maxUnavailable: about(countOrPercent(), "Pods below `replicas` during a rollout.", {
        example: "0",
      }).default(0),
      minReadySeconds: about(seconds(0, 600), "Time that a new pod must stay ready to count.", {
        example: "5",
      }).default(5),
    })
    .prefault({}),
  shutdown: z
    .strictObject({
      preStopSeconds: about(
        seconds(0, 300),
        "Time between leaving the Service and SIGTERM, in which load balancers learn of it.",
        { example: "15" },
      ).default(15),
      longestRequestSeconds: about(seconds(1, 3600), "Time that requests in flight may take.", {
        example: "60",
      }).default(60),
    })
    .prefault({}),
  nodeSelector: about(labels(), "Labels that a node must have.", { example: "worker" }).default({}),
  tolerations: about(
    z.array(
      z.strictObject({
        key: about(z.string().min(1), "Key of the taint.", { example: "dedicated" }),
        value: about(z.string().optional(), "Value of the taint.", {
          example: "web",
          defaultText: "any",
        }),
        effect: about(
          z.enum(["NoSchedule", "PreferNoSchedule", "NoExecute"]).optional(),
          "Effect of the taint.",
          { example: "NoSchedule", defaultText: "any" },
        ),
      }),
    ),
    "Taints of nodes that pods may run on all the same.",
  ).default([]),
  priorityClassName: about(
    label().optional(),
    "PriorityClass of the pods, which must be there: who goes first where nodes are full.",
    { example: "visitors", defaultText: "the cluster's default" },
  ),
  hostAntiAffinity: about(z.boolean(), "Never two pods of the application on one node.", {
    example: "true",
  }).default(false),
  imagePullSecrets: about(
    z.array(label()),
    "Secrets in the namespace with the registry's credentials.",
    { example: "registry" },
  ).default([]),
  service: z
    .strictObject({
      type: about(z.enum(["ClusterIP", "NodePort", "LoadBalancer"]), "Type of the Service.", {
        example: "ClusterIP",
      }).default("ClusterIP"),
      port: about(z.int().min(1).max(65535), "Port of the Service.", { example: "80" }).default(80),
      nodePort: about(z.int().min(30000).max(32767).optional(), "Port of every node.", {
        example: "31000",
        defaultText: "chosen by Kubernetes",
      }),
    })
    .prefault({}),
});

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
      "OCI reference or folder of the chart, so that a mirror works.",
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
    serviceAnnotations: about(
      labels(),
      "Annotations of the controller's Service, for the load balancer of another cloud.",
      { example: "VALUE" },
    ).default({}),
  })
  .prefault({});

export const networkPolicy = z
  .strictObject({
    enabled: about(
      z.boolean().optional(),
      "Only the ingress controller reaches the application, and only the application the Redis in the namespace. With a controller that was there already, `ingress.namespace` must name its namespace.",
      { example: "true", defaultText: "as `ingress.install`" },
    ),
    allowFromNamespaces: about(
      z.array(label()),
      "Further namespaces whose pods reach the application: monitoring, other services.",
      { example: "monitoring" },
    ).default([]),
    outbound: about(
      z.union(
        [z.literal("all"), z.array(cidr())],
        "expected all, or a list of IPv4 ranges such as 10.0.0.0/8",
      ),
      "Where pods may connect to beside DNS and the Redis in the namespace: `all`, or ranges that must hold Redis, the API's and databases' addresses.",
      { example: "10.0.0.0/8" },
    ).default("all"),
  })
  .prefault({});

export const timeouts = z
  .strictObject({
    app: about(
      seconds(10, 3600),
      "Time that one step of a rollout may take until its pods are ready.",
      { example: "180" },
    ).default(180),
    claims: about(seconds(5, 3600), "Time until a claim is bound.", { example: "60" }).default(60),
    redis: about(seconds(10, 3600), "Time until the Redis in the cluster is ready.", {
      example: "120",
    }).default(120),
    controller: about(seconds(10, 3600), "Time until the ingress controller is ready.", {
      example: "300",
    }).default(300),
    ingress: about(seconds(10, 3600), "Time until the Ingress has an address.", {
      example: "180",
    }).default(180),
  })
  .prefault({});
