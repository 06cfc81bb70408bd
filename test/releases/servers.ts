import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import http from "node:http";
import { join } from "node:path";
import { freePort } from "../../runtime/test/lib/processes";
import { nginxRequestHead } from "../../model/heads";
import { staticAssetsConf } from "../../components/staticAssetsConf";

/** What the machine lacks for this suite, with how to get it. */
export function missing(commands: readonly string[]): string[] {
  return commands.flatMap((name) => {
    try {
      execFileSync("sh", ["-c", `command -v ${name}`], { stdio: "ignore" });
      return [];
    } catch {
      return [
        `${name} is not on PATH: apt-get install nginx-light, or your system's package of it`,
      ];
    }
  });
}

/** Processes that this suite started, and ends. */
export class Processes {
  private readonly children: ChildProcess[] = [];

  start(name: string, args: string[], env: Record<string, string>, cwd: string): Started {
    const child = spawn(name, args, {
      cwd,
      env: { PATH: process.env.PATH, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const started: Started = { child, text: "" };
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (data: Buffer) => (started.text += data.toString()));
    }
    this.children.push(child);
    return started;
  }

  async stop(child: ChildProcess, signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill(signal);
    const timer = setTimeout(() => child.kill("SIGKILL"), 10_000);
    await ended;
    clearTimeout(timer);
  }

  async stopAll(): Promise<void> {
    await Promise.all(this.children.map((child) => this.stop(child)));
  }
}

export interface Started {
  readonly child: ChildProcess;
  text: string;
}

/** nginx with a config of its own, in the foreground. */
export async function startNginx(
  processes: Processes,
  folder: string,
  conf: string,
  port: number,
): Promise<Started> {
  const file = join(folder, "nginx.conf");
  writeFileSync(file, conf);
  const nginx = processes.start(
    "nginx",
    ["-e", "stderr", "-c", file, "-g", "daemon off;"],
    {},
    folder,
  );
  await answers(port, nginx);
  return nginx;
}

/** The nginx of the static-assets pods with their config; its port. */
export async function startAssets(
  processes: Processes,
  folder: string,
  site: { volume: string; appPort: number; paths?: string[] },
): Promise<number> {
  const port = await freePort();
  const conf = staticAssetsConf(
    readFileSync(join(__dirname, "../../pod/static-assets.conf"), "utf8"),
    {
      root: site.volume,
      port,
      app: `127.0.0.1:${site.appPort}`,
      paths: site.paths ?? ["/_next/static"],
      requestHead: nginxRequestHead("32k", "behind"),
    },
  );
  await startNginx(processes, folder, inFolder(conf, folder, port), port);
  return port;
}

/** Puts a config that is for a container, which has /tmp to itself, into a folder. */
function inFolder(conf: string, folder: string, port: number): string {
  // Started by root, nginx would read files as nobody.
  const user = process.getuid?.() === 0 ? "user root;\n" : "";
  return `${user}${conf}`
    .replaceAll(/\/tmp\/(nginx\.pid|client_body|proxy|fastcgi|uwsgi|scgi)\b/g, `${folder}/$1`)
    .replace(`listen ${port};`, `listen 127.0.0.1:${port};`);
}

/** The server of a standalone build, as its container starts it. */
export async function startNext(
  processes: Processes,
  folder: string,
  more: Record<string, string> = {},
): Promise<{ port: number; server: Started }> {
  const port = await freePort();
  const env = { NODE_ENV: "production", PORT: String(port), HOSTNAME: "127.0.0.1", ...more };
  const server = processes.start(process.execPath, ["server.js"], env, folder);
  await answers(port, server);
  return { port, server };
}

async function answers(port: number, server: Started, path = "/"): Promise<void> {
  const end = Date.now() + 30_000;
  for (;;) {
    const answer = await get(port, path).catch(() => undefined);
    if (answer !== undefined) return;
    if (Date.now() > end || server.child.exitCode !== null) {
      throw new Error(`no answer on port ${port}: ${server.text}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

export function get(
  port: number,
  path: string,
  headers: Record<string, string> = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = {
      host: "127.0.0.1",
      port,
      path,
      headers,
      agent: false,
      timeout: 15_000,
      // As browsers take, not as Node.js does by default.
      maxHeaderSize: 256 * 1024,
    };
    const call = http.get(options, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("error", reject);
      response.on("end", () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(parts),
        }),
      );
    });
    call.on("timeout", () => call.destroy(new Error(`${path}: no answer within 15 s`)));
    call.on("error", reject);
  });
}

/** Runs a task for each item, a few at a time. */
export async function each<T>(
  items: readonly T[],
  task: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items[Symbol.iterator]();
  const worker = async () => {
    for (const item of queue) await task(item);
  };
  await Promise.all(Array.from({ length: 8 }, worker));
}
