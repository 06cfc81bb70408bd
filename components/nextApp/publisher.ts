import type { types } from "@pulumi/kubernetes";
import { bytesOf } from "../../model/quantities";
import { lastWords } from "../lastWords";
import { CACHE_DIR, POD_DIR, RUN_DIR } from "../mounts";
import { restrictedContainer } from "../podSecurity";
import type { NextAppArgs } from "./args";

/**
 * What runs before Next.js starts: it keeps NODE_OPTIONS of the image for the agent, and where files are shared,
 * publishes the image's release on the claim `cache`: see pod/publisher/README.md. The image brings Node.js, the ConfigMap the
 * scripts.
 */
export function publisher(
  args: NextAppArgs,
  mounts: types.input.core.v1.VolumeMount[],
): types.input.core.v1.Container {
  const { shared } = args;
  return {
    name: shared ? "publish" : "prepare",
    image: args.image,
    // No preload of the image's runs in a process of this kind: see pod/publisher/init.cjs.
    command: ["node", "--no-warnings", "--build-snapshot", `${POD_DIR}/init.cjs`],
    env: [
      { name: "AGENT_DIR", value: RUN_DIR },
      ...(shared ? publisherEnvironment(args, shared) : []),
      { name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
    ],
    ...lastWords,
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
  { directory, distDir }: NextAppArgs,
  shared: NonNullable<NextAppArgs["shared"]>,
): types.input.core.v1.EnvVar[] {
  return [
    { name: "SHARED_CACHE_DIR", value: CACHE_DIR },
    { name: "APP_DIR", value: directory },
    { name: "APP_DIST_DIR", value: distDir },
    { name: "CLAIM_NAME", value: shared.cacheClaim },
    { name: "RELEASES_KEPT", value: String(shared.releasesKept) },
    { name: "PUBLIC_BYTES", value: String(Math.floor(bytesOf(shared.publicSize))) },
    { name: "ROLLBACK_RELEASE", value: shared.rollbackRelease ?? "" },
  ];
}
