import { randomBytes } from "node:crypto";
import { localMicros, type ClockOffset } from "../../clock";
import * as log from "../../log";
import type { Keys } from "./keys";
import { versionWarning } from "./remedies";
import { list, text } from "./replies";
import { runScript, type Call } from "./run-script";
import { HANDSHAKE } from "./scripts";

/** After this, the records of a release that no pod runs are forgotten, in microseconds. */
const RELEASE_LIFE = 30 * 24 * 3600 * 1e6;

/** Who the server is, and whether its data is still the data that this process knew. */
export class Lineage {
  private id = "";
  private saidVersion = false;

  constructor(
    private readonly keys: Keys,
    private readonly release: string,
    private readonly offset: ClockOffset,
  ) {}

  /** Whether an answer with this lineage comes from the data that this process knows. */
  is(id: string): boolean {
    return id === this.id;
  }

  /** Reads the server's clock, and moves its floor to now if data may have been lost. */
  async handshake(call: Call): Promise<void> {
    const info = text(await call(["INFO"]).catch(() => ""));
    this.warnOf(info);
    const run = /^run_id:(\w+)/m.exec(info)?.[1] ?? "unknown";
    const sent = localMicros();
    const reply = await runScript(call, {
      script: HANDSHAKE,
      keys: [this.keys.control, this.keys.releases],
      args: [
        run,
        this.id,
        randomBytes(9).toString("base64url"),
        this.release,
        this.keys.entries,
        String(RELEASE_LIFE),
        this.keys.owedOf,
      ],
    });
    const parts = list(reply);
    this.offset.learn(Number(text(parts[0])), sent, localMicros());
    this.id = text(parts[1]);
    const cause = text(parts[3]);
    if (cause !== "")
      log.warn("Redis may have lost data: what was cached before is rendered again", { cause });
  }

  /** The server's data is not what it was. */
  warnLost(): void {
    log.warn("Redis lost its data", { lineage: this.id });
  }

  private warnOf(info: string): void {
    const policy = /^maxmemory_policy:([\w-]+)/m.exec(info)?.[1];
    if (policy?.startsWith("allkeys")) {
      log.warnSometimes(
        "policy",
        "Redis may evict tag versions, which loses revalidations: set maxmemory-policy to volatile-lru",
        { policy },
      );
    }
    const old = versionWarning(info);
    if (old !== undefined && !this.saidVersion) log.warn(old);
    this.saidVersion ||= old !== undefined;
  }
}
