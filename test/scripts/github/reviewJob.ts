import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FakeGithub, NOT_FOUND, type Answer, type Asked } from "./fakeGithub";
import { NO_WAITING } from "./job";
import { load, runScript, type Api } from "./load";

type Place = import("../../../scripts/github/comments.mjs").Place;

/** A pull request, as GitHub has it now. */
export interface FakePull {
  readonly number: number;
  state: "open" | "closed";
  labels: readonly string[];
  commit: string;
  author: string;
  /** OWNER/NAME of the head; null: a fork that is deleted. */
  from: string | null;
  /** Who has pushed to its branch, the newest last; default: its author. */
  pushedBy?: readonly string[];
}

export function pull(number: number, more: Partial<FakePull> = {}): FakePull {
  return {
    number,
    state: "open",
    labels: ["preview"],
    commit: "c0ffee1c0ffee1c0ffee1c0ffee1c0ffee1c0ffe",
    author: "ada",
    from: "acme/shop",
    ...more,
  };
}

/** Environments, as they are to be set up. */
export const ENVIRONMENTS: Readonly<Record<string, unknown>> = {
  review: { deployment_branch_policy: { protected_branches: false, custom_branch_policies: true } },
  "review/deployment-branch-policies": { branch_policies: [{ name: "main", type: "branch" }] },
  "review-approval": {
    protection_rules: [{ type: "required_reviewers", reviewers: [{ type: "User" }] }],
  },
};

/** Jobs of the workflows of review sites: GitHub with many pull requests, and the scripts as processes. */
export class ReviewJob {
  readonly github = new FakeGithub();
  pulls: FakePull[] = [];
  environments: Record<string, unknown> = {};
  readonly folder = mkdtempSync(join(tmpdir(), "next-on-eks-review-"));

  private api: Api | undefined;

  async start(): Promise<void> {
    this.api ??= await load<Api>("api.mjs");
    this.environments = { ...ENVIRONMENTS };
    this.pulls = [];
    this.github.asked.length = 0;
    this.github.before = (asked) => this.answer(asked);
    await this.github.start();
  }

  stop(): void {
    this.github.stop();
  }

  clean(): void {
    rmSync(this.folder, { recursive: true });
  }

  /** One of the pull requests, as the scripts ask GitHub for it. */
  place(pull: number): Place {
    if (this.api === undefined) throw new Error("the job has not started");
    const client = this.api.client({ token: "t", url: this.github.url, ...NO_WAITING });
    return { client, repository: "acme/shop", pull, author: "bot" };
  }

  file(name: string, content: unknown): string {
    const path = join(this.folder, name);
    writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
    return path;
  }

  read(name: string): string {
    return readFileSync(join(this.folder, name), "utf8");
  }

  /** `node scripts/github/NAME.mjs ARGUMENTS`, with what it prints and its outputs. */
  async run(name: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    const output = this.file("output", "");
    const { code, told } = await runScript(`${name}.mjs`, args, {
      cwd: this.folder,
      env: {
        GITHUB_API_URL: this.github.url,
        GITHUB_SERVER_URL: "https://github.test",
        GITHUB_RUN_ID: "42",
        GITHUB_OUTPUT: output,
        GITHUB_ENV: join(this.folder, "env"),
        RUNNER_TEMP: this.folder,
        ...env,
      },
    });
    const lines = readFileSync(output, "utf8").split("\n").filter(Boolean);
    const outputs = Object.fromEntries(
      lines.map((line) => [line.split("=")[0], line.slice(line.indexOf("=") + 1)]),
    ) as Record<string, string>;
    return { code, told, outputs };
  }

  private answer({ method, path, query }: Asked): Answer | undefined {
    const [kind, rest, ...more] = path.split("/").slice(4);
    if (method !== "GET") return undefined;
    if (kind === "pulls" && rest === undefined) {
      const open = this.pulls.filter(({ state }) => state === "open");
      return { status: 200, body: open.map(asGithub) };
    }
    if (kind === "pulls") {
      const found = this.pulls.find(({ number }) => number === Number(rest));
      return found ? { status: 200, body: asGithub(found) } : NOT_FOUND;
    }
    if (kind === "activity") return { status: 200, body: this.pushes(query.get("ref") ?? "") };
    if (kind !== "environments") return undefined;
    const found = this.environments[[rest, ...more].join("/")];
    return found ? { status: 200, body: found } : NOT_FOUND;
  }

  private pushes(ref: string): object[] {
    const found = this.pulls.find((one) => ref === `refs/heads/${branchOf(one)}`);
    if (found === undefined) return [];
    const { pushedBy = [found.author], commit } = found;
    return pushedBy
      .map((login, at) => ({
        activity_type: "push",
        actor: { login },
        after: at === pushedBy.length - 1 ? commit : `${at}`.padStart(40, "0"),
      }))
      .reverse();
  }
}

/** A name that would be more than a name in a shell or an address. */
function branchOf({ number }: FakePull): string {
  return `fix/$(id)&ref=${number}`;
}

function asGithub(pull: FakePull): object {
  const { number, state, labels, commit, author, from } = pull;
  return {
    number,
    state,
    labels: labels.map((name) => ({ name })),
    head: { ref: branchOf(pull), sha: commit, repo: from === null ? null : { full_name: from } },
    user: { login: author },
  };
}
