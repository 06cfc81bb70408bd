import { either, setCommand } from "../../config/messages/commands";
import type { Problem } from "../../config/messages/problems";

/** What was found in a cluster. `owner`: the stack of this project whose name it carries. */
export interface FoundCluster {
  readonly namespaces: readonly FoundNamespace[];
  readonly classes: readonly FoundClass[];
  readonly ingresses: readonly FoundIngress[];
}
export interface FoundNamespace {
  readonly name: string;
  readonly owner: string | undefined;
}
export interface FoundClass {
  readonly name: string;
  readonly controller: string;
  readonly isDefault: boolean;
  readonly releaseNamespace: string | undefined;
}
export interface FoundIngress {
  readonly name: string;
  readonly namespace: string;
  readonly owner: string | undefined;
  readonly className: string | undefined;
  readonly rules: readonly { readonly host: string; readonly paths: readonly string[] }[];
}

/** What a stack is about to claim. */
export interface Wanted {
  /** The stack that asks: what carries its name is its own. */
  readonly owner: string;
  readonly stack: string;
  /** Its namespaces, by the key that names each. */
  readonly namespaces: readonly (readonly [key: string, name: string])[];
  /** Whether it creates the class. */
  readonly makesClass: boolean;
  readonly className: string;
  /** Its hosts, by the key that names each. */
  readonly hosts: readonly (readonly [key: string, host: string])[];
  readonly paths: readonly string[];
  /** The command that confirms taking a host anyway; undefined if that is confirmed. */
  readonly confirmHosts: string | undefined;
}

/** What prevents the deployment, and what a reader should know. */
export interface Conflicts {
  readonly problems: readonly Problem[];
  readonly warnings: readonly Omit<Problem, "remedy">[];
}

/** Source: F5, "Host and Listener collisions": the oldest resource that names a host owns it. */
const ONE_INGRESS_A_HOST = "nginx.org/ingress-controller";

export function conflictsIn(found: FoundCluster, wanted: Wanted): Conflicts {
  const there = wanted.namespaces.flatMap(([key, name]) =>
    found.namespaces.filter((it) => it.name === name).map((it) => ({ key, ...it })),
  );
  const ofOthers = there.filter(({ owner }) => owner !== undefined && owner !== wanted.owner);
  return {
    problems: [
      ...ofOthers.map((it) => ofAnotherStack(it, wanted.stack)),
      ...classTaken(found, wanted),
      ...hostsTaken(found, wanted),
    ],
    warnings: there.filter((it) => !ofOthers.includes(it)).map(takenOver),
  };
}

/** Server-side apply takes over what exists. It may be a leftover of an interrupted `up` or destroy of this stack. */
function takenOver({ key, name, owner }: Claimed): Omit<Problem, "remedy"> {
  const whose = owner === undefined ? "" : `, owned by a stack of the same name '${owner}'`;
  return {
    key,
    message: `'${name}' is in the cluster already${whose}; this stack takes it over, and pulumi destroy deletes it with everything in it.`,
  };
}

interface Claimed extends FoundNamespace {
  readonly key: string;
}

function ofAnotherStack({ key, name, owner }: Claimed, stack: string): Problem {
  return {
    key,
    message: `'${name}' is the namespace of stack '${owner}' in this cluster: two stacks in one namespace would change each other's objects.`,
    remedy: either(
      setCommand(key, `${name}-${stack}`),
      ...(key === "ingress.namespace"
        ? [
            `if the controller there should serve this site too:\n${setCommand("ingress.install", "false")}`,
          ]
        : []),
    ),
  };
}

function classTaken({ classes, namespaces }: FoundCluster, wanted: Wanted): Problem[] {
  const { className, makesClass, owner, stack } = wanted;
  const there = makesClass ? classes.find(({ name }) => name === className) : undefined;
  const own = namespaces.some((it) => it.name === there?.releaseNamespace && it.owner === owner);
  return there === undefined || own
    ? []
    : [
        {
          key: "ingress.className",
          message: `the IngressClass '${className}' is in the cluster already, from a controller ${there.releaseNamespace === undefined ? "that Helm did not install" : `in namespace '${there.releaseNamespace}'`}: Helm does not take it over.`,
          remedy: `if that controller should serve this site too:\n${either(
            setCommand("ingress.install", "false"),
            `if this site should get its own controller:\n${setCommand("ingress.className", `${className}-${stack}`)}`,
          )}`,
        },
      ];
}

function hostsTaken({ classes, ingresses }: FoundCluster, wanted: Wanted): Problem[] {
  const { className, confirmHosts, owner, hosts, paths } = wanted;
  const served = classes.find(({ name }) => name === className);
  if (confirmHosts === undefined) return [];
  const rivals = ingresses
    .filter((it) => it.owner !== owner)
    .filter(
      (it) => it.className === className || (it.className === undefined && served?.isDefault),
    );
  return hosts.flatMap(([key, host]): Problem[] => {
    const rival = rivals.find(({ rules }) =>
      rules.some(
        (rule) =>
          rule.host === host &&
          (served?.controller === ONE_INGRESS_A_HOST ||
            rule.paths.some((path) => paths.includes(path))),
      ),
    );
    return rival === undefined
      ? []
      : [
          {
            key,
            message: `'${host}' is served by the Ingress '${rival.namespace}/${rival.name}' of the same class: visitors would get the older of the two.`,
            remedy: either(
              setCommand(key, "HOST"),
              `if this site should replace it:\n${confirmHosts}`,
            ),
          },
        ];
  });
}
