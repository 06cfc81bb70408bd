import type * as pulumi from "@pulumi/pulumi";
import type { Kubectl } from "../kubectl";
import type { Placement } from "../placement";
import type { RegistryLogin } from "../registry";

export interface NextAppArgs extends Placement {
  namespace: pulumi.Input<string>;
  /** Image of `rolling`, best by digest. */
  image: pulumi.Input<string>;
  /** For asking the image's registry, from where the program runs. */
  registryLogin?: RegistryLogin;
  /** Reads the logs of new pods. */
  kubectl: Kubectl;
  /** Secrets with the registry's credentials, in the namespace. */
  imagePullSecrets: string[];
  /** Folder of `server.js` in the image. */
  directory: string;
  /** Folder of the build below it: `distDir` of next.config. */
  distDir: string;
  /** Port that Next.js listens on. */
  port: number;
  /** Port of the pod's agent: probes and metrics. See docs/pod-agent.md. */
  agentPort: number;
  /** uid and gid of the process. */
  user: number;
  /** ConfigMap with the scripts of pod/. */
  podFiles: pulumi.Input<string>;
  /** Shared files; without them each pod is on its own, and nothing is published. */
  shared?: {
    /** Claim that is disposable. */
    cacheClaim: pulumi.Input<string>;
    /** Claim with what users uploaded. */
    uploadsClaim: pulumi.Input<string>;
    /** How many releases stay on the cache claim. */
    releasesKept: number;
    /** How much of `public/` stays there for each release: 1Gi. */
    publicSize: string;
    /** A release that stays besides, by its id. */
    rollbackRelease?: string;
  };
  /** Redis for pages, data and tags, and for sessions. Without it, pages and tags are kept in the shared files. */
  redis?: { url: pulumi.Input<string>; sessionUrl: pulumi.Input<string> };
  /**
   * Name of the site in the shared cache, for all its releases and tracks. It is no other environment's: sites of one name
   * in one Redis share their pages. `env` may set another by NEXT_SHARED_CACHE_APP.
   */
  cacheName: string;
  env: Record<string, string>;
  secretEnv: Record<string, pulumi.Input<string>>;
  /** With min = max the autoscaler holds that number. */
  replicas: {
    min: number;
    max: number;
    targetCpuPercent: number;
    targetMemoryPercent?: number;
    /** Seconds of low load before pods go. */
    scaleDownAfterSeconds: number;
  };
  /** CPU is a request, memory a request and a limit. */
  resources: { cpu: string; memory: string };
  /** Largest head of a request: 32k. */
  maxRequestHead: string;
  /** Path that must have answered before a pod gets visitors, and how long Next.js may take to listen. */
  health: { path: string; startupSeconds: number };
  /** Further such paths, requested once by each new pod. */
  warmupPaths: string[];
  rollout: {
    strategy: "rolling" | "blueGreen";
    /** Which of two colours visitors meet; with `rolling` what is left of an earlier `blueGreen`. */
    live?: "blue" | "green";
    /** A colour without an image has no Deployment. */
    images: { blue?: string; green?: string };
    /** The colour that is not live keeps its pods. */
    keepOld: boolean;
    maxSurge: number | string;
    maxUnavailable: number | string;
    minReadySeconds: number;
  };
  shutdown: { preStopSeconds: number; longestRequestSeconds: number };
  /** Never two pods on one node. */
  hostAntiAffinity: boolean;
  service: { type: "ClusterIP" | "NodePort" | "LoadBalancer"; port: number; nodePort?: number };
  /** Seconds that one step of a rollout may take. */
  timeoutSeconds: number;
}
