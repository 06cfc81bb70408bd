import { readFileSync } from "node:fs";
import { createServer, connect, type Server, type Socket } from "node:net";
import { freePort, run, start, temporaryFolder, until, type Started } from "./processes";

/** A real redis-server on a port of its own, without persistence. */
export class RedisServer {
  private started: Started | undefined;
  /** A replica writes what it took over to a file, which any server started in the same folder would read. */
  private readonly folder = temporaryFolder("redis");

  private constructor(
    readonly port: number,
    private readonly options: readonly string[],
  ) {}

  static async launch(options: readonly string[] = [], port?: number): Promise<RedisServer> {
    const server = new RedisServer(port ?? (await freePort()), options);
    await server.launch();
    return server;
  }

  /** A port that nothing listens on yet. */
  static async later(options: readonly string[] = []): Promise<RedisServer> {
    return new RedisServer(await freePort(), options);
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  async launch(): Promise<void> {
    this.started = start("redis-server", [
      ...[
        "--port",
        String(this.port),
        "--bind",
        "127.0.0.1",
        "--save",
        "",
        "--appendonly",
        "no",
        "--daemonize",
        "no",
        "--dir",
        this.folder,
      ],
      ...this.options,
    ]);
    await until(`redis-server on ${this.port}`, 10, async () => {
      const answer = await this.command("PING").catch(() => "");
      return /PONG|NOAUTH/.test(answer) ? true : undefined;
    });
  }

  async command(...args: readonly string[]): Promise<string> {
    return (await run("redis-cli", ["-p", String(this.port), ...args])).trim();
  }

  signal(signal: NodeJS.Signals): void {
    this.started?.child.kill(signal);
  }

  /** Once this is over it answers nothing, until SIGCONT. */
  async hang(): Promise<void> {
    this.signal("SIGSTOP");
    const file = `/proc/${this.started?.child.pid}/stat`;
    // the state stands behind the name of the program: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
    await until("redis-server to stop", 5, async () =>
      /\) T /.test(readFileSync(file, "utf8")) ? true : undefined,
    );
  }

  async kill(): Promise<void> {
    await this.started?.end("SIGKILL");
  }

  async restart(): Promise<void> {
    await this.kill();
    await this.launch();
  }
}

/** A TCP proxy in front of Redis: adds a delay, or changes where it leads. */
export class Proxy {
  private readonly sockets = new Set<Socket>();
  delayMs = 0;
  /** Changes what clients send, which is text as long as no page is in it; the length has to stay. */
  mangle: ((text: string) => string) | undefined;

  /** What waits while nothing gets through. */
  private waiting: (() => void)[] | undefined;

  private constructor(
    private readonly server: Server,
    readonly port: number,
    private target: number,
  ) {}

  static async launch(target: number): Promise<Proxy> {
    const port = await freePort();
    const server = createServer();
    const proxy = new Proxy(server, port, target);
    server.on("connection", (socket) => proxy.accept(socket));
    await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", () => resolve()));
    return proxy;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** As a failover does: connections end, and new ones reach the other server. */
  moveTo(target: number): void {
    this.target = target;
    for (const socket of this.sockets) socket.destroy();
  }

  /** As a network that is split: nothing gets through, also not the end of a connection, and nobody is told. */
  cut(): void {
    this.waiting = [];
  }

  /** What was sent meanwhile arrives now, as TCP sends it again. */
  join(): void {
    const all = this.waiting ?? [];
    this.waiting = undefined;
    for (const send of all) send();
  }

  async close(): Promise<void> {
    this.join();
    for (const socket of this.sockets) socket.destroy();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private accept(client: Socket): void {
    const server = connect(this.target, "127.0.0.1");
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      this.sockets.add(from);
      from.setNoDelay(true);
      from.on("error", () => to.destroy());
      from.on("close", () => {
        this.sockets.delete(from);
        this.pass(() => to.destroy());
      });
      const send = (chunk: Buffer): void => {
        // the delay is on the way back only, so that one round trip costs it once
        if (this.delayMs > 0 && from === server) setTimeout(() => to.write(chunk), this.delayMs);
        else if (this.mangle && from === client)
          to.write(Buffer.from(this.mangle(chunk.toString("latin1")), "latin1"));
        else to.write(chunk);
      };
      from.on("data", (chunk) => this.pass(() => send(chunk)));
    }
  }

  private pass(send: () => void): void {
    if (this.waiting) this.waiting.push(send);
    else send();
  }
}
