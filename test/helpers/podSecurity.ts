/*
 * Checks a pod against the Pod Security Standard `restricted`, with `baseline`, which it includes.
 * Source: Kubernetes, "Pod Security Standards", the table of each profile.
 */

type Fields = Readonly<Record<string, unknown>>;

interface SecurityContext extends Fields {
  readonly privileged?: boolean;
  readonly allowPrivilegeEscalation?: boolean;
  readonly readOnlyRootFilesystem?: boolean;
  readonly runAsNonRoot?: boolean;
  readonly runAsUser?: number;
  readonly procMount?: string;
  readonly capabilities?: { readonly add?: readonly string[]; readonly drop?: readonly string[] };
  readonly seccompProfile?: { readonly type?: string };
  readonly appArmorProfile?: { readonly type?: string };
  readonly seLinuxOptions?: Fields;
  readonly windowsOptions?: Fields;
  readonly sysctls?: readonly { readonly name: string }[];
}

interface Handler {
  readonly httpGet?: Fields;
  readonly tcpSocket?: Fields;
}

export interface Container extends Fields {
  readonly name: string;
  readonly securityContext?: SecurityContext;
  readonly ports?: readonly Fields[];
  readonly startupProbe?: Handler;
  readonly livenessProbe?: Handler;
  readonly readinessProbe?: Handler;
  readonly lifecycle?: { readonly preStop?: Handler; readonly postStart?: Handler };
}

export interface Pod extends Fields {
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly ephemeralContainers?: readonly Container[];
  readonly volumes?: readonly Fields[];
  readonly securityContext?: SecurityContext;
}

/** The pod that a Deployment's inputs describe. */
export function podOf(inputs: Fields): Pod {
  return (inputs as { spec: { template: { spec: Pod } } }).spec.template.spec;
}

/** What the namespace would refuse the pod for; empty where it is admitted. */
export function violations(pod: Pod): string[] {
  const containers = [
    ...pod.containers,
    ...(pod.initContainers ?? []),
    ...(pod.ephemeralContainers ?? []),
  ];
  const found = [
    ...["hostNetwork", "hostPID", "hostIPC"].filter((field) => pod[field] === true),
    ...(pod.volumes ?? []).flatMap(volumeViolations),
    ...contextViolations(pod.securityContext ?? {}),
    ...(pod.securityContext?.sysctls ?? [])
      .filter(({ name }) => !SAFE_SYSCTLS.has(name))
      .map(({ name }) => `sysctl ${name}`),
  ];
  return [
    ...found.map((text) => `pod: ${text}`),
    ...containers.flatMap((container) =>
      containerViolations(container, pod.securityContext ?? {}).map(
        (text) => `${container.name}: ${text}`,
      ),
    ),
  ];
}

const VOLUME_TYPES = new Set([
  "configMap",
  "csi",
  "downwardAPI",
  "emptyDir",
  "ephemeral",
  "persistentVolumeClaim",
  "projected",
  "secret",
]);
const SAFE_SYSCTLS = new Set([
  "kernel.shm_rmid_forced",
  "net.ipv4.ip_local_port_range",
  "net.ipv4.ip_local_reserved_ports",
  "net.ipv4.ip_unprivileged_port_start",
  "net.ipv4.ping_group_range",
  "net.ipv4.tcp_fin_timeout",
  "net.ipv4.tcp_keepalive_intvl",
  "net.ipv4.tcp_keepalive_probes",
  "net.ipv4.tcp_keepalive_time",
  "net.ipv4.tcp_rmem",
  "net.ipv4.tcp_syncookies",
  "net.ipv4.tcp_wmem",
]);
const SELINUX_TYPES = [
  "",
  "container_t",
  "container_init_t",
  "container_kvm_t",
  "container_engine_t",
];

function volumeViolations({ name, ...sources }: Fields): string[] {
  return Object.keys(sources)
    .filter((type) => !VOLUME_TYPES.has(type))
    .map((type) => `volume ${String(name)} is a ${type}`);
}

/** What holds for the security context of a pod as for that of a container. */
function contextViolations(context: SecurityContext): string[] {
  const seccomp = context.seccompProfile?.type;
  const appArmor = context.appArmorProfile?.type;
  const { type = "", user = "", role = "" } = context.seLinuxOptions ?? {};
  return [
    ...(context.windowsOptions?.hostProcess === true ? ["hostProcess"] : []),
    ...(context.runAsNonRoot === false ? ["runAsNonRoot false"] : []),
    ...(context.runAsUser === 0 ? ["runAsUser 0"] : []),
    ...(seccomp !== undefined && !["RuntimeDefault", "Localhost"].includes(seccomp)
      ? [`seccomp ${seccomp}`]
      : []),
    ...(appArmor !== undefined && !["RuntimeDefault", "Localhost"].includes(appArmor)
      ? [`AppArmor ${appArmor}`]
      : []),
    ...(SELINUX_TYPES.includes(String(type)) ? [] : [`SELinux type ${String(type)}`]),
    ...(user === "" && role === "" ? [] : ["SELinux user or role"]),
  ];
}

function containerViolations(container: Container, pod: SecurityContext): string[] {
  const own = container.securityContext ?? {};
  const { add = [], drop = [] } = own.capabilities ?? {};
  return [
    ...contextViolations(own),
    ...(own.privileged === true ? ["privileged"] : []),
    ...(own.allowPrivilegeEscalation === false ? [] : ["allowPrivilegeEscalation is not false"]),
    ...(drop.includes("ALL") ? [] : ["capabilities are not dropped"]),
    ...add.filter((name) => name !== "NET_BIND_SERVICE").map((name) => `capability ${name}`),
    ...((own.runAsNonRoot ?? pod.runAsNonRoot) === undefined ? ["runAsNonRoot is not set"] : []),
    ...((own.seccompProfile ?? pod.seccompProfile) === undefined ? ["seccomp is not set"] : []),
    ...((own.procMount ?? "Default") === "Default" ? [] : [`procMount ${own.procMount}`]),
    ...(container.ports ?? [])
      .filter(({ hostPort = 0 }) => hostPort !== 0)
      .map(({ hostPort }) => `host port ${String(hostPort)}`),
    ...handlersOf(container)
      .filter(({ httpGet, tcpSocket }) => httpGet?.host ?? tcpSocket?.host)
      .map(() => "host in a probe or hook"),
  ];
}

function handlersOf(container: Container): Handler[] {
  const { startupProbe, livenessProbe, readinessProbe, lifecycle } = container;
  return [
    startupProbe,
    livenessProbe,
    readinessProbe,
    lifecycle?.preStop,
    lifecycle?.postStart,
  ].filter((handler) => handler !== undefined);
}
