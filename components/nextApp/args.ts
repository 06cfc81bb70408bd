import type * as pulumi from "@pulumi/pulumi";
import type { AppConfig } from "../../config/schema/app";
import type { Kubectl } from "../kubectl";
import type { RegistryLogin } from "../registry";

/**
 * What the config says of the application, but which image it runs and where visitors find it. config/schema/app.ts describes
 * each key.
 */
type OfConfig = Omit<
  AppConfig,
  "assetPrefix" | "basePath" | "build" | "host" | "image" | "secretEnv"
>;

export interface NextAppArgs extends OfConfig {
  namespace: pulumi.Input<string>;
  /** Image of `rolling`, best by digest. */
  image: pulumi.Input<string>;
  /** Credentials for the image's registry, used where the program runs. */
  registryLogin?: RegistryLogin;
  /** Reads the logs of new pods. */
  kubectl: Kubectl;
  /** ConfigMap with the scripts of pod/. */
  podFiles: pulumi.Input<string>;
  /** Shared files; without them pods share nothing, and no release is published. */
  shared?: {
    /** The disposable claim. */
    cacheClaim: pulumi.Input<string>;
    /** Claim with what users uploaded. */
    uploadsClaim: pulumi.Input<string>;
    /** How many releases stay on the cache claim. */
    releasesKept: number;
    /** How much of `public/` stays there for each release: 1Gi. */
    publicSize: string;
    /** Id of one more release that stays. */
    rollbackRelease?: string;
  };
  /**
   * Without shared files: how much each pod may keep of uploads in a folder of its own, which goes with the pod. Without
   * it there is no folder for them.
   */
  podUploads?: string;
  /** Redis for pages, data and tags, and for sessions. Without it, pages and tags are kept in the shared files. */
  redis?: { url: pulumi.Input<string>; sessionUrl: pulumi.Input<string> };
  /**
   * Name of the site in the shared cache, for all its releases and tracks. No other environment may use it: sites with
   * the same name in one Redis share their pages. NEXT_SHARED_CACHE_APP in `env` overrides it.
   */
  cacheName: string;
  secretEnv: Record<string, pulumi.Input<string>>;
  /** Largest head of a request: 32k. */
  maxRequestHead: string;
  /** Seconds that one step of a rollout may take. */
  timeoutSeconds: number;
}
