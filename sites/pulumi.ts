import { setTimeout as sleep } from "node:timers/promises";
import { UsageError } from "../cli/stackConfig";
import { output, type Result, type Run } from "./commands";

/** A stack, as `pulumi stack ls` lists it. */
export interface ListedStack {
  readonly name: string;
  /** When its last update began; undefined: there was none. */
  readonly lastUpdate: Date | undefined;
  /** Pulumi Cloud knows it; other backends never say so. */
  readonly updating: boolean;
}

/** What the state of a stack has of a resource, as far as this looks at it. */
export interface StateResource {
  readonly type: string;
  readonly urn: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
}

interface Listed {
  readonly name: string;
  readonly lastUpdate?: string;
  readonly updateInProgress?: boolean;
}

/** What the state of a stack says. */
export interface State {
  /** Without the stack itself and the providers: they are nothing that could be left behind. */
  readonly resources: readonly StateResource[];
  /** Context of the kubeconfig, from the provider of the stack's cluster. */
  readonly context: string | undefined;
}

interface Exported {
  readonly deployment?: { readonly resources?: readonly StateResource[] };
}

/** What the CLI says of a file that is empty or half there. */
const HALF_WRITTEN = /\bEOF\b|unexpected end of JSON input/;
const MOST_TRIES = 5;

/** Somebody else has made the stack at the same moment. */
export class StackExists extends UsageError {}

/** The Pulumi CLI on one stack of the project. */
export class Pulumi {
  constructor(private readonly run: Run) {}

  /** Every stack of the project in the backend. */
  async stacks(): Promise<ListedStack[]> {
    const text = await this.list();
    return (JSON.parse(text) as Listed[]).map(({ name, lastUpdate, updateInProgress }) => ({
      // Pulumi Cloud may put the organization in front.
      name: name.split("/").at(-1) ?? name,
      lastUpdate: lastUpdate === undefined ? undefined : new Date(lastUpdate),
      updating: updateInProgress ?? false,
    }));
  }

  /** A backend of files lists a stack also in the moment in which another run writes its file: then it is read again. */
  private async list(): Promise<string> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.output(["stack", "ls", "--json"]);
      } catch (error) {
        if (tries === MOST_TRIES || !HALF_WRITTEN.test((error as Error).message)) throw error;
        await sleep(50 * 2 ** tries);
      }
    }
  }

  async exists(stack: string): Promise<boolean> {
    return (await this.stacks()).some(({ name }) => name === stack);
  }

  /**
   * @param secretsProvider as in the file of another stack; undefined: the backend's own
   * @throws {StackExists} if there is one of that name
   */
  async create(stack: string, secretsProvider: string | undefined): Promise<void> {
    const provider = secretsProvider === undefined ? [] : ["--secrets-provider", secretsProvider];
    try {
      await this.output(["stack", "init", stack, "--no-select", ...provider]);
    } catch (error) {
      if (!/already exists/.test((error as Error).message)) throw error;
      throw new StackExists(
        `stack '${stack}' was made by somebody else a moment ago.\n` +
          `  when that is done, to bring it up to date: npm run stack -- new ${stack} --from …`,
      );
    }
  }

  /**
   * Writes the config of the last update into the stack's file, with what decrypts its secrets.
   * @returns whether there is one: a backend of files knows none before the first update has ended
   */
  async fetchConfig(stack: string): Promise<boolean> {
    try {
      await this.output(["config", "refresh", "--force", "--stack", stack]);
      return true;
    } catch (error) {
      if (!/no previous deployment/.test((error as Error).message)) throw error;
      return false;
    }
  }

  async setSecret(stack: string, path: string, value: string): Promise<void> {
    await this.output(["config", "set", "--stack", stack, "--secret", "--path", path], value);
  }

  async state(stack: string): Promise<State> {
    const text = await this.output(["stack", "export", "--stack", stack]);
    const all = (JSON.parse(text) as Exported).deployment?.resources ?? [];
    const { context } =
      all.find(({ type }) => type === "pulumi:providers:kubernetes")?.inputs ?? {};
    return {
      resources: all.filter(({ type }) => !/^pulumi:(pulumi:Stack$|providers:)/.test(type)),
      context: typeof context === "string" ? context : undefined,
    };
  }

  async outputs(stack: string): Promise<Readonly<Record<string, string>>> {
    const text = await this.output(["stack", "output", "--json", "--stack", stack]);
    return JSON.parse(text) as Record<string, string>;
  }

  up(stack: string): Promise<Result> {
    return this.shown(["up", "--yes", "--skip-preview", "--stack", stack]);
  }

  destroy(stack: string): Promise<Result> {
    return this.shown(["destroy", "--yes", "--skip-preview", "--stack", stack]);
  }

  /** Forgets the stack, with its history and its config file. */
  async forget(stack: string): Promise<void> {
    await this.output(["stack", "rm", "--yes", stack]);
  }

  private output(args: readonly string[], input?: string): Promise<string> {
    return output(this.run, "pulumi", [...args, "--non-interactive"], { input });
  }

  private shown(args: readonly string[]): Promise<Result> {
    return this.run("pulumi", [...args, "--non-interactive"], { shown: true });
  }
}
