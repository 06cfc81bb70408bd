import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import type { CommandName, Result, Run } from "../../sites/commands";

/*
 * The Pulumi CLI, kubectl, Docker and git, as far as `npm run stack` uses them: stacks with a state, and a cluster with namespaces. What it
 * cannot show is what the real ones say and do: test/cluster/reviewSites.test.ts.
 */

interface FakeStack {
  /** Keys of the state's namespaces, by their pull request; `undefined`: a stack of another kind. */
  resources: object[];
  config?: Record<string, unknown>;
  /** Its first update was ended half-way. */
  ended?: boolean;
}
interface FakeNamespace {
  readonly name: string;
  readonly labels: Record<string, string>;
  readonly annotations?: Record<string, string>;
  readonly deletionTimestamp?: string;
}

const OK = { code: 0, text: "", stdout: "" };
const failed = (text: string): Result => ({ code: 255, text, stdout: "" });
const said = (value: unknown): Result => {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return { code: 0, text, stdout: text };
};

export class FakeCommands {
  private readonly own = mkdtempSync(join(tmpdir(), "next-on-eks-sites-"));
  /** Where the stacks' files are. */
  folder = this.own;
  readonly stacks = new Map<string, FakeStack>();
  namespaces: FakeNamespace[] = [];
  /** Namespace of each volume's claim, by the volume's name. */
  volumes: Record<string, string> = {};
  /** Images in registries, by tag. */
  readonly images = new Set<string>();
  /** Files that git knows of, and that are not committed. */
  changes = "";
  /** Every command, without what all have. */
  readonly asked: string[] = [];
  /** What a command answers in the place of the fake; it may change the fake as well. */
  instead: (command: string) => Result | undefined = () => undefined;
  /** The plain values of secrets, by stack and path. */
  readonly secrets: Record<string, string> = {};

  readonly run: Run = (name, args, { input } = {}) => {
    const words = args.filter(
      (word) => !/^--(non-interactive|yes|skip-preview|output=|request)/.test(word),
    );
    const command = [name, ...words].join(" ");
    this.asked.push(command);
    return Promise.resolve(this.instead(command) ?? this.answer(name, words, input ?? ""));
  };

  private answer(name: CommandName, words: readonly string[], input: string): Result {
    switch (name) {
      case "pulumi":
        return this.pulumi(words, input);
      case "kubectl":
        return this.kubectl(words);
      case "docker":
        return this.docker(words);
      case "git":
        return said(
          words[0] === "rev-parse" ? `${"c0ffee".repeat(7).slice(0, 40)}\n` : this.changes,
        );
    }
  }

  /** A site that is there, with its state, namespace and file. */
  site(pullRequest: number): this {
    const name = `pr-${pullRequest}`;
    this.stacks.set(name, { resources: stateOf(pullRequest) });
    this.namespaces.push(namespaceOf(pullRequest));
    writeFileSync(this.file(name), stringify({ encryptionsalt: `salt of ${name}`, config: {} }));
    return this;
  }

  file(stack: string): string {
    return join(this.folder, `Pulumi.${stack}.yaml`);
  }

  read(stack: string): {
    encryptionsalt?: string;
    config: Record<string, Record<string, unknown>>;
  } {
    return parse(readFileSync(this.file(stack), "utf8")) as ReturnType<FakeCommands["read"]>;
  }

  /** What is there of a stack: in the state, in the cluster, its file. */
  traces(stack: string): string[] {
    return [
      ...(this.stacks.has(stack) ? ["stack"] : []),
      ...(this.namespaces.some(({ name }) => name === stack) ? ["namespace"] : []),
      ...(existsSync(this.file(stack)) ? ["file"] : []),
    ];
  }

  clean(): void {
    rmSync(this.own, { recursive: true });
  }

  private pulumi(words: readonly string[], input: string): Result {
    const [verb = "", second = ""] = words;
    const stack = words[words.indexOf("--stack") + 1] ?? "";
    switch (`${verb} ${second}`.replace(/ --.*/, "")) {
      case "stack ls":
        return said(
          [...this.stacks.keys()].map((name) => ({ name, lastUpdate: "2026-12-01T10:00:00.000Z" })),
        );
      case "stack init":
        return this.init(words[2] ?? "");
      case "stack export":
        return said({ deployment: { resources: this.stacks.get(stack)?.resources } });
      case "stack output":
        return said({ url: `http://${this.host(stack)}`, loadBalancer: "10.0.0.1" });
      case "stack rm":
        this.stacks.delete(words[2] ?? "");
        rmSync(this.file(words[2] ?? ""), { force: true });
        return OK;
      case "config refresh":
        if (this.stacks.get(stack)?.ended)
          return failed("error: getting latest configuration: no previous deployment");
        writeFileSync(
          this.file(stack),
          stringify({ encryptionsalt: `salt of ${stack}`, config: this.stacks.get(stack)?.config }),
        );
        return OK;
      case "config set":
        return this.setSecret(stack, words.at(-1) ?? "", input);
      case "up":
        return this.up(stack);
      case "destroy":
        this.stacks.set(stack, { resources: [] });
        this.namespaces = this.namespaces.filter(({ name }) => name !== stack);
        return OK;
      default:
        return failed(`the fake has no pulumi ${words.join(" ")}`);
    }
  }

  private init(stack: string): Result {
    if (this.stacks.has(stack)) return failed(`stack '${stack}' already exists`);
    this.stacks.set(stack, { resources: [] });
    writeFileSync(this.file(stack), stringify({ encryptionsalt: `salt of ${stack}` }));
    return OK;
  }

  private setSecret(stack: string, path: string, value: string): Result {
    const [key = "", group = "", name = ""] = path.split(".");
    const file = this.read(stack);
    assert.equal(file.encryptionsalt, `salt of ${stack}`, "a secret without the stack's own key");
    const app = (file.config[key] ??= {});
    app[group] = { ...(app[group] as object), [name]: { secure: `v1:${value.length}:${stack}` } };
    writeFileSync(this.file(stack), stringify(file));
    this.secrets[`${stack} ${name}`] = value;
    return OK;
  }

  private up(stack: string): Result {
    const { config } = this.read(stack);
    const { pullRequest, until } = config["next-on-eks:review"] as Record<string, unknown> & {
      pullRequest: number;
    };
    this.stacks.set(stack, { resources: stateOf(pullRequest), config });
    this.namespaces = this.namespaces.filter(({ name }) => name !== stack);
    const annotations = { "next-on-eks/until": String(until) };
    this.namespaces.push(namespaceOf(pullRequest, { annotations }));
    return OK;
  }

  private host(stack: string): string {
    return String(this.read(stack).config["next-on-eks:app"]?.host);
  }

  private docker(words: readonly string[]): Result {
    const after = (option: string) => words[words.indexOf(option) + 1] ?? "";
    const digest = `sha256:${"a".repeat(64)}`;
    if (words[1] === "imagetools") {
      return this.images.has(words[3] ?? "") ? said(`${digest}\n`) : failed("not found");
    }
    this.images.add(after("--tag"));
    return OK;
  }

  private kubectl(words: readonly string[]): Result {
    const [, kind] = words.slice(words.indexOf("get"));
    if (kind === "namespaces") {
      const marked = this.namespaces.filter(({ labels }) => "next-on-eks/pull-request" in labels);
      return said({ items: marked.map((metadata) => ({ metadata })) });
    }
    const volumes = Object.entries(this.volumes).map(([name, namespace]) => ({
      metadata: { name },
      spec: { claimRef: { namespace } },
    }));
    return kind === "persistentvolumes" ? said({ items: volumes }) : failed(`no ${kind}`);
  }
}

export function namespaceOf(pullRequest: number, more: Partial<FakeNamespace> = {}): FakeNamespace {
  return {
    name: `pr-${pullRequest}`,
    labels: { "next-on-eks/pull-request": String(pullRequest) },
    annotations: { "next-on-eks/until": "2026-12-08T10:00:00Z" },
    ...more,
  };
}

export function stateOf(pullRequest: number): object[] {
  const { labels } = namespaceOf(pullRequest);
  return [
    { type: "pulumi:pulumi:Stack", urn: "urn:stack" },
    { type: "pulumi:providers:kubernetes", urn: "urn:cluster", inputs: { context: "dev-cluster" } },
    {
      type: "kubernetes:core/v1:Namespace",
      urn: "urn:namespace",
      inputs: { metadata: { labels } },
    },
    { type: "kubernetes:apps/v1:Deployment", urn: "urn:web", inputs: {} },
  ];
}
