import type { types } from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { nodeRequestHead } from "../../model/heads";
import { FOLDERS, SCRIPTS, type Variable } from "../../model/podContract";
import { objectLabels, selectorLabels } from "../labels";
import { lastWords } from "../lastWords";
import { placement, spreadByRelease } from "../placement";
import { restrictedContainer, restrictedPod } from "../podSecurity";
import { agentAnnotations, agentEnvironment, agentProbes, preloads } from "./agent";
import type { NextAppArgs } from "./args";
import { podName, publisher, publisherEnvironment } from "./publisher";

/** Names of the Secrets that hold environment variables. */
export interface EnvSecrets {
  readonly redis?: pulumi.Input<string>;
  readonly env?: pulumi.Input<string>;
}

/** More than the 60 s after which nginx closes an idle connection; otherwise both ends race and visitors see a 502. */
const KEEP_ALIVE_MILLISECONDS = 65_000;
/** What an orderly shutdown takes beyond the longest request. */
const EXIT_SECONDS = 10;

type Labels = Record<string, string>;

/**
 * The pod of a Next.js server: what it runs, mounts and may do.
 * @param selector the labels that the pods of this Deployment have, and no others
 */
export function podTemplate(
  name: string,
  args: NextAppArgs,
  secrets: EnvSecrets,
  selector: Labels = selectorLabels(name),
): types.input.core.v1.PodTemplateSpec {
  const { preStopSeconds, longestRequestSeconds } = args.shutdown;
  const { podUploads, shared } = args;
  const uploads = shared !== undefined || podUploads !== undefined;
  const mounts = [
    ...(shared ? [{ name: "cache", mountPath: FOLDERS.cache }] : []),
    { name: "pod", mountPath: FOLDERS.scripts, readOnly: true },
    // The root file system is read-only; these are the folders that Next.js writes to.
    { name: "scratch", mountPath: `${args.directory}/${args.distDir}/cache`, subPath: "next" },
    { name: "scratch", mountPath: "/tmp", subPath: "tmp" },
    { name: "scratch", mountPath: FOLDERS.run, subPath: "agent" },
  ];
  return {
    metadata: {
      labels: { ...objectLabels(name), ...selector },
      annotations: agentAnnotations(args.agentPort),
    },
    spec: {
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      imagePullSecrets: args.imagePullSecrets.map((secret) => ({ name: secret })),
      securityContext: restrictedPod(args.user),
      terminationGracePeriodSeconds: preStopSeconds + longestRequestSeconds + EXIT_SECONDS,
      ...placement(args),
      topologySpreadConstraints: spreadByRelease(selector),
      affinity: args.hostAntiAffinity ? oneOnEachNode(selector) : undefined,
      initContainers: [publisher(args, mounts)],
      containers: [
        {
          name: "next",
          image: args.image,
          ports: [
            { name: "http", containerPort: args.port },
            { name: "agent", containerPort: args.agentPort },
          ],
          env: environment(args, secrets),
          ...lastWords,
          ...agentProbes(args.health.startupSeconds),
          // Load balancers and kube-proxy notice first that the pod leaves; then it gets SIGTERM.
          lifecycle:
            preStopSeconds > 0 ? { preStop: { sleep: { seconds: preStopSeconds } } } : undefined,
          resources: {
            requests: { cpu: args.resources.cpu, memory: args.resources.memory },
            limits: { memory: args.resources.memory },
          },
          securityContext: restrictedContainer,
          volumeMounts: [
            ...mounts,
            ...(uploads ? [{ name: "uploads", mountPath: FOLDERS.uploads }] : []),
          ],
        },
      ],
      volumes: [
        ...(shared
          ? [claim("cache", shared.cacheClaim), claim("uploads", shared.uploadsClaim)]
          : []),
        ...(!shared && uploads ? [{ name: "uploads", emptyDir: { sizeLimit: podUploads } }] : []),
        { name: "pod", configMap: { name: args.podFiles } },
        { name: "scratch", emptyDir: { sizeLimit: "1Gi" } },
      ],
    },
  };
}

function environment(args: NextAppArgs, secrets: EnvSecrets): types.input.core.v1.EnvVar[] {
  const unlessSet: Partial<Record<Variable, string>> = { NEXT_SHARED_CACHE_APP: args.cacheName };
  const own: Partial<Record<Variable, string>> = {
    NODE_ENV: args.env.NODE_ENV ?? "production",
    PORT: String(args.port),
    HOSTNAME: "0.0.0.0",
    KEEP_ALIVE_TIMEOUT: String(KEEP_ALIVE_MILLISECONDS),
    ...((args.shared ?? args.podUploads) && { UPLOAD_DIR: FOLDERS.uploads }),
    ...(args.redis === undefined && args.shared && { NEXT_SHARED_CACHE_STORE: "files" }),
    ...agentEnvironment(args, EXIT_SECONDS),
    // Images appear on the shared volume completely or not at all.
    NODE_OPTIONS: `${nodeRequestHead(args.maxRequestHead)} ${preloads(args.env.NODE_OPTIONS, SCRIPTS.agent, SCRIPTS.imageCache)}`,
  };
  return [
    ...Object.entries({ ...unlessSet, ...args.env, ...own })
      .filter(([name]) => !(name in args.secretEnv))
      .map(([name, value]) => ({ name, value })),
    ...(args.shared ? publisherEnvironment(args, args.shared) : []),
    podName,
    ...(secrets.redis === undefined
      ? []
      : [fromSecret("REDIS_URL", secrets.redis), fromSecret("SESSION_REDIS_URL", secrets.redis)]),
    ...Object.keys(args.secretEnv).flatMap((name) =>
      secrets.env === undefined ? [] : [fromSecret(name, secrets.env)],
    ),
  ];
}

function claim(name: string, claimName: pulumi.Input<string>): types.input.core.v1.Volume {
  return { name, persistentVolumeClaim: { claimName } };
}

/** The value stays out of the pod's spec; otherwise the whole spec would be a secret in every plan. */
function fromSecret(name: string, secret: pulumi.Input<string>): types.input.core.v1.EnvVar {
  return { name, valueFrom: { secretKeyRef: { name: secret, key: name } } };
}

function oneOnEachNode(matchLabels: Labels): types.input.core.v1.Affinity {
  return {
    podAntiAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [
        {
          labelSelector: { matchLabels },
          topologyKey: "kubernetes.io/hostname",
        },
      ],
    },
  };
}
