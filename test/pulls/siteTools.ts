import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { FakeCommands } from "../sites/fakeCommands";
import type { CommandName, Result } from "../../sites/commands";

/** What a step has called. */
export interface Called {
  readonly name: string;
  readonly args: readonly string[];
  readonly input: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * pulumi, kubectl, docker and aws as programs on a PATH, which all ask one state, one cluster and one registry. git is the real one.
 */
export class SiteTools {
  /** With `pulumi`, and with what GitHub's runner has by itself. */
  readonly folder = mkdtempSync(join(tmpdir(), "tools-"));
  readonly installed = mkdtempSync(join(tmpdir(), "installed-"));
  readonly fake = new FakeCommands();
  /** What `aws`, and Docker's sign-in, were called with. */
  readonly signedIn: string[] = [];
  /** Seen by every program before it answers. */
  before: (called: Called) => void = () => undefined;
  private server: Server | undefined;

  async start(): Promise<void> {
    this.server = createServer((request, response) => {
      text(request)
        .then((body) => this.answer(JSON.parse(body) as Called))
        .catch((error: unknown) => ({ code: 99, stdout: "", text: String(error) }))
        .then((result) => response.end(JSON.stringify(result)))
        .catch(() => response.destroy());
    });
    const { server } = this;
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    for (const name of ["pulumi", "kubectl", "docker", "aws"]) {
      const file = join(name === "pulumi" ? this.folder : this.installed, name);
      writeFileSync(file, programOf(name, port));
      chmodSync(file, 0o755);
    }
  }

  stop(): void {
    this.server?.closeAllConnections();
    this.server?.close();
    this.fake.clean();
    for (const folder of [this.folder, this.installed]) rmSync(folder, { recursive: true });
  }

  private async answer(called: Called): Promise<Result> {
    const { name, args, input, cwd, env } = called;
    this.before(called);
    const ok = { code: 0, stdout: "", text: "" };
    if (name === "aws" || args[0] === "login") {
      this.signedIn.push([name, ...args].join(" "));
      return { ...ok, stdout: "password\n" };
    }
    if (name === "pulumi" && !(env.PULUMI_BACKEND_URL && env.PULUMI_CONFIG_PASSPHRASE)) {
      throw new Error("no state, or no passphrase");
    }
    if (name === "kubectl" && !env.KUBECONFIG) throw new Error("no kubeconfig");
    this.fake.folder = cwd;
    return this.fake.run(name as CommandName, args, { input });
  }
}

const SHOWN = ["PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE", "KUBECONFIG"];

function programOf(name: string, port: number): string {
  return `#!${process.execPath}
const { text } = require("node:stream/consumers");
(async () => {
  const input = process.stdin.isTTY ? "" : await text(process.stdin);
  const env = Object.fromEntries(${JSON.stringify(SHOWN)}.map((it) => [it, process.env[it]]));
  const called = { name: ${JSON.stringify(name)}, args: process.argv.slice(2), input, cwd: process.cwd(), env };
  const answer = await fetch("http://127.0.0.1:${port}", { method: "POST", body: JSON.stringify(called) });
  const { code, stdout, text: said } = await answer.json();
  process.stdout.write(stdout);
  if (stdout === "") process.stderr.write(said);
  process.exitCode = code;
})();
`;
}
