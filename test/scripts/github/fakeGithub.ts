import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/*
 * As much of GitHub's REST API as the workflows use, on loopback: pull requests, comments, labels, issues; pages with a Link header.
 * What it cannot show: GitHub's own permissions, delays between a write and a list that shows it, and what its Markdown looks like.
 */

export interface FakeComment {
  readonly id: number;
  body: string;
  readonly user: { readonly login: string };
  /** Number of the pull request or issue that it stands in. */
  readonly on: number;
}
export interface FakeIssue {
  readonly number: number;
  title: string;
  body: string;
  state: "open" | "closed";
  state_reason?: string;
  readonly user: { readonly login: string };
  readonly labels: { readonly name: string }[];
  readonly pull_request?: object;
}
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface FakeLabel {
  readonly name: string;
  readonly color: string;
  readonly description: string;
}
/** What the token may write. GitHub's rules are finer: https://docs.github.com/rest/authentication/permissions-required-for-github-apps */
export type Grants = Readonly<Record<string, string>>;

/** The pull request that most tests are about. */
const PULL = 7;
export const BOT = "github-actions[bot]";
const REPOSITORY = "/repos/acme/shop";
export const NOT_FOUND: Answer = { status: 404, body: { message: "Not Found" } };
export const READ_ONLY: Answer = {
  status: 403,
  body: { message: "Resource not accessible by integration" },
};

export class FakeGithub {
  comments: FakeComment[] = [];
  issues: FakeIssue[] = [];
  /** Of the pull request. */
  labels: string[] = [];
  /** Of the repository. */
  repositoryLabels: FakeLabel[] = [];
  /** Permissions of tokens by themselves, where several jobs are at work. */
  readonly tokens = new Map<string, Grants>();
  /** Permissions of any other token, as a workflow names them. */
  grants: Grants = { "pull-requests": "write", issues: "write" };
  pull = { state: "open", head: { sha: "c0ffee1" } };
  /** Numbers of pull requests; all others are issues. */
  readonly pulls = new Set([PULL]);
  /** Who the token is. */
  login = BOT;
  readonly asked: string[] = [];
  /** Answers in the place of the API, or `undefined`: it answers itself. Called before each request. */
  before: (asked: Asked) => Answer | undefined | Promise<Answer | undefined> = () => undefined;
  /** Called after each request, before its answer is sent: what others do meanwhile. Its answer is sent instead. */
  after: (asked: Asked) => Answer | undefined = () => undefined;
  private next = 1000;
  private server: Server | undefined;

  async start(): Promise<string> {
    this.server = createServer((request, response) => {
      this.handle(request)
        .catch((error: unknown): Answer => ({ status: 500, body: { message: String(error) } }))
        .then(({ status, headers, body }) => {
          response.writeHead(status, { "content-type": "application/json", ...headers });
          response.end(
            body === undefined ? "" : typeof body === "string" ? body : JSON.stringify(body),
          );
        })
        .catch(() => response.destroy());
    });
    const { server } = this;
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return this.url;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server?.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.server?.closeAllConnections();
    this.server?.close();
  }

  /** Adds a comment, as somebody would. */
  comment(body: string, login = BOT, on = PULL): FakeComment {
    const comment = { id: this.next++, body, user: { login }, on };
    this.comments.push(comment);
    return comment;
  }

  issue(title: string, body: string, more: Partial<FakeIssue> = {}): FakeIssue {
    const issue: FakeIssue = {
      number: this.next++,
      title,
      body,
      state: "open",
      user: { login: BOT },
      labels: [],
      ...more,
    };
    this.issues.push(issue);
    return issue;
  }

  private async handle(request: IncomingMessage): Promise<Answer> {
    const { method = "GET", url = "/" } = request;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const target = new URL(url, this.url);
    const asked: Asked = {
      method,
      path: target.pathname,
      query: target.searchParams,
      body: text === "" ? {} : (JSON.parse(text) as Asked["body"]),
    };
    this.asked.push(`${method} ${target.pathname}${target.search}`);
    if (!request.headers.authorization?.startsWith("Bearer ")) {
      return { status: 401, body: { message: "Requires authentication" } };
    }
    const instead = await this.before(asked);
    if (instead) return instead;
    const token = request.headers.authorization.slice("Bearer ".length);
    const grants = this.tokens.get(token) ?? this.grants;
    if (method !== "GET" && grants[this.guards(asked)] !== "write") return READ_ONLY;
    const answer = this.answer(asked, target);
    return this.after(asked) ?? answer;
  }

  /** The permission that a write needs. */
  private guards({ path }: Asked): string {
    const [, kind, number] = path.slice(REPOSITORY.length).split("/");
    if (kind !== "issues" || number === undefined) return "issues";
    const comment = /\/comments\/(\d+)$/.exec(path)?.[1];
    const on = comment
      ? this.comments.find(({ id }) => id === Number(comment))?.on
      : Number(number);
    return on === undefined || this.pulls.has(on) ? "pull-requests" : "issues";
  }

  private answer({ method, path, body }: Asked, target: URL): Answer {
    if (!path.startsWith(REPOSITORY)) return NOT_FOUND;
    const [kind = "", ...rest] = path.slice(REPOSITORY.length + 1).split("/");
    if (kind === "pulls") return { status: 200, body: this.pull };
    if (kind === "labels") return this.oneLabel(method, rest[0], body);
    if (kind !== "issues") return NOT_FOUND;
    if (rest.length === 0) {
      return method === "POST"
        ? { status: 201, body: this.issue(text(body.title), text(body.body), labelled(body)) }
        : this.page(
            this.issues.filter(({ state }) => state === "open"),
            target,
          );
    }
    if (rest[0] === "comments") return this.oneComment(method, Number(rest[1]), body);
    if (rest[1] === "comments") return this.allComments(method, Number(rest[0]), body, target);
    if (rest[1] === "labels") return this.allLabels(method, rest[2], body, target);
    return this.oneIssue(method, Number(rest[0]), body);
  }

  private allComments(method: string, on: number, body: Asked["body"], target: URL): Answer {
    if (method !== "POST") {
      return this.page(
        this.comments.filter((comment) => comment.on === on),
        target,
      );
    }
    if (tooLong(body)) return TOO_LONG;
    return { status: 201, body: this.comment(text(body.body), this.login, on) };
  }

  /** A label of the repository. */
  private oneLabel(method: string, name: string | undefined, body: Asked["body"]): Answer {
    const wanted = method === "POST" ? text(body.name) : decodeURIComponent(name ?? "");
    const there = this.repositoryLabels.find(({ name: one }) => same(one, wanted));
    if (method !== "POST") return there ? { status: 200, body: there } : NOT_FOUND;
    if (there) return ALREADY_EXISTS;
    const label = { name: wanted, color: text(body.color), description: text(body.description) };
    this.repositoryLabels.push(label);
    return { status: 201, body: label };
  }

  private oneComment(method: string, id: number, body: Asked["body"]): Answer {
    const comment = this.comments.find((one) => one.id === id);
    if (!comment) return NOT_FOUND;
    if (method === "DELETE") {
      this.comments = this.comments.filter((one) => one !== comment);
      return { status: 204 };
    }
    if (method === "PATCH") {
      if (tooLong(body)) return TOO_LONG;
      comment.body = text(body.body);
    }
    return { status: 200, body: comment };
  }

  private allLabels(
    method: string,
    name: string | undefined,
    body: Asked["body"],
    target: URL,
  ): Answer {
    if (method === "POST") {
      const known = (wanted: string) =>
        this.repositoryLabels.find((label) => same(label.name, wanted))?.name ?? wanted;
      this.labels = [...new Set([...this.labels, ...(body.labels as string[]).map(known)])];
    } else if (method === "DELETE") {
      const label = decodeURIComponent(name ?? "");
      if (!this.labels.some((one) => same(one, label))) return NOT_FOUND;
      this.labels = this.labels.filter((one) => !same(one, label));
    }
    return this.page(
      this.labels.map((label) => ({ name: label })),
      target,
    );
  }

  private oneIssue(method: string, number: number, body: Asked["body"]): Answer {
    const issue = this.issues.find((one) => one.number === number);
    if (!issue) return NOT_FOUND;
    if (method === "PATCH") Object.assign(issue, body);
    return { status: 200, body: issue };
  }

  /** GitHub's default is 30 a page, its most 100. */
  private page(all: readonly unknown[], target: URL): Answer {
    const size = Math.min(100, Number(target.searchParams.get("per_page") ?? 30));
    const page = Number(target.searchParams.get("page") ?? 1);
    const next = new URL(target);
    next.searchParams.set("page", String(page + 1));
    return {
      status: 200,
      ...(page * size < all.length && { headers: { link: `<${next.href}>; rel="next"` } }),
      body: all.slice((page - 1) * size, page * size),
    };
  }
}

const ALREADY_EXISTS: Answer = {
  status: 422,
  body: {
    message: "Validation Failed",
    errors: [{ resource: "Label", code: "already_exists", field: "name" }],
  },
};
const TOO_LONG: Answer = {
  status: 422,
  body: {
    message: "Validation Failed",
    errors: ["body is too long (maximum is 65536 characters)"],
  },
};

/** GitHub takes labels in another case for the same. */
function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

function tooLong(body: Asked["body"]): boolean {
  return [...text(body.body)].length > 65_536;
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function labelled(body: Asked["body"]): Partial<FakeIssue> {
  return { labels: ((body.labels ?? []) as string[]).map((name) => ({ name })) };
}
