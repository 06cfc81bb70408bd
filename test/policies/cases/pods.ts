import { changing, pod, server, without, type Case, type Inputs } from "../helpers";

type Change = (inputs: Inputs) => void;

/** A case of the application's Deployment. */
const ofWeb = (rule: string, breaks: string, change: Change, says: string): Case => ({
  rule,
  breaks,
  by: (plan) => changing(plan, { "Deployment web": ({ inputs }) => change(inputs) }),
  says: [`web: ${says}`],
});

const ofBudget = (breaks: string, budget: object | undefined, says: string): Case => ({
  rule: "disruption-budget",
  breaks,
  by: (plan) =>
    budget
      ? changing(plan, {
          "PodDisruptionBudget web": ({ inputs }) =>
            void (inputs.spec = { selector: inputs.spec.selector, ...budget }),
        })
      : without(plan, "PodDisruptionBudget web"),
  says: [`web: ${says}`],
});

/** What every pod must have, and whether the site stays up. */
export const podCases: readonly Case[] = [
  ofWeb(
    "pod-probes",
    "a server without probes",
    (inputs) => {
      delete server(inputs).readinessProbe;
      delete server(inputs).livenessProbe;
    },
    "container next has no readinessProbe and no livenessProbe.",
  ),
  ofWeb(
    "pod-resources",
    "a server without requests and limits",
    (inputs) => void delete server(inputs).resources,
    "container next has no resources.requests.cpu, no resources.requests.memory, no resources.limits.memory.",
  ),
  ofWeb(
    "pod-read-only-root",
    "a container that may write",
    (inputs) => void (server(inputs).securityContext.readOnlyRootFilesystem = false),
    "container next can write to its root file system.",
  ),
  {
    rule: "pod-seccomp",
    breaks: "pods without a profile, and a container with none",
    by: (plan) =>
      changing(plan, {
        "Deployment web": ({ inputs }) =>
          void (server(inputs).securityContext.seccompProfile = { type: "Unconfined" }),
        "Deployment static-assets": ({ inputs }) =>
          void delete pod(inputs).securityContext.seccompProfile,
      }),
    says: [
      "static-assets: container nginx has no seccomp profile.",
      "web: container next has the seccomp profile Unconfined.",
    ],
  },
  ofWeb(
    "pod-privileges",
    "a container with the rights of its node",
    (inputs) => {
      server(inputs).securityContext = { privileged: true, readOnlyRootFilesystem: true };
      pod(inputs).securityContext = { runAsUser: 0, seccompProfile: { type: "RuntimeDefault" } };
      pod(inputs).hostNetwork = true;
      delete pod(inputs).automountServiceAccountToken;
      pod(inputs).initContainers = [];
    },
    "container next has rights that no server needs: privileged, allowPrivilegeEscalation, capabilities, may run as root, runs as root, hostNetwork, a token for the Kubernetes API.",
  ),
  {
    rule: "one-pod",
    breaks: "an autoscaler that goes down to one pod, and one pod for files",
    by: (plan) =>
      changing(plan, {
        "HorizontalPodAutoscaler web": ({ inputs }) => void (inputs.spec.minReplicas = 1),
        "Deployment static-assets": ({ inputs }) => void (inputs.spec.replicas = 1),
      }),
    says: [
      "static-assets: runs a single pod: its loss is an outage until the next is up.",
      "web: runs a single pod: its loss is an outage until the next is up.",
    ],
  },
  ofBudget("no budget", undefined, "has 3 pods and no PodDisruptionBudget: a drain may take all."),
  ofBudget(
    "a budget that keeps all",
    { minAvailable: 3 },
    "its budget keeps 3 of at least 3 pods: no node can be drained.",
  ),
  ofBudget(
    "a budget that rounds up to all",
    { minAvailable: "70%" },
    "its budget keeps 70% of at least 3 pods: no node can be drained.",
  ),
  ofBudget(
    "a budget that lets nobody go",
    { maxUnavailable: 0 },
    "its budget lets 0 of at least 3 pods leave: no node can be drained.",
  ),
  ofBudget(
    "a budget for broken pods",
    { maxUnavailable: 1 },
    "its budget protects pods that are not ready: a broken release blocks every drain.",
  ),
  ofWeb(
    "grace-period",
    "a request that may take longer than the pod lives",
    (inputs) => void delete pod(inputs).terminationGracePeriodSeconds,
    "container next waits 15 s (preStop), and its requests may take 65 s, but it is killed after 30 s.",
  ),
  {
    rule: "grace-period",
    breaks: "a wait in a command",
    by: (plan) =>
      changing(plan, {
        "Deployment static-assets": ({ inputs }) => {
          server(inputs).lifecycle = { preStop: { exec: { command: ["sh", "-c", "sleep 90"] } } };
          pod(inputs).terminationGracePeriodSeconds = 60;
        },
      }),
    says: [
      "static-assets: container nginx waits 90 s (preStop), and its requests may take 0 s, but it is killed after 60 s.",
    ],
  },
  {
    rule: "sessions-evicted",
    breaks: "a Redis of sessions that evicts",
    by: (plan) =>
      changing(plan, {
        "ParameterGroup sessions-parameters": ({ inputs }) =>
          void (inputs.parameters = [{ name: "maxmemory-policy", value: "allkeys-lru" }]),
      }),
    says: [
      "sessions-parameters: has maxmemory-policy allkeys-lru: sessions are evicted when it is full.",
    ],
  },
  {
    rule: "sessions-evicted",
    breaks: "sessions among pages, in production",
    by: (plan) =>
      changing(plan, {
        "Stash facts": ({ inputs }) => void (inputs.input["redis.sessions"] = "shared"),
      }),
    says: [
      "web: its sessions share the Redis of the pages, which evicts keys when it is full of pages.",
    ],
  },
];
