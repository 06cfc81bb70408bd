import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { objectLabels } from "./labels";

export interface PodFilesArgs {
  namespace: pulumi.Input<string>;
  /** Folder whose scripts go into the ConfigMap. */
  folder: string;
}

/** Kubernetes' limit for a ConfigMap is 1 MiB, its names included. */
const LIMIT_BYTES = 1_000_000;

/** The scripts that run in the pods beside Next.js: they belong to the stack, not to the image. */
export class PodFiles extends pulumi.ComponentResource {
  /** The ConfigMap. Another content is another name, and the pods roll to it. */
  readonly configMapName: pulumi.Output<string>;

  constructor(name: string, args: PodFilesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("next-on-eks:kubernetes:PodFiles", name, {}, opts);
    const map = new k8s.core.v1.ConfigMap(
      name,
      {
        metadata: { namespace: args.namespace, labels: objectLabels(name) },
        immutable: true,
        data: scriptsIn(args.folder),
      },
      { parent: this },
    );
    this.configMapName = map.metadata.name;
    this.registerOutputs({ configMapName: this.configMapName });
  }
}

/** By name, and with the same line ends on every machine: else each machine would see a change. */
export function scriptsIn(folder: string): Record<string, string> {
  const names = readdirSync(folder)
    .filter((name) => /\.[cm]js$/.test(name))
    .sort();
  const data = Object.fromEntries(
    names.map((name) => [name, readFileSync(join(folder, name), "utf8").replaceAll("\r\n", "\n")]),
  );
  const bytes = Buffer.byteLength(JSON.stringify(data));
  if (bytes > LIMIT_BYTES) {
    throw new pulumi.RunError(
      `the scripts in ${folder} have ${bytes} bytes, and a ConfigMap takes ${LIMIT_BYTES}. ` +
        `Remove from the folder what pods do not run.`,
    );
  }
  return data;
}
