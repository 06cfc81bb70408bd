import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { dirname, join, resolve } from "node:path";
import type { Origin } from "./origin";
import { freePort, run, start, until, type Started } from "./processes";

const ROOT = resolve(__dirname, "../../..");

/** A Next.js version with the runtime package as it is published, installed in one folder. */
export interface Installed {
  readonly version: string;
  readonly folder: string;
}

/** `npm pack` of runtime/: what the suite tests is what is published. */
export async function packRuntime(into: string): Promise<string> {
  const runtime = join(ROOT, "runtime");
  if (!existsSync(join(runtime, "node_modules", "typescript"))) {
    await run("npm", ["ci", "--no-audit", "--no-fund"], { cwd: runtime });
  }
  await run("npm", ["pack", "--pack-destination", into, "--loglevel", "error"], { cwd: runtime });
  const { version } = JSON.parse(readFileSync(join(runtime, "package.json"), "utf8")) as {
    version: string;
  };
  return join(into, `next-on-eks-runtime-${version}.tgz`);
}

export async function install(
  folder: string,
  version: string,
  packed: string,
  more: readonly string[] = [],
): Promise<Installed> {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "suite", private: true }));
  const packages = [`next@${version}`, "react", "react-dom", packed, ...more];
  await run(
    "npm",
    [
      "install",
      "--no-audit",
      "--no-fund",
      "--loglevel",
      "error",
      "--legacy-peer-deps",
      ...packages,
    ],
    { cwd: folder },
  );
  const { version: exact } = JSON.parse(
    readFileSync(join(folder, "node_modules/next/package.json"), "utf8"),
  ) as {
    version: string;
  };
  return { version: exact, folder };
}

export interface BuildOptions {
  readonly fixture: string;
  /** The folder that the fixture is in, from the root. Default: this suite's. */
  readonly fixtures?: string;
  /** A folder beside the fixture that is part of it, and of others. */
  readonly common?: string;
  /** How the shared cache is switched on. */
  readonly switch: "adapter" | "function" | "none" | "stock" | "fortedigital" | "trieb";
  readonly deploymentId?: string;
  /** Default: the version's own. */
  readonly bundler?: "webpack";
  readonly env?: Readonly<Record<string, string>>;
  /** Of the folder that it is built in. Default: a new one. */
  readonly name?: string;
}

/** One release: the standalone folder of a build, and the path of its server. */
export interface Built {
  readonly folder: string;
  readonly server: string;
  /** What follows the server's path, if it is a command. */
  readonly args?: readonly string[];
  readonly log: string;
}

/** `next start` in the app's own folder, with the config as it is then. */
export function nextStart({ folder }: Installed, built: Built): Built {
  return {
    ...built,
    folder: dirname(dirname(built.folder)),
    server: join(folder, "node_modules/next/dist/bin/next"),
    args: ["start", "--hostname", "127.0.0.1"],
  };
}

let serial = 0;

export async function build(
  installed: Installed,
  origin: Origin,
  options: BuildOptions,
): Promise<Built> {
  const name = options.name ?? `${options.fixture}-${++serial}`;
  const app = join(installed.folder, name);
  for (const part of [options.common, options.fixture]) {
    if (part === undefined) continue;
    cpSync(join(ROOT, options.fixtures ?? "runtime/test/fixtures", part), app, {
      recursive: true,
      preserveTimestamps: true,
    });
  }
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    NEXT_TELEMETRY_DISABLED: "1",
    NODE_ENV: "production",
    ORIGIN_URL: origin.url,
    FIXTURE_NEXT_VERSION: installed.version,
    FIXTURE_SWITCH: options.switch,
    ...options.env,
  };
  if (options.deploymentId !== undefined) env.NEXT_DEPLOYMENT_ID = options.deploymentId;
  if (options.switch === "adapter") {
    env.NEXT_ADAPTER_PATH = join(
      installed.folder,
      "node_modules/@next-on-eks/runtime/dist/adapter.js",
    );
  }
  const log = await run(
    process.execPath,
    [
      join(installed.folder, "node_modules/next/dist/bin/next"),
      "build",
      ...(options.bundler === undefined ? [] : [`--${options.bundler}`]),
    ],
    { cwd: app, env },
  );
  const standalone = join(app, ".next/standalone");
  const nested = join(standalone, name, "server.js");
  const server = existsSync(nested) ? nested : join(standalone, "server.js");
  // as the app's Dockerfile does; the same times everywhere, as in copies of one image
  if (existsSync(join(app, "public")))
    cpSync(join(app, "public"), join(dirname(server), "public"), {
      recursive: true,
      preserveTimestamps: true,
    });
  return { folder: standalone, server, log };
}

/** A copy of the release, as another container of the same image: for servers that write into it. */
export function copyOf(built: Built, into: string): Built {
  // the age of a prerendered page is that of its file
  cpSync(built.folder, into, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
  return { ...built, folder: into, server: built.server.replace(built.folder, into) };
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  readonly ms: number;
  /** `[[name:number]]` in the body. */
  value(name: string): number;
}

/** A Next.js server: a pod without its container. */
export class NextServer {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 64 });

  private constructor(
    readonly port: number,
    private readonly started: Started,
  ) {}

  static async launch(
    built: Built,
    origin: Origin,
    env: Readonly<Record<string, string | undefined>>,
    node: string = process.execPath,
  ): Promise<NextServer> {
    const port = await freePort();
    const started = start(node, [built.server, ...(built.args ?? [])], {
      cwd: built.folder,
      env: {
        PATH: process.env.PATH,
        NODE_ENV: "production",
        PORT: String(port),
        HOSTNAME: "127.0.0.1",
        ORIGIN_URL: origin.url,
        NEXT_TELEMETRY_DISABLED: "1",
        ...env,
      },
    });
    const server = new NextServer(port, started);
    await until(`Next.js on ${port}`, 20, async () => {
      if (started.child.exitCode !== null) throw new Error(`the server ended: ${started.output()}`);
      return /Ready/.test(started.output()) ? true : undefined;
    });
    return server;
  }

  get log(): string {
    return this.started.output();
  }

  get pid(): number {
    return this.started.child.pid ?? 0;
  }

  send(
    path: string,
    options: {
      method?: string;
      headers?: Record<string, string>;
      body?: string | Buffer;
      timeoutMs?: number;
    } = {},
  ): Promise<Answer> {
    const sent = performance.now();
    const method = options.method ?? "GET";
    return new Promise((done, fail) => {
      const out = request(
        {
          host: "127.0.0.1",
          port: this.port,
          path,
          method,
          headers: options.headers ?? {},
          agent: this.agent,
          timeout: options.timeoutMs ?? 15_000,
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.on("error", fail);
          response.on("end", () => {
            const body = Buffer.concat(chunks).toString("utf8");
            done({
              status: response.statusCode ?? 0,
              headers: response.headers,
              body,
              ms: performance.now() - sent,
              value(name) {
                const found = new RegExp(`\\[\\[${name}:(\\d+)\\]\\]`).exec(body);
                if (!found)
                  throw new Error(
                    `no [[${name}:…]] in ${response.statusCode} ${body.slice(0, 300)}`,
                  );
                return Number(found[1]);
              },
            });
          });
        },
      );
      out.on("error", (cause) => {
        // a kept connection that the server just closes: as browsers do, and as Node's documents advise
        const isClosed = out.reusedSocket && "code" in cause && cause.code === "ECONNRESET";
        if (isClosed && method === "GET") this.send(path, options).then(done, fail);
        else fail(cause);
      });
      out.on("timeout", () =>
        out.destroy(new Error(`no answer to ${path} in ${options.timeoutMs ?? 15_000} ms`)),
      );
      out.end(options.body);
    });
  }

  async value(
    path: string,
    name: string,
    headers: Record<string, string> = {},
    posted?: Buffer,
  ): Promise<number> {
    const body = posted && { method: "POST", body: posted };
    return (await this.send(path, { headers, ...body })).value(name);
  }

  /** Calls the fixture's control route. */
  async control(query: string): Promise<void> {
    const { status, body } = await this.send(`/control?${query}`);
    if (status !== 200 || body !== "done")
      throw new Error(`control ${query}: ${status} ${body.slice(0, 300)}`);
  }

  async metrics(): Promise<string> {
    return (await this.send("/control?metrics=1")).body;
  }

  async end(signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    this.agent.destroy();
    await this.started.end(signal);
  }
}
