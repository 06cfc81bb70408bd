import assert from "node:assert/strict";
import { dirname } from "node:path";
import type { Answer, Built, NextServer } from "../../../runtime/test/lib/next";
import type { Origin } from "../../../runtime/test/lib/origin";
import { sleep, until } from "../../../runtime/test/lib/processes";
import { minorOf } from "./case";

type Headers = Readonly<Record<string, string>>;

interface SendOptions {
  readonly method?: string;
  readonly headers?: Headers;
  readonly body?: string;
}

/** What a site is made of; the cases share it. */
export interface Parts {
  readonly name: string;
  readonly version: string;
  readonly servers: readonly NextServer[];
  readonly origin: Origin;
  readonly built: Built;
  /** What the servers get, for one more of them. */
  readonly env: Readonly<Record<string, string>>;
}

/** One server, or some that stand for one: each request goes to the next of them. Every case has its own. */
export class Site {
  private turn = 0;
  readonly origin: Origin;

  constructor(readonly parts: Parts) {
    this.origin = parts.origin;
  }

  /** Major and minor version as a number: 16.4. */
  get version(): number {
    return minorOf(this.parts.version);
  }

  /** The folder of server.js. */
  get folder(): string {
    return dirname(this.parts.built.server);
  }

  get logs(): string {
    return this.parts.servers.map((server) => server.log).join("\n");
  }

  /** The server that stands at this place, counted round. */
  server(place: number): NextServer {
    const found = this.parts.servers[place % this.parts.servers.length];
    assert.ok(found);
    return found;
  }

  send(path: string, options: SendOptions = {}): Promise<Answer> {
    const { headers, ...rest } = options;
    return this.server(this.turn++).send(path, { ...rest, headers: { ...headers } });
  }

  get(path: string, headers: Headers = {}): Promise<Answer> {
    return this.send(path, { headers });
  }

  /** As get, and the answer is 200. */
  async page(path: string, headers: Headers = {}): Promise<Answer> {
    const answer = await this.get(path, headers);
    assert.equal(
      answer.status,
      200,
      `${path} answered ${answer.status} ${answer.body.slice(0, 200)}`,
    );
    return answer;
  }

  async value(path: string, name: string, headers: Headers = {}): Promise<number> {
    return (await this.get(path, headers)).value(name);
  }

  /** Three requests one after the other, with time for what is stored behind an answer. */
  async three(path: string, headers: Headers = {}): Promise<readonly Answer[]> {
    const answers = [];
    for (let i = 0; i < 3; i++) {
      answers.push(await this.get(path, headers));
      await this.settle();
    }
    return answers;
  }

  async values(path: string, name: string, headers: Headers = {}): Promise<readonly number[]> {
    return (await this.three(path, headers)).map((answer) => answer.value(name));
  }

  /** The one value that three requests show. */
  async same(path: string, name: string, headers: Headers = {}): Promise<number> {
    const found = await this.values(path, name, headers);
    assert.equal(new Set(found).size, 1, `${path} shows ${found.join(", ")}`);
    return found[0] ?? NaN;
  }

  /** Three requests show three values. */
  async different(path: string, name: string, headers: Headers = {}): Promise<void> {
    const found = await this.values(path, name, headers);
    assert.equal(new Set(found).size, 3, `${path} shows ${found.join(", ")}`);
  }

  /** Calls the fixture's control route, and waits for what Next.js does behind its answer. */
  async control(query: string): Promise<Answer> {
    const answer = await this.get(`/control?${query}`);
    assert.equal(answer.status, 200, `control ${query}: ${answer.status} ${answer.body}`);
    await this.settle(400);
    return answer;
  }

  settle(ms = 200): Promise<void> {
    return sleep(ms);
  }

  /** Repeats until it gives a value. */
  eventually<T>(what: string, attempt: () => Promise<T | undefined>, seconds = 12): Promise<T> {
    return until(what, seconds, async () => {
      const value = await attempt();
      if (value === undefined) await sleep(80);
      return value;
    });
  }

  /** A value above another one, within seconds, on whichever server comes first: `same` asks all of them. */
  async newer(path: string, name: string, than: number, headers: Headers = {}): Promise<number> {
    const seen = await this.eventually(`${name} above ${than} at ${path}`, async () => {
      const value = await this.value(path, name, headers);
      return value > than ? value : undefined;
    });
    await this.settle();
    return seen;
  }

  /** Waits until the origin was asked for a key this often. */
  async asked(key: string, times: number): Promise<void> {
    await this.eventually(`${times} readings of ${key}`, async () =>
      this.origin.count(key) >= times ? true : undefined,
    );
  }

  /** What onRequestError told the origin of a path. */
  async errors(path: string): Promise<readonly Record<string, unknown>[]> {
    await this.settle(300);
    return [...this.origin.reads.keys()]
      .filter((key) => key.startsWith("error "))
      .map((key) => JSON.parse(key.slice("error ".length)) as Record<string, unknown>)
      .filter((said) => String(said.path).split("?")[0] === path);
  }

  /** The RSC payload of a page; newer versions lead to the address with the hash of the headers. */
  async rsc(path: string, headers: Headers = {}): Promise<Answer> {
    const sent = { rsc: "1", ...headers };
    const answer = await this.get(path, sent);
    if (answer.status !== 307) return answer;
    return this.get(String(answer.headers.location), sent);
  }

  /** What the router fetches of a page before it is asked for: `/_tree`, or a segment of it. */
  segment(path: string, segment: string): Promise<Answer> {
    return this.rsc(path, {
      "next-router-prefetch": "1",
      "next-router-segment-prefetch": segment,
    });
  }

  /** Sends the form of a page as a browser without JavaScript does. */
  async submit(path: string, page?: string): Promise<Answer> {
    const html = page ?? (await this.page(path)).body;
    const fields = [...html.matchAll(/<input type="hidden"[^>]*>/g)].map(([tag]) => ({
      name: attribute(tag, "name"),
      value: attribute(tag, "value"),
    }));
    assert.ok(
      fields.some(({ name }) => name.startsWith("$ACTION")),
      `no server action in ${html.slice(0, 300)}`,
    );
    const parts = fields.map(
      ({ name, value }) =>
        `--fixture\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
    );
    return this.post(
      path,
      "multipart/form-data; boundary=fixture",
      `${parts.join("")}--fixture--\r\n`,
    );
  }

  /** The id of an action that a page hands to its client component. */
  async actionId(path: string, name: string): Promise<string> {
    const { body } = await this.rsc(path);
    const row = new RegExp(`"${name}":"\\$h([0-9a-f]+)"`).exec(body)?.[1];
    const id = new RegExp(`(?:^|\\n)${row}:\\{"id":"([0-9a-f]+)"`).exec(body)?.[1];
    assert.ok(id, `no action ${name} in ${body.slice(0, 2000)}`);
    return id;
  }

  /** Calls an action as the router does. */
  call(path: string, id: string, args: readonly unknown[], headers: Headers = {}): Promise<Answer> {
    return this.post(path, "text/plain;charset=UTF-8", JSON.stringify(args), {
      accept: "text/x-component",
      "next-action": id,
      ...headers,
    });
  }

  post(path: string, type: string, body: string, headers: Headers = {}): Promise<Answer> {
    const server = this.server(this.turn++);
    return server.send(path, {
      method: "POST",
      body,
      headers: { "content-type": type, origin: `http://127.0.0.1:${server.port}`, ...headers },
    });
  }

  /** The cookie that a draft is seen with. */
  async draftCookie(path = "/control?draft=1"): Promise<string> {
    const answer = await this.get(path);
    const set = [answer.headers["set-cookie"] ?? []].flat();
    const cookie = set.map((line) => line.split(";")[0]).join("; ");
    assert.match(cookie, /__prerender_bypass=./);
    return cookie;
  }
}

function attribute(tag: string, name: string): string {
  const raw = new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1] ?? "";
  return raw.replaceAll("&quot;", '"').replaceAll("&#x27;", "'").replaceAll("&amp;", "&");
}
