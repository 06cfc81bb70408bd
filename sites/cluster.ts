import { PULL_REQUEST, UNTIL } from "../model/reviewSite";
import { output, type Run } from "./commands";

/** A namespace that carries the mark of a review site. */
export interface SiteNamespace {
  readonly name: string;
  readonly pullRequest: number;
  /** When the site is to be removed; undefined if the mark cannot be read. */
  readonly until: Date | undefined;
  /** Since when it has been going; undefined: it stays. */
  readonly goingSince: Date | undefined;
}

interface Meta {
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly deletionTimestamp?: string;
}

interface List<T> {
  readonly items: readonly ({ readonly metadata: Meta } & T)[];
}

interface Volume {
  readonly spec?: { readonly claimRef?: { readonly namespace?: string } };
}

/** A cluster, by kubectl. What cannot be read is an error, never "there is nothing". */
export class Cluster {
  /** @param context of the kubeconfig; undefined: the current one */
  constructor(
    private readonly run: Run,
    readonly context: string | undefined,
  ) {}

  /** The namespaces of all review sites. */
  async sites(): Promise<SiteNamespace[]> {
    const { items } = await this.get<object>("namespaces", "--selector", PULL_REQUEST);
    return items.map(({ metadata: { name, labels, annotations, deletionTimestamp } }) => ({
      name,
      pullRequest: Number(labels?.[PULL_REQUEST]),
      until: timeOf(annotations?.[UNTIL]),
      goingSince: timeOf(deletionTimestamp),
    }));
  }

  /** Names of the volumes that belong to a claim of a namespace, also of one that is gone. */
  async volumesOf(namespace: string): Promise<string[]> {
    const { items } = await this.get<Volume>("persistentvolumes");
    return items
      .filter(({ spec }) => spec?.claimRef?.namespace === namespace)
      .map(({ metadata }) => metadata.name);
  }

  /** kubectl on this cluster, as a user would type it. */
  command(...args: readonly string[]): string {
    return ["kubectl", ...this.where, ...args].join(" ");
  }

  private async get<T>(...what: string[]): Promise<List<T>> {
    const args = [...this.where, "get", ...what, "--output=json", "--request-timeout=30s"];
    return JSON.parse(await output(this.run, "kubectl", args)) as List<T>;
  }

  private get where(): string[] {
    return this.context === undefined ? [] : ["--context", this.context];
  }
}

function timeOf(text: string | undefined): Date | undefined {
  const time = new Date(text ?? "");
  return Number.isNaN(time.getTime()) ? undefined : time;
}
