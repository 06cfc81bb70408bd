import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { nginxRequestHead } from "../model/heads";
import { FOLDERS } from "../model/podContract";
import { objectLabels, selectorLabels } from "./labels";
import { lastWords } from "./lastWords";
import { placement, spreadByRelease, type Placement } from "./placement";
import { restrictedContainer, restrictedPod } from "./podSecurity";
import { staticAssetsConf } from "./staticAssetsConf";

/** Placed like the application's pods: if only those may use a node pool, these must run there too. */
export interface StaticAssetsArgs extends Placement {
  namespace: pulumi.Input<string>;
  /** Image with `nginx` and `sh` that runs as any user. */
  image: string;
  imagePullSecrets: string[];
  replicas: number;
  /** uid and gid that may read the claim. */
  user: number;
  /** Claim with the releases. */
  cacheClaim: pulumi.Input<string>;
  /** The application's Service and its port, for files that are not on the claim. */
  service: pulumi.Input<string>;
  servicePort: number;
  /** Paths of static files, as browsers ask for them: `/_next/static`. */
  paths: readonly string[];
  /** Largest head of a request: 32k. */
  maxRequestHead: string;
  /** Seconds until its pods must be ready. */
  timeoutSeconds: number;
}

const TEMPLATE = join(__dirname, "../pod/static-assets.conf");
const PORT = 8080;
const CONF = "/config/nginx.conf";
const NGINX = ["nginx", "-e", "stderr", "-c", CONF];
/** Until load balancers and kube-proxy have noticed that a pod leaves. */
const LEAVE_SECONDS = 10;
/** Time that a slow visitor has to finish a download. */
const FINISH_SECONDS = 30;

/** Serves the static files of all kept releases, so that pages opened before a deploy still find theirs after it. */
export class StaticAssets extends pulumi.ComponentResource {
  /** The Service, known once pods behind it are ready. */
  readonly serviceName: pulumi.Output<string>;
  readonly servicePort = 80;

  constructor(name: string, args: StaticAssetsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("next-on-eks:kubernetes:StaticAssets", name, {}, opts);
    const parent = { parent: this };
    const metadata = { namespace: args.namespace, labels: objectLabels(name) };
    const timeout = `${args.timeoutSeconds * args.replicas}s`;
    const customTimeouts = { create: timeout, update: timeout };

    const template = readFileSync(TEMPLATE, "utf8");
    const conf = new k8s.core.v1.ConfigMap(
      name,
      {
        metadata,
        immutable: true,
        data: {
          "nginx.conf": pulumi.output(args.service).apply((service) =>
            staticAssetsConf(template, {
              root: FOLDERS.cache,
              port: PORT,
              app: `${service}:${args.servicePort}`,
              paths: args.paths,
              requestHead: nginxRequestHead(args.maxRequestHead, "behind"),
            }),
          ),
        },
      },
      parent,
    );
    const deployment = new k8s.apps.v1.Deployment(
      name,
      {
        metadata,
        spec: {
          replicas: args.replicas,
          selector: { matchLabels: selectorLabels(name) },
          strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
          progressDeadlineSeconds: args.timeoutSeconds,
          template: podTemplate(name, args, conf.metadata.name),
        },
      },
      { parent: this, customTimeouts },
    );
    const service = new k8s.core.v1.Service(
      name,
      {
        metadata,
        spec: {
          selector: selectorLabels(name),
          ports: [{ name: "http", port: this.servicePort, targetPort: "http" }],
        },
      },
      { parent: this, customTimeouts },
    );
    new k8s.policy.v1.PodDisruptionBudget(
      name,
      {
        metadata,
        spec: {
          maxUnavailable: 1,
          selector: { matchLabels: selectorLabels(name) },
          unhealthyPodEvictionPolicy: "AlwaysAllow",
        },
      },
      parent,
    );

    this.serviceName = pulumi
      .all([service.metadata.name, deployment.id])
      .apply(([serviceName]) => serviceName);
    this.registerOutputs({ serviceName: this.serviceName });
  }
}

function podTemplate(
  name: string,
  args: StaticAssetsArgs,
  conf: pulumi.Input<string>,
): k8s.types.input.core.v1.PodTemplateSpec {
  const httpGet = { path: "/healthz", port: "http" };
  const quit = [...NGINX, "-s", "quit"].join(" ");
  return {
    metadata: { labels: objectLabels(name) },
    spec: {
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      imagePullSecrets: args.imagePullSecrets.map((secret) => ({ name: secret })),
      // The files' owner: an EFS access point shows them to no other user.
      securityContext: restrictedPod(args.user),
      terminationGracePeriodSeconds: LEAVE_SECONDS + FINISH_SECONDS + 5,
      ...placement(args),
      topologySpreadConstraints: spreadByRelease(selectorLabels(name)),
      containers: [
        {
          name: "nginx",
          image: args.image,
          command: [...NGINX, "-g", "daemon off;"],
          ...lastWords,
          ports: [{ name: "http", containerPort: PORT }],
          readinessProbe: { httpGet, periodSeconds: 5, timeoutSeconds: 3, failureThreshold: 3 },
          livenessProbe: { httpGet, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6 },
          // Not every image replaces SIGTERM with SIGQUIT, and SIGTERM would cut off downloads.
          lifecycle: {
            preStop: {
              exec: {
                command: ["sh", "-c", `sleep ${LEAVE_SECONDS}; ${quit}; sleep ${FINISH_SECONDS}`],
              },
            },
          },
          resources: {
            requests: { cpu: "50m", memory: "64Mi" },
            limits: { memory: "128Mi" },
          },
          securityContext: restrictedContainer,
          volumeMounts: [
            { name: "cache", mountPath: FOLDERS.cache, readOnly: true },
            { name: "config", mountPath: "/config", readOnly: true },
            { name: "scratch", mountPath: "/tmp" },
          ],
        },
      ],
      volumes: [
        { name: "cache", persistentVolumeClaim: { claimName: args.cacheClaim } },
        { name: "config", configMap: { name: conf } },
        { name: "scratch", emptyDir: { sizeLimit: "256Mi" } },
      ],
    },
  };
}
