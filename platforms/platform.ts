import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { ReviewMarks } from "../components/appNamespace";
import type { Kubectl } from "../components/kubectl";
import type { LoadBalancer } from "../components/controllerValues";
import type { RegistryLogin } from "../components/registry";
import type { VolumeSource } from "../components/sharedVolumes";
import type { Facts, Verdict } from "../config/changes";

/** Everything that the application knows about the platform it runs on. */
export interface Platform {
  readonly provider: k8s.Provider;
  /** Signs in as the provider. */
  readonly kubectl: Kubectl;
  /** Undefined: each pod has its own empty folder for uploads, and nothing is shared by files. */
  readonly volumes: VolumeSource | undefined;
  /** What must exist before a volume is used, and may not be deleted while one is. */
  readonly beforeVolumes: pulumi.Resource[];
  /** Image of the application. */
  readonly image: pulumi.Input<string>;
  /** Credentials for the image's registry; without them it is asked anonymously. */
  readonly registryLogin?: RegistryLogin;
  /** What is in front of the ingress controller, if the stack installs one. */
  readonly loadBalancer: LoadBalancer;
  /** Where TLS ends. */
  readonly tls: "none" | "controller" | { secretName: string };
  /**
   * Creates or finds Redis, once there is a namespace for one in the cluster. Both URLs are secrets; they are the same
   * if sessions share the Redis for pages. Undefined with `cache.store: files`.
   */
  readonly redis: (namespace: pulumi.Input<string>) => RedisUrls | undefined;
  /** Points the site's DNS names to the load balancer. */
  readonly dns: (loadBalancer: pulumi.Input<string>) => void;
  /** Set if the stack is the site of a pull request. */
  readonly review?: ReviewMarks;
  /** Further outputs of the stack. */
  readonly outputs: Readonly<Record<string, pulumi.Input<unknown>>>;
}

/** A platform before it is created, once what exists has been looked up. */
export interface Ground {
  /**
   * What belongs to others and the stack would claim too.
   * @param old facts of the last `up`; undefined: there was none
   */
  readonly conflicts: (old: Facts | undefined) => Promise<Verdict>;
  /**
   * Creates the platform, if nothing was refused.
   * @param kept facts of the stack that outlive their key in the config
   */
  readonly make: (kept: Facts) => Platform;
}

export interface RedisUrls {
  readonly url: pulumi.Input<string>;
  readonly sessionUrl: pulumi.Input<string>;
  /** What lets pods connect: it is created before them and deleted after them. */
  readonly before: pulumi.Resource[];
}
