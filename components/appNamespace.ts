import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { ownerAnnotation } from "./labels";
import { restrictedNamespace } from "./podSecurity";

export interface AppNamespaceArgs {
  /** Name of the namespace, as users and other workloads type it. */
  namespace: string;
  /** Refuses to delete it: the claims would be deleted with it. */
  protect: boolean;
}

/** The application's namespace. It admits only pods that meet the Pod Security Standard `restricted`. */
export class AppNamespace extends pulumi.ComponentResource {
  readonly namespace: pulumi.Output<string>;

  constructor(name: string, args: AppNamespaceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("next-on-eks:kubernetes:AppNamespace", name, {}, opts);
    const namespace = new k8s.core.v1.Namespace(
      `${name}-namespace`,
      {
        metadata: {
          name: args.namespace,
          labels: restrictedNamespace,
          annotations: ownerAnnotation(),
        },
      },
      { parent: this, protect: args.protect },
    );
    this.namespace = namespace.metadata.name;
    this.registerOutputs({ namespace: this.namespace });
  }
}
