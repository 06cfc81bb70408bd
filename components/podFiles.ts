import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { objectLabels } from "./labels";
import { POD_FOLDERS, scriptsIn } from "./podScripts";

export interface PodFilesArgs {
  namespace: pulumi.Input<string>;
}

/** The scripts that run in the pods beside Next.js: they belong to the stack, not to the image. */
export class PodFiles extends pulumi.ComponentResource {
  /** The ConfigMap. New content gets a new name, and the pods roll to it. */
  readonly configMapName: pulumi.Output<string>;

  constructor(name: string, args: PodFilesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("next-on-eks:kubernetes:PodFiles", name, {}, opts);
    const map = new k8s.core.v1.ConfigMap(
      name,
      {
        metadata: { namespace: args.namespace, labels: objectLabels(name) },
        immutable: true,
        data: scriptsIn(POD_FOLDERS),
      },
      { parent: this },
    );
    this.configMapName = map.metadata.name;
    this.registerOutputs({ configMapName: this.configMapName });
  }
}
