import { createServer, type Server } from "node:http";
import { freePort } from "./processes";

/** The data behind the pages: each read of a key gives the next number, so that newer is greater. */
export class Origin {
  private readonly values = new Map<string, number>();
  readonly reads = new Map<string, number>();
  delayMs = 0;
  /** Keys that are answered with 500. */
  readonly failing = new Set<string>();
  /** Keys whose requests are accepted and not answered until `release`. */
  readonly hanging = new Set<string>();
  private readonly held: { readonly key: string; readonly answer: () => void }[] = [];

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  static async launch(): Promise<Origin> {
    const port = await freePort();
    const server = createServer();
    const origin = new Origin(server, port);
    server.on("request", (request, response) => {
      const key = new URL(request.url ?? "/", origin.url).searchParams.get("key") ?? "";
      if (origin.failing.has(key)) response.statusCode = 500;
      const answer = origin.read(key);
      if (origin.hanging.has(key)) origin.held.push({ key, answer: () => response.end(answer) });
      else if (origin.delayMs > 0) setTimeout(() => response.end(answer), origin.delayMs);
      else response.end(answer);
    });
    server.keepAliveTimeout = 1000;
    await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", () => resolve()));
    return origin;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  private read(key: string): string {
    this.reads.set(key, (this.reads.get(key) ?? 0) + 1);
    const size = /^bytes-(\d+)$/.exec(key)?.[1];
    if (size !== undefined) return "x".repeat(Number(size));
    const value = (this.values.get(key) ?? 0) + 1;
    this.values.set(key, value);
    return String(value);
  }

  /** The counts so far, for a later origin of the same builds. */
  counts(): Record<string, number> {
    return Object.fromEntries(this.values);
  }

  /** Goes on where another origin was. */
  goOn(counts: Readonly<Record<string, number>>): void {
    for (const [key, value] of Object.entries(counts)) this.values.set(key, value);
  }

  /** How often the pages asked for a key. */
  count(key: string): number {
    return this.reads.get(key) ?? 0;
  }

  /** Requests that hang. */
  holds(key: string): number {
    return this.held.filter((held) => held.key === key).length;
  }

  /** Answers what hangs, as of when it was asked, and what comes. */
  release(): void {
    this.hanging.clear();
    for (const { answer } of this.held.splice(0)) answer();
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }
}
