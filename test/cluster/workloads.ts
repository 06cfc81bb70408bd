import { get, kubectl } from "./commands";
import { NAMESPACE } from "./settings";

export interface TrackState {
  readonly image: string;
  readonly replicas: number;
}

interface DeploymentSpec {
  readonly replicas: number;
  readonly selector: { readonly matchLabels: Record<string, string> };
  readonly template: { readonly spec: { readonly containers: { readonly image: string }[] } };
}

const WEB = ["-n", NAMESPACE, "-l", "app.kubernetes.io/name=web"];

/** Image and size of each of the application's Deployments. */
export async function tracks(): Promise<Record<string, TrackState>> {
  const all = (await get("deployments", ...WEB)).map(({ spec }) => {
    const { replicas, selector, template } = spec as unknown as DeploymentSpec;
    const image = template.spec.containers[0]?.image ?? "";
    return [selector.matchLabels["next-on-eks/track"] ?? "", { image, replicas }] as const;
  });
  return Object.fromEntries(all);
}

/** Where the Service sends visitors to. */
export async function service(): Promise<{ track: string | undefined }> {
  const { spec } = JSON.parse(
    await kubectl("get", "service", "web", "-n", NAMESPACE, "-o", "json"),
  ) as { spec: { selector: Record<string, string> } };
  return { track: spec.selector["next-on-eks/track"] };
}
