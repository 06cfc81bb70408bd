import { output } from "../helpers/processes";

export { command, output, until, type CommandOptions, type Result } from "../helpers/processes";

export const kubectl = (...args: string[]): Promise<string> => output("kubectl", args);

/** What `kubectl get … -o json` gives, as far as the suite looks at it. */
export interface KubernetesObject {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Record<string, string>;
  };
  readonly spec: Record<string, unknown>;
  readonly status?: {
    readonly conditions?: { readonly type: string; readonly status: string }[];
  };
}

export async function get(...args: string[]): Promise<KubernetesObject[]> {
  const list = JSON.parse(await kubectl("get", ...args, "-o", "json")) as {
    items: KubernetesObject[];
  };
  return list.items;
}
