import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Kubectl } from "../components/kubectl";
import type { LoadBalancer } from "../components/controllerValues";
import type { RegistryLogin } from "../components/registry";
import type { VolumeSource } from "../components/sharedVolumes";
import type { Facts, Verdict } from "../config/changes";

/** All that the application knows of what it runs on. */
export interface Platform {
  readonly provider: k8s.Provider;
  /** Signs in as the provider. */
  readonly kubectl: Kubectl;
  readonly volumes: VolumeSource;
  /** What must be there before a volume is used, and may not go while one is. */
  readonly beforeVolumes: pulumi.Resource[];
  /** Image of the application. */
  readonly image: pulumi.Input<string>;
  /** For asking the image's registry; without it as anybody. */
  readonly registryLogin?: RegistryLogin;
  /** What stands in front of the ingress controller, where the stack installs one. */
  readonly loadBalancer: LoadBalancer;
  /** Where TLS ends. */
  readonly tls: "none" | "controller" | { secretName: string };
  /**
   * Makes or finds Redis, once there is a namespace for one in the cluster.
   * Both URLs are secrets, and the same where sessions share the Redis of the pages. Undefined with `cache.store: files`.
   */
  readonly redis: (namespace: pulumi.Input<string>) => RedisUrls | undefined;
  /** Points the site's DNS names to the load balancer. */
  readonly dns: (loadBalancer: pulumi.Input<string>) => void;
  /** Further outputs of the stack. */
  readonly outputs: Readonly<Record<string, pulumi.Input<unknown>>>;
}

/** Where a platform is to be, once what is there was asked for. */
export interface Ground {
  /**
   * What there is of others that the stack would claim too.
   * @param old facts of the last `up`; undefined: there was none
   */
  readonly conflicts: (old: Facts | undefined) => Promise<Verdict>;
  /**
   * Makes the platform. Only where nothing is refused.
   * @param kept facts of the stack that outlive their key in the config
   */
  readonly make: (kept: Facts) => Platform;
}

export interface RedisUrls {
  readonly url: pulumi.Input<string>;
  readonly sessionUrl: pulumi.Input<string>;
  /** What lets pods connect: it comes before them, and goes after them. */
  readonly before: pulumi.Resource[];
}
