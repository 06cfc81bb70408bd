import { SECRET_PLACEHOLDER } from "../config/schema/secrets";
import { Secret, Unknown, type RecordedResource, type Run } from "../engine/engine";
import { placeholder } from "./placeholders";
import { isKubernetesObject } from "../plan/typeNames";

/** A Kubernetes object as `kubectl apply` accepts it. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

export interface Chart {
  readonly name: string;
  readonly chart: string;
  readonly version?: string;
  readonly namespace?: string;
}

/** Which kinds must exist before others. Kinds that are not named come last. */
const ORDER = [
  "Namespace",
  "StorageClass",
  "PersistentVolume",
  "PersistentVolumeClaim",
  "ServiceAccount",
  "ConfigMap",
  "Secret",
  "Service",
  "Deployment",
  "HorizontalPodAutoscaler",
  "PodDisruptionBudget",
  "Ingress",
];

/** Every Kubernetes object of a run, in the order in which they can be applied. */
export function manifestsOf({ resources }: Run): Manifest[] {
  return resources
    .filter(({ type, read }) => !read && isKubernetesObject(type))
    .map(manifestOf)
    .sort((a, b) => rank(a) - rank(b) || (sortKey(a) < sortKey(b) ? -1 : 1));
}

/** Charts, whose objects only Helm knows. */
export function chartsOf({ resources }: Run): Chart[] {
  return resources
    .filter(({ type }) => type === "kubernetes:helm.sh/v3:Release")
    .map(({ name, inputs }) => ({ name, ...(valid(inputs, "") as Omit<Chart, "name">) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function manifestOf({ name, inputs }: RecordedResource): Manifest {
  const { apiVersion, kind, metadata, ...rest } = inputs;
  const object = kind === "Secret" ? maskedSecret(rest) : rest;
  return {
    apiVersion,
    kind,
    // Pulumi adds random letters to a name that the program does not set.
    metadata: { name, ...(valid(metadata, "metadata") as object) },
    ...(valid(object, "") as object),
  } as Manifest;
}

/** Kubernetes wants certain keys in Secrets of certain types. */
const KEYS_BY_TYPE: Readonly<Record<string, readonly string[]>> = {
  "kubernetes.io/tls": ["tls.crt", "tls.key"],
  "kubernetes.io/basic-auth": ["username", "password"],
  "kubernetes.io/ssh-auth": ["ssh-privatekey"],
};

/** The keys stay, as far as they are known; values never do, whether marked as secret or not. */
function maskedSecret({ data, stringData, ...rest }: Readonly<Record<string, unknown>>): object {
  const keys = new Set([...keysOf(data), ...keysOf(stringData)]);
  if (keys.size === 0) {
    for (const key of KEYS_BY_TYPE[rest.type as string] ?? ["computed"]) keys.add(key);
  }
  return {
    ...rest,
    stringData: Object.fromEntries([...keys].sort().map((key) => [key, SECRET_PLACEHOLDER])),
  };
}

function keysOf(value: unknown): string[] {
  if (value instanceof Secret) return keysOf(value.value);
  const known = typeof value === "object" && value !== null && !(value instanceof Unknown);
  return known ? Object.keys(value) : [];
}

/** Values that are known as they are, the others as placeholders. */
function valid(value: unknown, key: string): unknown {
  if (value instanceof Unknown) return placeholder(key, "computed");
  if (value instanceof Secret) return secretless(value.value, key);
  if (Array.isArray(value)) return value.map((item) => valid(item, ""));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, valid(item, name)]));
}

/** Maps and lists keep their form, so that the object stays valid; nothing else of them is left. */
function secretless(value: unknown, key: string): unknown {
  if (value instanceof Secret) return secretless(value.value, key);
  if (Array.isArray(value)) return value.map((item) => secretless(item, ""));
  if (typeof value !== "object" || value === null || value instanceof Unknown) {
    return placeholder(key, "secret");
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, secretless(item, name)]),
  );
}

function rank({ kind }: Manifest): number {
  const index = ORDER.indexOf(kind);
  return index < 0 ? ORDER.length : index;
}

function sortKey({ kind, metadata }: Manifest): string {
  return `${kind}/${metadata.namespace ?? ""}/${metadata.name}`;
}
