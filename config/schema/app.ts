import { z } from "zod";
import { PORTS } from "../../model/podContract";
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
    "Image of the application. Build it once and promote it from stack to stack by its digest.",
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
          "Additional build contexts, which the Dockerfile copies from by name: `COPY --from=NAME`.",
          { example: "runtime" },
        ).default({}),
        args: about(
          labels(),
          "Build arguments. Do not put secrets here: they stay in the image.",
        ).default({}),
        secrets: about(
          z.record(
            z.string().regex(/^[A-Za-z0-9_.-]+$/, "expected the id of a secret"),
            z.string().min(1).meta({ secret: true, example: "--secret VALUE" }),
          ),
          "Secrets of the build, by the id that the Dockerfile mounts: `RUN --mount=type=secret,id=NAME`. The example uses `server_actions_key`, `npmrc`, `install_env` and `build_env`: docs/your-app.md. Set each with `--secret`.",
          { example: "--secret VALUE", secret: true },
        ).default({}),
      })
      .optional(),
    "Builds the image during `pulumi up` and pushes it to an ECR repository of the stack: for a first try. Only on platform `aws`.",
    { defaultText: "one of `image`, `build`" },
  ),
  host: about(hostname(), "DNS name of the site.", { example: "shop.example.com" }),
  directory: about(absolutePath(), "Folder of `server.js` in the image.", {
    example: "/app",
  }).default("/app"),
  distDir: about(
    relativePath(),
    "Folder of the build below `directory`, if next.config sets `distDir`.",
    { example: "build" },
  ).default(".next"),
  basePath: about(
    prefixPath().optional(),
    "`basePath` of next.config, so that static files of older releases are found below it.",
    { example: "/shop", defaultText: "none" },
  ),
  assetPrefix: about(
    prefixPath().optional(),
    "`assetPrefix` of next.config, if it is a path. Leave it out if it is a full URL: the CDN at that URL then serves the files.",
    { example: "/assets", defaultText: "none" },
  ),
  port: about(z.int().min(1024).max(65535), "Port that Next.js listens on.", {
    example: "3000",
  }).default(PORTS.app),
  agentPort: about(
    z.int().min(1024).max(65535),
    "Port on which the pod's agent answers probes and Prometheus. Nothing else in the container may listen on it; OpenTelemetry uses 9464.",
    { example: "9797" },
  ).default(PORTS.agent),
  user: about(
    z.int().min(1).max(65534),
    "uid and gid of the process; the shared files belong to them.",
    { example: "1000" },
  ).default(1000),
  replicas: z
    .strictObject({
      min: about(z.int().min(1).max(1000), "Minimum number of pods.", { example: "2" }).default(2),
      max: about(z.int().min(1).max(1000), "Maximum number of pods.", { example: "10" }).default(
        10,
      ),
      targetCpuPercent: about(
        z.int().min(10).max(95),
        "Average CPU use, in percent of `resources.cpu`, that the autoscaler aims for.",
        { example: "70" },
      ).default(70),
      targetMemoryPercent: about(
        z.int().min(10).max(95).optional(),
        "Average memory use, in percent of `resources.memory`, that the autoscaler also aims for.",
        { example: "80", defaultText: "only CPU" },
      ),
      scaleDownAfterSeconds: about(
        z.int().min(0).max(3600),
        "Seconds of low load before the autoscaler removes pods.",
        { example: "600" },
      ).default(300),
    })
    .prefault({}),
  resources: z
    .strictObject({
      cpu: about(
        cpuQuantity(),
        "CPU request of a pod, at most 64 cores. There is no CPU limit, because throttling costs latency.",
        { example: "500m" },
      ).default("500m"),
      memory: about(memoryQuantity(), "Memory request and limit of a pod: 64Mi to 512Gi.", {
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
        "Path that must answer once, with a status below 500, before a new pod gets visitors.",
        { example: "/api/health" },
      ).default("/"),
      startupSeconds: about(
        seconds(5, 1800),
        "Time that Next.js has to start listening. A container that takes longer is restarted.",
        { example: "60" },
      ).default(60),
    })
    .prefault({}),
  warmupPaths: about(
    z.array(warmupPath()),
    "Additional paths that each new pod requests from itself before it gets visitors, so that the first visitors get a warm server.",
    { example: `/products` },
  ).default([]),
  rollout: z
    .strictObject({
      strategy: about(
        z.enum(["rolling", "blueGreen"]),
        "How a new image replaces the old one: pod by pod, or as a second colour that takes over all traffic at once.",
        { example: "blueGreen" },
      ).default("rolling"),
      live: about(
        z.enum(["blue", "green"]).optional(),
        "The colour that serves visitors, with `blueGreen`. `npm run release` and `npm run rollback` set it.",
        { example: "green", defaultText: "none; required with `blueGreen`" },
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
        "The colour that was live keeps its pods, so that rolling back only changes the Service's selector. `npm run release -- --finish` ends this.",
        { example: "true" },
      ).default(false),
      previousImage: about(
        imageReference().optional(),
        "The previous image, which `npm run rollback` returns to with `rolling`. `npm run release` sets it.",
        { example: "REGISTRY/NAME@sha256:DIGEST", defaultText: "none" },
      ),
      maxSurge: about(countOrPercent(), "How many pods a rollout may add to `replicas`.", {
        example: "25%",
      }).default("25%"),
      maxUnavailable: about(
        countOrPercent(),
        "How many pods a rollout may take away from `replicas`.",
        {
          example: "0",
        },
      ).default(0),
      minReadySeconds: about(
        seconds(0, 600),
        "Time that a new pod must stay ready to count as available.",
        {
          example: "5",
        },
      ).default(5),
    })
    .prefault({}),
  shutdown: z
    .strictObject({
      preStopSeconds: about(
        seconds(0, 300),
        "Time between leaving the Service and SIGTERM, so that load balancers notice.",
        { example: "15" },
      ).default(15),
      longestRequestSeconds: about(
        seconds(1, 3600),
        "Time that requests in flight may take when a pod shuts down.",
        {
          example: "60",
        },
      ).default(60),
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
    "Taints of nodes that pods may run on nevertheless.",
  ).default([]),
  priorityClassName: about(
    label().optional(),
    "PriorityClass of the pods, for when nodes are full. It must exist.",
    { example: "visitors", defaultText: "the cluster's default" },
  ),
  hostAntiAffinity: about(z.boolean(), "Never runs two pods of the application on one node.", {
    example: "true",
  }).default(false),
  imagePullSecrets: about(
    z.array(label()),
    "Secrets in the namespace with the registry's credentials.",
    { example: "registry" },
  ).default([]),
  service: z
    .strictObject({
      type: about(
        z.enum(["ClusterIP", "NodePort", "LoadBalancer"]),
        "Type of the Service. `LoadBalancer` answers by plain HTTP, beside the ingress controller.",
        {
          example: "ClusterIP",
        },
      ).default("ClusterIP"),
      port: about(z.int().min(1).max(65535), "Port of the Service.", { example: "80" }).default(80),
      nodePort: about(z.int().min(30000).max(32767).optional(), "Port of every node.", {
        example: "31000",
        defaultText: "chosen by Kubernetes",
      }),
    })
    .prefault({}),
});

/** The group `app`, its values checked and its defaults filled in. */
export type AppConfig = z.output<typeof app>;
