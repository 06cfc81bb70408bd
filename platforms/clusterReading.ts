import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { OWNER } from "../components/labels";
import type { FoundClass, FoundCluster, FoundIngress, FoundNamespace } from "./clusterRules";

/*
 * What a cluster holds that another stack may hold too. Asked by kubectl, which signs in as the Kubernetes provider does: the
 * same kubeconfig and context, plugins for credentials among it. Without kubectl, without an answer or without the right to see
 * something nothing is known, and nothing is said.
 */

const REQUEST_SECONDS = 5;
const LARGEST_ANSWER = 64 * 1024 * 1024;

interface Meta {
  readonly name: string;
  readonly namespace?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}
interface Item {
  readonly metadata: Meta;
}
interface ClassItem extends Item {
  readonly spec?: { readonly controller?: string };
}
interface IngressItem extends Item {
  readonly spec?: {
    readonly ingressClassName?: string;
    readonly rules?: readonly {
      readonly host?: string;
      readonly http?: { readonly paths?: readonly { readonly path?: string }[] };
    }[];
  };
}

/** Runs kubectl, and gives its standard output. */
export type Kubectl = (args: readonly string[]) => Promise<string>;

/**
 * @param context of the kubeconfig; undefined: the current one
 * @param namespaces names of those to look for
 */
export async function readCluster(
  context: string | undefined,
  namespaces: readonly string[],
  run: Kubectl = kubectl,
): Promise<FoundCluster> {
  const get = <T extends Item>(...what: string[]) => {
    const where = context === undefined ? [] : ["--context", context];
    const how = ["--ignore-not-found", "--output=json", `--request-timeout=${REQUEST_SECONDS}s`];
    return run(["get", ...what, ...where, ...how]).then(itemsIn<T>, (): T[] => []);
  };
  const [named, classes, ingresses] = await Promise.all([
    get("namespaces", ...namespaces),
    get<ClassItem>("ingressclasses"),
    get<IngressItem>("ingresses", "--all-namespaces"),
  ]);
  return {
    namespaces: named.map(namespaceOf),
    classes: classes.map(classOf),
    ingresses: ingresses.map(ingressOf),
  };
}

const kubectl: Kubectl = async (args) => {
  const options = { timeout: 2 * REQUEST_SECONDS * 1000, maxBuffer: LARGEST_ANSWER };
  const { stdout } = await promisify(execFile)("kubectl", [...args], options);
  return stdout;
};

/** kubectl prints nothing, an object or a list of them. */
function itemsIn<T extends Item>(text: string): T[] {
  if (text.trim() === "") return [];
  const answer = JSON.parse(text) as T & { readonly items?: T[] };
  return answer.items ?? [answer];
}

function namespaceOf({ metadata: { name, annotations } }: Item): FoundNamespace {
  return { name, owner: annotations?.[OWNER] };
}

function classOf({ metadata: { name, annotations }, spec }: ClassItem): FoundClass {
  return {
    name,
    controller: spec?.controller ?? "",
    isDefault: annotations?.["ingressclass.kubernetes.io/is-default-class"] === "true",
    // Helm notes on every object whose it is.
    releaseNamespace: annotations?.["meta.helm.sh/release-namespace"],
  };
}

function ingressOf({ metadata, spec }: IngressItem): FoundIngress {
  const { name, namespace = "", annotations } = metadata;
  return {
    name,
    namespace,
    owner: annotations?.[OWNER],
    className: spec?.ingressClassName ?? annotations?.["kubernetes.io/ingress.class"],
    rules: (spec?.rules ?? []).map(({ host = "", http }) => ({
      host,
      paths: (http?.paths ?? []).map(({ path = "/" }) => path),
    })),
  };
}
