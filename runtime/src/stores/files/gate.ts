import * as log from "../../log";
import * as metrics from "../../metrics";

/** An operation that takes longer hangs, and the folder with it. Looked at twice: see `start`. */
const HUNG_MS = 900;
const SECOND_LOOK_MS = 100;
/** What a request waits for the folder, and what it waits for a folder that was waited for already. */
const PATIENCE_MS = 250;
const LEAST_PATIENCE_MS = 10;

/** The folder does not answer: as good as not there. */
export class Unanswered extends Error {
  constructor() {
    super("the shared folder hangs");
  }
}

interface Waiting {
  readonly since: number;
  readonly enter: () => void;
  readonly refuse: () => void;
}

/**
 * The one way to the shared folder. An operation of node:fs holds one of libuv's threads until it returns,
 * on a hard NFS mount for as long as the server is away, and all files and `dns.lookup` of the process need
 * these threads. So only half of them are ever on the way to the folder, and as long as one of these hangs,
 * further operations fail at once.
 */
export class Gate {
  private readonly running = new Set<{ readonly since: number }>();
  private readonly waiting: Waiting[] = [];
  private readonly atOnce: number;
  private hung = 0;
  private hungSince = 0;

  constructor(
    private readonly folder: string,
    threads = Number(process.env.UV_THREADPOOL_SIZE) || 4,
  ) {
    this.atOnce = Math.max(1, Math.floor(threads / 2));
    metrics.gauge("next_shared_cache_files_hung", () => this.hung);
  }

  /** Ends within about a second in any case; what hangs is then an error, and goes on behind it. */
  run<T>(operation: () => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const refuse = (): void => {
        metrics.count("next_shared_cache_errors_total", { store: "files", kind: "hung" });
        reject(new Unanswered());
      };
      const enter = (): void => this.start(operation, resolve, reject, refuse);
      if (this.hung > 0) refuse();
      else if (this.running.size < this.atOnce) enter();
      else this.waiting.push({ since: performance.now(), enter, refuse });
    });
  }

  get hangs(): boolean {
    return this.hung > 0;
  }

  /** What a request may still wait: waits for the same hanging operation do not add up. */
  get patienceMs(): number {
    const [oldest] = this.running;
    const waited = oldest === undefined ? 0 : performance.now() - oldest.since;
    return Math.max(LEAST_PATIENCE_MS, PATIENCE_MS - waited);
  }

  private start<T>(
    operation: () => Promise<T>,
    resolve: (value: T) => void,
    reject: (cause: unknown) => void,
    refuse: () => void,
  ): void {
    const mine = { since: performance.now() };
    let hangs = false;
    const hang = (): void => {
      hangs = true;
      refuse();
      this.close();
    };
    // the second look: a process that was busy itself has not yet seen what the folder answered
    let timer = setTimeout(() => {
      timer = setTimeout(hang, SECOND_LOOK_MS).unref();
    }, HUNG_MS).unref();
    this.running.add(mine);
    void operation()
      .finally(() => {
        clearTimeout(timer);
        this.running.delete(mine);
        if (hangs) this.open();
        this.next();
      })
      .then(resolve, reject);
  }

  private close(): void {
    if (this.hung++ === 0) {
      this.hungSince = performance.now();
      log.warn("The shared folder hangs: the site goes on without it", { folder: this.folder });
    }
    for (const { refuse } of this.waiting.splice(0)) refuse();
  }

  private open(): void {
    if (--this.hung > 0) return;
    const seconds = Math.round((performance.now() - this.hungSince) / 1000);
    log.info("The shared folder answers again", { folder: this.folder, afterSeconds: seconds });
  }

  private next(): void {
    while (this.hung === 0 && this.running.size < this.atOnce) {
      const next = this.waiting.shift();
      if (next === undefined) return;
      // a folder that is slower than it is asked must not gather what nobody waits for any more
      if (performance.now() - next.since > HUNG_MS) next.refuse();
      else next.enter();
    }
  }
}
