import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { POD } from "../../helpers/podFolder";
import { freePort } from "../../../runtime/test/lib/processes";
import { setTimeout as sleep } from "node:timers/promises";
import { nodeFolder, NODE_VERSION } from "./versions";

export const AGENT = join(POD, "agent.cjs");

export interface Options {
  readonly cwd: string;
  readonly command?: readonly string[];
  readonly node?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** False is the negative control. */
  readonly agent?: boolean;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly at: number;
}

/** What the agent logs. */
export interface Line {
  readonly event: string;
  readonly [field: string]: unknown;
}

/** A real server as it runs in a pod, on loopback. */
export class Server {
  output = "";
  readonly exit: Promise<Exit>;
  exited: Exit | undefined;

  private constructor(
    readonly child: ChildProcess,
    readonly port: number,
    readonly adminPort: number,
  ) {
    child.stdout?.on("data", (chunk) => (this.output += String(chunk)));
    child.stderr?.on("data", (chunk) => (this.output += String(chunk)));
    this.exit = new Promise((resolve) => {
      child.once("exit", (code, signal) => {
        this.exited = { code, signal, at: Date.now() };
        resolve(this.exited);
      });
    });
  }

  static async start(options: Options): Promise<Server> {
    const [port, adminPort] = [await freePort(), await freePort()];
    const [command = "node", ...args] = options.command ?? ["node", "server.js"];
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: {
        PATH: `${nodeFolder(options.node ?? NODE_VERSION)}:${process.env.PATH}`,
        HOME: process.env.HOME,
        NEXT_TELEMETRY_DISABLED: "1",
        NODE_ENV: "production",
        PORT: String(port),
        HOSTNAME: "127.0.0.1",
        KEEP_ALIVE_TIMEOUT: "65000",
        POD_NAME: "web-abc",
        AGENT_PORT: String(adminPort),
        ...(options.agent === false ? {} : { NODE_OPTIONS: `--require ${AGENT}` }),
        ...options.env,
      },
    });
    return new Server(child, port, adminPort);
  }

  /** Until the app answers, without asking the agent. */
  async listening(): Promise<void> {
    await this.until("the app to answer", async () => (await this.get("/")).status === 200);
  }

  async ready(): Promise<void> {
    await this.until("/readyz", async () => (await this.admin("/readyz")).status === 200);
  }

  get(path: string): Promise<Response> {
    return fetch(`http://127.0.0.1:${this.port}${path}`, { headers: { connection: "close" } });
  }

  async admin(path: string, ms = 5_000): Promise<{ status: number; text: string }> {
    const response = await fetch(`http://127.0.0.1:${this.adminPort}${path}`, {
      headers: { connection: "close" },
      signal: AbortSignal.timeout(ms),
    });
    return { status: response.status, text: await response.text() };
  }

  /** The value of one metric with its labels. */
  async metric(name: string): Promise<number> {
    const { text } = await this.admin("/metrics");
    const line = text.split("\n").find((each) => each.startsWith(`${name} `));
    if (line === undefined) throw new Error(`no ${name} in\n${text}`);
    return Number(line.slice(name.length));
  }

  get lines(): Line[] {
    return this.output
      .split("\n")
      .filter((line) => line.includes(`"source":"pod-agent"`))
      .map((line) => JSON.parse(line) as Line);
  }

  /** The fields of an event. */
  logged(event: string): Line | undefined {
    return this.lines.find((line) => line.event === event);
  }

  signal(signal: NodeJS.Signals = "SIGTERM"): number {
    this.child.kill(signal);
    return Date.now();
  }

  /** Tells it to end; when it took the order, which a busy machine may delay. */
  async drain(): Promise<number> {
    this.signal();
    const begun = () => this.logged("drain begin")?.time;
    await this.until("the drain", async () => begun() !== undefined);
    return Date.parse(String(begun()));
  }

  async until(what: string, check: () => Promise<boolean>, seconds = 30): Promise<void> {
    const deadline = Date.now() + seconds * 1000;
    while (Date.now() < deadline && !this.exited) {
      if (await check().catch(() => false)) return;
      await sleep(50);
    }
    throw new Error(`waited for ${what} in vain; output:\n${this.output}`);
  }

  async exitWithin(seconds: number): Promise<Exit> {
    const late = sleep(seconds * 1000).then(() => {
      throw new Error(`still running after ${seconds} s; output:\n${this.output}`);
    });
    return Promise.race([this.exit, late]);
  }

  async kill(): Promise<void> {
    if (this.exited) return;
    this.child.kill("SIGKILL");
    await this.exit;
  }
}
