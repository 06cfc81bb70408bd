import type { types } from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { CACHE_DIR, POD_DIR } from "../mounts";
import { restrictedContainer } from "../podSecurity";
import type { NextAppArgs } from "./nextApp";

/**
 * What publishes the image's release on the claim `cache` before Next.js starts: see pod/README.md. The image brings
 * Node.js, the ConfigMap the script.
 */
export function publisher(
  args: NextAppArgs,
  shared: NonNullable<NextAppArgs["shared"]>,
  mounts: types.input.core.v1.VolumeMount[],
): types.input.core.v1.Container {
  const values: Record<string, pulumi.Input<string>> = {
    SHARED_CACHE_DIR: CACHE_DIR,
    APP_DIR: args.directory,
    CLAIM_NAME: shared.cacheClaim,
    RELEASES_KEPT: String(shared.releasesKept),
    ROLLBACK_RELEASE: shared.rollbackRelease ?? "",
  };
  return {
    name: "publish",
    image: args.image,
    command: ["node", `${POD_DIR}/publish.mjs`],
    env: [
      ...Object.entries(values).map(([name, value]) => ({ name, value })),
      { name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
    ],
    // It runs before the server, so it costs nothing on top.
    resources: {
      requests: { cpu: args.resources.cpu, memory: args.resources.memory },
      limits: { memory: args.resources.memory },
    },
    securityContext: restrictedContainer,
    volumeMounts: mounts,
  };
}
