import { PROJECT } from "../model/project";

/** The part of a type that names its provider: `aws`, `kubernetes`, `random`. */
export function providerOf(type: string): string {
  const [provider, path, name] = type.split(":");
  return (path === "providers" ? name : provider) ?? type;
}

/** Whether it is one of Kubernetes' objects: neither a chart nor a provider. */
export function isKubernetesObject(type: string): boolean {
  return type.startsWith("kubernetes:") && !type.startsWith("kubernetes:helm.sh/");
}

/** As programs write it: `aws.eks.Addon`, `random.RandomPassword`; for Kubernetes only the kind. */
export function shortType(type: string): string {
  const [provider = "", path = "", name = ""] = type.split(":");
  if (path === "providers") return `${name} provider`;
  if (provider === "pulumi") return name;
  if (isKubernetesObject(type)) return name;
  const module = path.split("/")[0]?.replace("helm.sh", "helm");
  if (provider === "kubernetes") return `${module}.${name}`;
  return [provider, module === "index" ? "" : module, name].filter(Boolean).join(".");
}

/** Finds types by their last part, whoever provides them: `ofType("Vpc")` finds `aws:ec2/vpc:Vpc`. */
export function ofType(...names: readonly string[]): RegExp {
  return new RegExp(`:(${names.join("|")})$`);
}

/** `next-on-eks:aws:Network` is `Network`. */
export function componentType(type: string): string {
  return type.slice(type.lastIndexOf(":") + 1);
}

/** Whether a resource is a part of a component of this program: `NextApp`. */
export function isPartOf(
  { parent }: { readonly parent: string | null },
  component: string,
): boolean {
  return parent?.includes(`:${component}::`) === true;
}

/** Whether it is one of this program's components, which groups its resources. */
export function isComponent(type: string): boolean {
  return type.startsWith(`${PROJECT}:`);
}
