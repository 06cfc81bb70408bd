import { setCommand } from "../config/messages/commands";
import { byDigest } from "../config/rules/images";
import type { Plan } from "../plan/plan";
import { isPartOf } from "../plan/typeNames";
import { asInConfig } from "./configRules";
import type { Policy } from "./policy";
import { isComputed } from "./values";
import { containersOf, workloadsOf, type Workload } from "./workloads";

/*
 * Which image runs.
 */

const DIGEST = /@(sha256:[0-9a-f]{64})$/;

/** The digest of an image; undefined if it is named by a tag. */
function digestOf(image: string): string | undefined {
  return DIGEST.exec(image)?.[1];
}

interface AppImage {
  readonly workload: Workload;
  readonly part: string;
  readonly image: string;
  /** The config key that names it. */
  readonly key: string;
}

/** The label of pods that says which of the application's Deployments they are of. */
const TRACK = "next-on-eks/track";

function keyOf({ labels }: Workload): string {
  const track = String(labels[TRACK] ?? "rolling");
  return track === "rolling" ? "app.image" : `app.rollout.images.${track}`;
}

/** Images of the application's pods; those of Redis and nginx are the project's, and pinned in its code. */
function appImages(plan: Plan): AppImage[] {
  return workloadsOf(plan)
    .filter(({ resource }) => isPartOf(resource, "NextApp"))
    .flatMap((workload) =>
      containersOf(workload).flatMap(({ part, initial, spec }) =>
        typeof spec.image === "string" && !isComputed(spec.image) && !initial
          ? [{ workload, part, image: spec.image, key: keyOf(workload) }]
          : [],
      ),
    );
}

const imageDigest: Policy = {
  ...asInConfig("image-digest"),
  scanners: { checkov: ["CKV_K8S_14", "CKV_K8S_43"], kubeLinter: ["latest-tag"] },
  check: ({ plan }) =>
    appImages(plan)
      .filter(({ image }) => digestOf(image) === undefined)
      .map(({ workload, part, image, key }) => ({
        resource: workload.resource,
        part,
        key,
        message: `${part} runs '${image}', a tag, which may point to another image later.`,
        remedy: setCommand(key, byDigest(image), "", plan.stack),
      })),
};

const promotion: Policy = {
  id: "image-not-tried",
  why: "What production runs should have run somewhere else before, as the very same image.",
  severity: { production: "warning", elsewhere: "off" },
  scanners: {},
  check: ({ plan, tried }) => {
    const images = appImages(plan).filter(({ image }) => digestOf(image) !== undefined);
    const digests = images.length === 0 ? undefined : tried?.();
    // Where no other stack names a digest, they build their images, and nothing is known of those.
    if (digests === undefined || digests.size === 0) return [];
    return images
      .filter(({ image }) => !digests.has(digestOf(image) ?? ""))
      .map(({ workload, part, image }) => ({
        resource: workload.resource,
        part,
        message: `${part} runs ${digestOf(image)?.slice(0, 19)}…, which no stack outside production has named.`,
        remedy: `first in a stack outside production, to see it work:\nnpm run release -- --stack STACK --image ${image}`,
      }));
  },
};

export const imagePolicies: readonly Policy[] = [imageDigest, promotion];
