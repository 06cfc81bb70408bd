import { existsSync, readFileSync, statSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { output } from "../helpers/processes";
import type { Deed } from "./engineLog";
import { settings } from "./settings";

/** A line of the pretend account's event log. */
export interface AccountEvent {
  readonly t: number;
  readonly op: string;
  readonly type?: string;
  readonly name?: string;
  readonly id?: string;
  readonly urn?: string;
  readonly ok?: boolean;
  readonly err?: string;
  readonly ms?: number;
}
interface Resource {
  readonly type: string;
  readonly id: string;
  readonly gone?: boolean;
}

/** The pretend account, which tells what happened in it and what it holds. */
export const account = {
  /** Where the event log ends now. */
  mark(): number {
    return statSync(file(), { throwIfNoEntry: false })?.size ?? 0;
  },

  text(mark = 0): string {
    return readFileSync(file()).subarray(mark).toString("utf8");
  },

  events(mark = 0): AccountEvent[] {
    const lines = this.text(mark).split("\n").filter(Boolean);
    return lines.map((line) => JSON.parse(line) as AccountEvent);
  },

  /** What was done without an error, the deeds of EKS's controllers too. */
  deeds(mark: number): Deed[] {
    return this.events(mark)
      .filter(({ ok, type }) => ok !== false && type !== undefined)
      .map(({ op, type = "", name = "", t, ms = 0 }) => ({
        op: op.replace(/^elb-|^efs-csi$/, (it) => (it === "efs-csi" ? "create" : "")),
        type,
        name,
        start: t - ms,
        end: t,
      }));
  },

  /** `TYPE ID` of all that it holds. */
  resources(): string[] {
    const state = env("STANDIN_STATE");
    if (!existsSync(state)) return [];
    const { resources } = JSON.parse(readFileSync(state, "utf8")) as {
      resources: Record<string, Resource>;
    };
    return Object.values(resources)
      .filter(({ gone }) => !gone)
      .map(({ type, id }) => `${type} ${id}`);
  },

  /** The cluster's objects that a stack may make, but those in its namespaces: these go with them. */
  async clusterObjects(kubeconfig = env("STANDIN_KUBECONFIG")): Promise<string[]> {
    const kinds = [
      ...["namespaces", "persistentvolumes", "storageclasses", "ingressclasses", "clusterroles"],
      ...["clusterrolebindings", "customresourcedefinitions", "configmaps", "secrets"],
    ];
    const format = "custom-columns=K:.kind,S:.metadata.namespace,N:.metadata.name";
    const args = ["get", kinds.join(","), "-A", "--no-headers", "-o", format];
    const text = await output("kubectl", [...args, "--kubeconfig", kubeconfig]);
    return text
      .split("\n")
      .map((line) => line.trim().replace(/\s+/g, " "))
      .filter((line) => line !== "" && !line.endsWith(" kube-root-ca.crt"))
      .sort();
  },

  /** Stops the API server's process, so that it answers nobody, and lets it go on after a time. */
  async apiServerAway(seconds: number): Promise<void> {
    const pids = readFileSync(`${env("STANDIN_KUBE_DIR")}/pids`, "utf8").split("\n");
    const pid = Number(pids.find((line) => line.endsWith(" apiserver"))?.split(" ")[0]);
    process.kill(pid, "SIGSTOP");
    try {
      await sleep(seconds * 1000);
    } finally {
      process.kill(pid, "SIGCONT");
    }
  },
};

function file(): string {
  if (settings.events === undefined) throw new Error("this is no pretend account");
  return settings.events;
}

function env(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set, but STANDIN_EVENTS is`);
  return value;
}
