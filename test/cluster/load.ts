import http from "node:http";
import { HOST } from "./settings";

/*
 * Visitors: some keep their connection, some come on a new one each time; they get pages, streams and JSON, and post.
 * A GET that meets a reset on a kept connection is sent again once, as browsers do. A POST is not.
 */

export interface LoadOptions {
  /** Address of the load balancer. */
  readonly address: string;
  /** Releases that may answer. */
  readonly releases: readonly string[];
  /** Requests to send at least; the load goes on until `stop` all the same. */
  readonly requests: number;
  /** Visitors at the same time. Default 10. */
  readonly clients?: number;
  /** Pause of a visitor between two requests. Default 60 ms. */
  readonly pauseMilliseconds?: number;
}

/** One answer, or the lack of one. */
export interface Sample {
  readonly kind: Kind;
  /** Milliseconds since the epoch. */
  readonly start: number;
  readonly end: number;
  readonly release?: string;
  /** What was wrong. */
  readonly problem?: string;
  /** A POST that met nginx's close of a kept connection. Browsers do not send it again, and neither does nginx. */
  readonly postReset?: boolean;
}

export interface Outcome {
  readonly samples: readonly Sample[];
  /** Without the POSTs of `postResets`. */
  readonly failed: readonly Sample[];
  readonly postResets: number;
  /** GETs that met a reset on a kept connection and were sent again. */
  readonly again: number;
}

type Kind = "json" | "page" | "stream" | "post";

interface Check {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly body?: string;
  readonly status: number;
  /** The release that answered, or what is wrong with the answer. */
  readonly read: (body: string) => string | Error | undefined;
}

const releaseOfPage = (body: string): string | Error => {
  const release = /data-testid="release"[^>]*>([^<]+)</.exec(body)?.[1];
  if (!body.includes("</html>")) return new Error(`page cut after ${body.length} characters`);
  return release ?? new Error("page without a release");
};

const CHECKS: Record<Kind, Check> = {
  json: {
    method: "GET",
    path: "/api/pod",
    status: 200,
    read: (body) => (JSON.parse(body) as { release: string }).release,
  },
  page: { method: "GET", path: "/", status: 200, read: releaseOfPage },
  stream: {
    method: "GET",
    path: "/stream",
    status: 200,
    read: (body) => (body.includes("chunk-3") ? releaseOfPage(body) : new Error("stream cut")),
  },
  // With a body, which has to arrive.
  post: {
    method: "POST",
    path: "/api/revalidate",
    body: JSON.stringify({ tag: "load" }),
    status: 200,
    read: (body) => {
      const { revalidated, tag } = JSON.parse(body) as { revalidated: boolean; tag: string };
      return revalidated && tag === "load" ? undefined : new Error(`body ${body}`);
    },
  },
};

/** What a visitor does, over and over: mostly JSON and pages, each fifth request a POST, few streams. */
const ROUND: readonly Kind[] = [
  ...(["json", "page", "json", "json", "post"] as const),
  ...(["json", "page", "json", "page", "post"] as const),
  ...(["json", "json", "page", "json", "post"] as const),
  ...(["json", "page", "json", "json", "post", "stream"] as const),
];

export class Load {
  private readonly samples: Sample[] = [];
  private again = 0;
  private stopping = false;
  private readonly visitors: Promise<void>[];

  constructor(private readonly options: LoadOptions) {
    const { clients = 10, pauseMilliseconds = 60 } = options;
    this.visitors = Array.from({ length: clients }, (_, index) =>
      this.visitor(index, pauseMilliseconds, () => this.done),
    );
  }

  /** More visitors at once; the function that this gives sends them away, and is done when the last has left. */
  crowd(clients: number, pauseMilliseconds: number): () => Promise<unknown> {
    let over = false;
    const visitors = Array.from({ length: clients }, (_, index) =>
      this.visitor(index, pauseMilliseconds, () => over || this.stopping),
    );
    this.visitors.push(...visitors);
    return () => {
      over = true;
      return Promise.all(visitors);
    };
  }

  /** Ends the load, once enough requests were sent. */
  async stop(): Promise<Outcome> {
    this.stopping = true;
    await Promise.all(this.visitors);
    const { samples, again } = this;
    const problems = samples.filter(({ problem }) => problem !== undefined);
    const failed = problems.filter(({ postReset }) => !postReset);
    return { samples, again, failed, postResets: problems.length - failed.length };
  }

  private get done(): boolean {
    return this.stopping && this.samples.length >= this.options.requests;
  }

  private async visitor(index: number, milliseconds: number, over: () => boolean): Promise<void> {
    // Two of three keep their connection.
    const agent = index % 3 === 2 ? undefined : new http.Agent({ keepAlive: true, maxSockets: 1 });
    for (let turn = index; !over(); turn++) {
      this.samples.push(await this.visit(ROUND[turn % ROUND.length] ?? "json", agent));
      await pause(milliseconds);
    }
    agent?.destroy();
  }

  private async visit(kind: Kind, agent: http.Agent | undefined): Promise<Sample> {
    const start = Date.now();
    let answer = await this.send(CHECKS[kind], agent);
    if (answer instanceof ResetOnKept && CHECKS[kind].method === "GET") {
      this.again++;
      answer = await this.send(CHECKS[kind], agent);
    }
    const sample = { kind, start, end: Date.now() };
    if (answer instanceof Error) {
      const postReset = answer instanceof ResetOnKept && CHECKS[kind].method === "POST";
      return { ...sample, problem: answer.message, postReset };
    }
    if (answer !== undefined && !this.options.releases.includes(answer)) {
      return { ...sample, problem: `release '${answer}'` };
    }
    return { ...sample, release: answer };
  }

  private send(check: Check, agent: http.Agent | undefined): Promise<string | Error | undefined> {
    return new Promise((resolve) => {
      const call = http.request(
        {
          host: this.options.address,
          path: check.path,
          method: check.method,
          agent: agent ?? false,
          timeout: 20_000,
          headers: {
            host: HOST,
            ...(check.body !== undefined && {
              "content-type": "application/json",
              "content-length": String(Buffer.byteLength(check.body)),
            }),
          },
        },
        (response) => {
          let body = "";
          response.setEncoding("utf8");
          response.on("data", (chunk: string) => (body += chunk));
          response.on("error", (error) => resolve(new Error(`cut: ${error.message}`)));
          response.on("end", () => resolve(judge(check, response, body)));
        },
      );
      call.on("timeout", () => call.destroy(new Error("no answer within 20 s")));
      call.on("error", (error: NodeJS.ErrnoException) => {
        const reset = error.code === "ECONNRESET" || error.code === "EPIPE";
        const text = `${check.method} ${check.path}: ${error.code ?? ""} ${error.message}`;
        resolve(reset && call.reusedSocket ? new ResetOnKept(text) : new Error(text));
      });
      call.end(check.body);
    });
  }
}

class ResetOnKept extends Error {}

function judge(
  check: Check,
  { statusCode }: http.IncomingMessage,
  body: string,
): string | Error | undefined {
  if (statusCode !== check.status) return new Error(`${check.path}: status ${statusCode}`);
  try {
    return check.read(body);
  } catch (error) {
    return new Error(`${check.path}: ${String(error)}`);
  }
}

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));
