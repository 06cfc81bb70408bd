import { connect, type Socket } from "node:net";

/** One kept HTTP/1.1 connection whose bytes and end are watched, which no client library allows. */
export class Connection {
  received = "";
  closedAt: number | undefined;
  error: string | undefined;
  readonly closed: Promise<void>;

  private constructor(readonly socket: Socket) {
    socket.setEncoding("latin1");
    socket.on("data", (chunk) => (this.received += String(chunk)));
    socket.on("error", (error) => (this.error = error.message));
    this.closed = new Promise((resolve) => {
      socket.once("close", () => {
        this.closedAt = Date.now();
        resolve();
      });
    });
  }

  static async open(port: number): Promise<Connection> {
    const socket = connect(port, "127.0.0.1");
    const connection = new Connection(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("error", reject);
    });
    return connection;
  }

  get(path: string): void {
    this.socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  }

  /** The answer's head, and all that has come after it. */
  async answer(end: string | RegExp, seconds = 20): Promise<{ head: string; body: string }> {
    const deadline = Date.now() + seconds * 1000;
    const found = (): boolean =>
      typeof end === "string" ? this.received.includes(end) : end.test(this.received);
    while (!found()) {
      if (this.closedAt !== undefined || Date.now() > deadline) {
        throw new Error(`no ${String(end)} in "${this.received}" (${this.error ?? "no error"})`);
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    const at = this.received.indexOf("\r\n\r\n");
    return { head: this.received.slice(0, at), body: this.received.slice(at + 4) };
  }
}
