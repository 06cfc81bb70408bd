import { z } from "zod";
import {
  prefixPath,
  about,
  text,
  label,
  hostname,
  imageReference,
  countOrPercent,
  warmupPath,
  absolutePath,
  relativePath,
  labels,
  seconds,
} from "./values";
import { cpuQuantity, memoryQuantity } from "./quantities";

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
        secrets: about(
          z.record(
            z.string().regex(/^[A-Za-z0-9_.-]+$/, "expected the id of a secret"),
            z.string().min(1).meta({ secret: true, example: "--secret VALUE" }),
          ),
          "Secrets of the build, by the id that the Dockerfile mounts: `RUN --mount=type=secret,id=NAME`. The example's is `server_actions_key`. Set each with `--secret`.",
          { example: "--secret VALUE", secret: true },
        ).default({}),
      })
      .optional(),
    "Builds the image in `pulumi up` and pushes it to an ECR repository of the stack: for a first try. Platform `aws` alone.",
    { defaultText: "one of `image`, `build`" },
  ),
  host: about(hostname(), "DNS name of the site.", { example: "shop.example.com" }),
  directory: about(absolutePath(), "Folder of `server.js` in the image.", {
    example: "/app",
  }).default("/app"),
  distDir: about(
    relativePath(),
    "Folder of the build below `directory`, where `distDir` in next.config says another than the default.",
    { example: "build" },
  ).default(".next"),
  basePath: about(
    prefixPath().optional(),
    "`basePath` of next.config, so that static files of older releases are found below it.",
    { example: "/shop", defaultText: "none" },
  ),
  assetPrefix: about(
    prefixPath().optional(),
    "`assetPrefix` of next.config, where it is a path. A whole URL is a CDN's affair: leave it out.",
    { example: "/assets", defaultText: "none" },
  ),
  port: about(z.int().min(1024).max(65535), "Port that Next.js listens on.", {
    example: "3000",
  }).default(3000),
  agentPort: about(
    z.int().min(1024).max(65535),
    "Port on which the pod's agent answers probes and Prometheus. Nothing else in the container may listen on it; 9464 is OpenTelemetry's.",
    { example: "9797" },
  ).default(9797),
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
        "CPU that a pod is given at least, 64 cores at most. There is no limit: throttling costs latency.",
        { example: "500m" },
      ).default("500m"),
      memory: about(memoryQuantity(), "Memory that a pod is given, and its limit: 64Mi to 512Gi.", {
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
      z.string().min(1).meta({ secret: true, example: "--secret VALUE" }),
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
