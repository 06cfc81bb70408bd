import type { types } from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { bytesOf } from "../../model/quantities";
import { FOLDERS, SCRIPTS, type Variable } from "../../model/podContract";
import { lastWords } from "../lastWords";
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
    // None of the image's preloads run in such a process: see pod/publisher/init.cjs.
    command: ["node", "--no-warnings", "--build-snapshot", `${FOLDERS.scripts}/${SCRIPTS.init}`],
    env: [
      variable("AGENT_DIR", FOLDERS.run),
      ...(shared ? publisherEnvironment(args, shared) : []),
      podName,
    ],
    ...lastWords,
    // It runs before the server, so it needs no extra resources.
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
    variable("SHARED_CACHE_DIR", FOLDERS.cache),
    variable("APP_DIR", directory),
    variable("APP_DIST_DIR", distDir),
    variable("CLAIM_NAME", shared.cacheClaim),
    variable("RELEASES_KEPT", String(shared.releasesKept)),
    variable("PUBLIC_BYTES", String(Math.floor(bytesOf(shared.publicSize)))),
    variable("ROLLBACK_RELEASE", shared.rollbackRelease ?? ""),
  ];
}

/** The pod's own name, from the API server. */
export const podName: types.input.core.v1.EnvVar = {
  name: "POD_NAME" satisfies Variable,
  valueFrom: { fieldRef: { fieldPath: "metadata.name" } },
};

/** A name that is no part of the pod contract does not compile. */
function variable(name: Variable, value: pulumi.Input<string>): types.input.core.v1.EnvVar {
  return { name, value };
}
