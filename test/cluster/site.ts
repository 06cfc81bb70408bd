import assert from "node:assert/strict";
import http from "node:http";
import https from "node:https";
import { get, output } from "./commands";
import { HOST, NAMESPACE } from "./settings";

export interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

export interface RequestOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly tls?: boolean;
  /** Default: 80, with TLS 443. */
  readonly port?: number;
}

/** One request through the load balancer, on a connection of its own, for the site's host name. */
export function request(
  address: string,
  path: string,
  options: RequestOptions = {},
): Promise<Answer> {
  const { method = "GET", headers = {}, body, tls = false, port } = options;
  return new Promise((resolve, reject) => {
    const call = (tls ? https : http).request(
      {
        host: address,
        port,
        path,
        method,
        agent: false,
        timeout: 15_000,
        headers: { host: HOST, ...headers },
        // The certificate is the suite's own; that it is this one is checked by its subject.
        ...(tls && { servername: HOST, rejectUnauthorized: false }),
      },
      (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => (text += chunk));
        response.on("end", () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
        );
      },
    );
    call.on("timeout", () => call.destroy(new Error(`${path}: no answer within 15 s`)));
    call.on("error", reject);
    call.end(body);
  });
}

/** Sends the form of the page /action as a browser without JavaScript does, from a page of `origin`, to a port of its own. */
export async function serverAction(address: string, port: number, origin: string): Promise<Answer> {
  const host = `${HOST}:${port}`;
  const page = await request(address, "/action", { tls: true, port, headers: { host } });
  assert.equal(page.status, 200, page.body);
  const form = new FormData();
  for (const [field] of page.body.matchAll(/<input type="hidden"[^>]*>/g)) {
    const of = (name: string) => unescaped(new RegExp(` ${name}="([^"]*)"`).exec(field)?.[1] ?? "");
    form.append(of("name"), of("value"));
  }
  form.append("text", "from a port of its own");
  const encoded = new Response(form);
  return request(address, "/action", {
    method: "POST",
    tls: true,
    port,
    headers: { host, origin, "content-type": encoded.headers.get("content-type") ?? "" },
    body: await encoded.text(),
  });
}

function unescaped(html: string): string {
  const characters: Record<string, string> = { quot: '"', amp: "&", lt: "<", gt: ">", "#x27": "'" };
  return html.replace(/&(quot|amp|lt|gt|#x27);/g, (_, name: string) => characters[name] ?? "");
}

/** Milliseconds from the request until each marker, and the end, of the answer's body have arrived. */
export function arrivals(
  address: string,
  path: string,
  markers: readonly string[],
): Promise<{ markers: (number | undefined)[]; end: number }> {
  const start = Date.now();
  const seen: (number | undefined)[] = markers.map(() => undefined);
  return new Promise((resolve, reject) => {
    const options = { host: address, path, agent: false, timeout: 15_000, headers: { host: HOST } };
    const call = http.get(options, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        text += chunk;
        markers.forEach((marker, index) => {
          if (text.includes(`data-testid="${marker}"`)) seen[index] ??= Date.now() - start;
        });
      });
      response.on("end", () => resolve({ markers: seen, end: Date.now() - start }));
    });
    call.on("error", reject);
  });
}

/** Names of the ready pods of the application. */
export async function readyPods(): Promise<string[]> {
  const pods = await get("pods", "-n", NAMESPACE, "-l", "app.kubernetes.io/name=web");
  return pods
    .filter(
      ({ metadata, status }) =>
        !("deletionTimestamp" in metadata) &&
        status?.conditions?.some(({ type, status: is }) => type === "Ready" && is === "True"),
    )
    .map(({ metadata }) => metadata.name);
}

/** A request from inside one pod to itself, so that the test knows who answers. */
export async function fetchInPod(
  pod: string,
  path: string,
  init: { method?: string; body?: string } = {},
): Promise<{ status: number; body: string }> {
  const script = `fetch("http://127.0.0.1:" + process.env.PORT + ${JSON.stringify(path)}, ${JSON.stringify(init)})
    .then(async (r) => console.log(JSON.stringify({ status: r.status, body: await r.text() })))`;
  const args = ["exec", "-n", NAMESPACE, pod, "-c", "next", "--", "node", "-e", script];
  return JSON.parse(await output("kubectl", args)) as { status: number; body: string };
}

/** A visitor with a session, which the example keeps in Redis. */
export class Session {
  private cookie = "";
  private seen = 0;

  constructor(private readonly address: string) {}

  /** Comes once more: the session must have counted every visit, whichever pod answers. */
  async visit(): Promise<{ madeBy: string; pod: string }> {
    const headers = this.cookie === "" ? undefined : { cookie: this.cookie };
    const { status, headers: got, body } = await request(this.address, "/api/session", { headers });
    assert.equal(status, 200, body);
    const { count, madeBy, pod } = JSON.parse(body) as {
      count: number;
      madeBy: string;
      pod: string;
    };
    this.seen += 1;
    assert.equal(count, this.seen, "the session was lost");
    if (this.cookie === "") {
      this.cookie = (got["set-cookie"] ?? []).map((line) => line.split(";")[0]).join("; ");
    }
    return { madeBy, pod };
  }
}
