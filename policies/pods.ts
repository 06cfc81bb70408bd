import { STRICTER_IN_PRODUCTION } from "../config/rules/rule";
import { REFUSED, type Policy, type Scanners, type Violation } from "./policy";
import { inTheCode } from "./remedies";
import { at, isComputed, isNot, listOf, mapOf, type Values } from "./values";
import { containersOf, workloadsOf, type Container, type Workload } from "./workloads";

/*
 * What every pod must have. The pods of charts are not in a plan: only Helm knows them.
 */

/** What is wrong with a container of a pod; undefined: nothing. */
type ContainerCheck = (container: Container, workload: Workload) => string | undefined;

type About = Pick<Policy, "id" | "why" | "severity"> & {
  readonly scanners: Scanners;
  /** What to set, in words, and the property that says where. */
  readonly missing: readonly [what: string, property: string];
};

function ofContainers(
  { missing: [what, property], ...about }: About,
  check: ContainerCheck,
): Policy {
  return {
    ...about,
    check: (scene) =>
      workloadsOf(scene.plan).flatMap((workload) =>
        containersOf(workload).flatMap((container): Violation[] => {
          const message = check(container, workload);
          const { resource } = workload;
          if (message === undefined) return [];
          const part = container.part;
          const remedy = inTheCode(
            `set ${what} where the code makes the pods of ${resource.name}`,
            property,
          );
          return [{ resource, part, message: `${part} ${message}.`, remedy }];
        }),
      ),
  };
}

/** A Job ends by itself, and gets no requests of visitors. */
const servesNobody = ({ kind }: Workload) => kind === "Job" || kind === "CronJob";

const probes = ofContainers(
  {
    id: "pod-probes",
    why: "Without probes visitors are sent to pods that do not answer, and a server that hangs is never restarted.",
    severity: STRICTER_IN_PRODUCTION,
    scanners: {
      checkov: ["CKV_K8S_8", "CKV_K8S_9"],
      kubeLinter: ["no-liveness-probe", "no-readiness-probe"],
    },
    missing: ["the probes", "readinessProbe"],
  },
  ({ initial, spec }, workload) => {
    if (initial || servesNobody(workload)) return undefined;
    const missing = ["readinessProbe", "livenessProbe"].filter((probe) => !spec[probe]);
    return missing.length === 0 ? undefined : `has no ${missing.join(" and no ")}`;
  },
);

/** CPU has no limit on purpose: `REJECTED`. */
const WANTED = [
  ["requests", "cpu"],
  ["requests", "memory"],
  ["limits", "memory"],
] as const;

const resources = ofContainers(
  {
    id: "pod-resources",
    why: "Without requests a node takes more pods than it can run; without a memory limit one of them takes its neighbours down.",
    severity: STRICTER_IN_PRODUCTION,
    scanners: {
      checkov: ["CKV_K8S_10", "CKV_K8S_12", "CKV_K8S_13"],
      kubeLinter: ["unset-cpu-requirements", "unset-memory-requirements"],
    },
    missing: ["requests and limits", "resources:"],
  },
  ({ spec }, { pod }) => {
    const missing = WANTED.filter(([kind, what]) => !hasResource(spec, pod, kind, what));
    const words = missing.map(([kind, what]) => `resources.${kind}.${what}`);
    return words.length === 0 ? undefined : `has no ${words.join(", no ")}`;
  },
);

/**
 * A limit without a request is both, and a pod can have what its containers share.
 * Source: Kubernetes, "Resource Management for Pods and Containers".
 */
function hasResource(container: Values, pod: Values, kind: string, what: string): boolean {
  const kinds = kind === "requests" ? ["requests", "limits"] : [kind];
  return [container, pod].some((of) =>
    kinds.some((one) => at(of, "resources", one, what) !== undefined),
  );
}

const readOnlyRoot = ofContainers(
  {
    id: "pod-read-only-root",
    why: "Who breaks into a server cannot change its code or leave a tool behind where nothing can be written.",
    severity: REFUSED,
    scanners: { checkov: ["CKV_K8S_22"], kubeLinter: ["no-read-only-root-fs"] },
    missing: ["readOnlyRootFilesystem: true", "readOnlyRootFilesystem"],
  },
  ({ spec }) =>
    isNot(at(spec, "securityContext", "readOnlyRootFilesystem"), true)
      ? "can write to its root file system"
      : undefined,
);

/** What a container says of itself, else what its pod says. */
function setting(container: Container, { pod }: Workload, ...path: readonly string[]): unknown {
  return at(container.spec, "securityContext", ...path) ?? at(pod, "securityContext", ...path);
}

const seccomp = ofContainers(
  {
    id: "pod-seccomp",
    why: "The container runtime's seccomp profile blocks system calls by which programs break out of containers.",
    severity: REFUSED,
    scanners: { checkov: ["CKV_K8S_31"] },
    missing: ["the profile RuntimeDefault", "seccompProfile"],
  },
  (container, workload) => {
    const type = setting(container, workload, "seccompProfile", "type");
    if (isComputed(type) || type === "RuntimeDefault" || type === "Localhost") return undefined;
    return type === undefined
      ? "has no seccomp profile"
      : `has the seccomp profile ${String(type)}`;
  },
);

const privileges = ofContainers(
  {
    id: "pod-privileges",
    why: "A server needs no rights on its node; with them, breaking into it is breaking into the node.",
    severity: REFUSED,
    scanners: {
      checkov: [
        "CKV_K8S_16",
        "CKV_K8S_17",
        "CKV_K8S_18",
        "CKV_K8S_19",
        "CKV_K8S_20",
        "CKV_K8S_23",
        "CKV_K8S_25",
        "CKV_K8S_26",
        "CKV_K8S_27",
        "CKV_K8S_28",
        "CKV_K8S_37",
        "CKV_K8S_38",
        "CKV_K8S_39",
      ],
      kubeLinter: [
        "docker-sock",
        "drop-net-raw-capability",
        "host-ipc",
        "host-network",
        "host-pid",
        "privilege-escalation-container",
        "privileged-container",
        "run-as-non-root",
        "sensitive-host-mounts",
        "unsafe-proc-mount",
      ],
    },
    missing: ["what components/podSecurity.ts has for all pods", "ecurityContext"],
  },
  (container, workload) => {
    const found = rights(container, workload);
    return found.length === 0 ? undefined : `has rights that no server needs: ${found.join(", ")}`;
  },
);

function rights(container: Container, workload: Workload): string[] {
  const context = at(container.spec, "securityContext");
  const dropped = at(context, "capabilities", "drop");
  const added = listOf(at(context, "capabilities", "add"))
    .map(String)
    .filter(isRisky);
  const ports = listOf(container.spec.ports).filter(
    (port) => typeof at(port, "hostPort") === "number",
  );
  const found: [boolean, string][] = [
    [at(context, "privileged") === true, "privileged"],
    [isNot(at(context, "allowPrivilegeEscalation"), false), "allowPrivilegeEscalation"],
    [!isComputed(dropped) && !listOf(dropped).includes("ALL"), "capabilities"],
    [added.length > 0, `the capabilities ${added.join(", ")}`],
    [ports.length > 0, "a port of its node"],
    [at(context, "procMount") === "Unmasked", "an unmasked /proc"],
    [isNot(setting(container, workload, "runAsNonRoot"), true), "may run as root"],
    [setting(container, workload, "runAsUser") === 0, "runs as root"],
    ...hostParts(workload.pod),
    [isNot(workload.pod.automountServiceAccountToken, false), "a token for the Kubernetes API"],
  ];
  return found.filter(([is]) => is).map(([, word]) => word);
}

/** All but the one that Pod Security's "restricted" allows: to listen on a port below 1024. */
function isRisky(capability: string): boolean {
  return capability !== "NET_BIND_SERVICE";
}

function hostParts(pod: Values): [boolean, string][] {
  const paths = listOf(pod.volumes).filter((volume) => mapOf(volume).hostPath !== undefined);
  return [
    ...["hostNetwork", "hostPID", "hostIPC"].map((part): [boolean, string] => [
      pod[part] === true,
      part,
    ]),
    [paths.length > 0, "a folder of its node (hostPath)"],
  ];
}

export const podPolicies: readonly Policy[] = [
  probes,
  resources,
  readOnlyRoot,
  seccomp,
  privileges,
];
