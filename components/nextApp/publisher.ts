import type { types } from "@pulumi/kubernetes";
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
  return {
    name: "publish",
    image: args.image,
    command: ["node", `${POD_DIR}/publish.mjs`],
    env: [
      ...publisherEnvironment(args, shared),
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

/** The server has it too, so that `kubectl exec` and the agent can run the publisher there. */
export function publisherEnvironment(
  { directory }: NextAppArgs,
  shared: NonNullable<NextAppArgs["shared"]>,
): types.input.core.v1.EnvVar[] {
  return [
    { name: "SHARED_CACHE_DIR", value: CACHE_DIR },
    { name: "APP_DIR", value: directory },
    { name: "CLAIM_NAME", value: shared.cacheClaim },
    { name: "RELEASES_KEPT", value: String(shared.releasesKept) },
    { name: "ROLLBACK_RELEASE", value: shared.rollbackRelease ?? "" },
  ];
}
