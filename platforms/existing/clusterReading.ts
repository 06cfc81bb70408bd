import type { Kubectl } from "../../components/kubectl";
import { OWNER } from "../../model/project";
import type { FoundClass, FoundCluster, FoundIngress, FoundNamespace } from "./clusterRules";

/*
 * What a cluster contains that may belong to another stack. Without an answer nothing is known, and nothing is
 * reported.
 */

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

/** @param namespaces names of those to look for */
export async function readCluster(
  run: Kubectl,
  namespaces: readonly string[],
): Promise<FoundCluster> {
  const get = <T extends Item>(...what: string[]) => {
    const how = ["--ignore-not-found", "--output=json"];
    // No answer, or an unreadable one: a wrapper around kubectl may print its own lines.
    return run(["get", ...what, ...how])
      .then(itemsIn<T>)
      .catch((): T[] => []);
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
    // Helm marks every object with its release.
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
