import * as log from "../../log";
import * as metrics from "../../metrics";
import { Bulkhead, BulkheadRejected } from "../bulkhead";
import { CircuitBreaker } from "../circuit-breaker";

/** An operation that takes longer counts as hanging, and so does the folder. Checked twice: see `watch`. */
const HUNG_MS = 900;
const SECOND_LOOK_MS = 100;
/** How long a request waits for the folder, and how long for one that it has already waited for. */
const PATIENCE_MS = 250;
const LEAST_PATIENCE_MS = 10;

/** The folder does not answer: treated as not there. */
export class Unanswered extends Error {
  constructor() {
    super("the shared folder hangs");
  }
}

/**
 * The only access to the shared folder: a bulkhead with a circuit breaker. An operation of node:fs holds one of libuv's
 * threads until it returns, on a hard NFS mount as long as the server is away, and all file access and `dns.lookup` of
 * the process need these threads. So at most half of them are ever used for the folder, and as long as one of them
 * hangs, the breaker is open: further operations fail at once. The hanging operations are the probe: when all have
 * returned, the folder is used again.
 */
export class Gate {
  private readonly bulkhead: Bulkhead;
  private readonly breaker: CircuitBreaker;
  private hung = 0;
  private hungSince = 0;

  constructor(
    private readonly folder: string,
    threads = Number(process.env.UV_THREADPOOL_SIZE) || 4,
  ) {
    const slots = Math.max(1, Math.floor(threads / 2));
    this.bulkhead = new Bulkhead({ slots, maxWaitMs: HUNG_MS });
    this.breaker = new CircuitBreaker({
      onOpen: () => this.opened(),
      onClose: () => this.closed(),
    });
    metrics.gauge("next_shared_cache_files_hung", () => this.hung);
  }

  /**
   * Ends within about a second in any case; what hangs fails then, and goes on in the background.
   * @throws Unanswered if the folder hangs
   */
  run<T>(operation: () => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const refuse = (): void => {
        metrics.count("next_shared_cache_errors_total", { store: "files", kind: "hung" });
        reject(new Unanswered());
      };
      if (!this.breaker.isClosed) refuse();
      else
        this.bulkhead
          .run(() => this.watch(operation, refuse))
          .then(resolve, (cause: unknown) =>
            cause instanceof BulkheadRejected ? refuse() : reject(cause),
          );
    });
  }

  get hangs(): boolean {
    return !this.breaker.isClosed;
  }

  /** How long a request may still wait, in ms: waits for the same hanging operation do not add up. */
  get patienceMs(): number {
    return Math.max(LEAST_PATIENCE_MS, PATIENCE_MS - this.bulkhead.oldestMs);
  }

  /** The slot stays taken until the operation returns, even if its caller was rejected long ago. */
  private async watch<T>(operation: () => Promise<T>, refuse: () => void): Promise<T> {
    let hangs = false;
    const hang = (): void => {
      hangs = true;
      refuse();
      if (this.hung++ === 0) this.breaker.open();
    };
    // the second check: a process that was busy itself has not yet seen the folder's answer
    let timer = setTimeout(() => {
      timer = setTimeout(hang, SECOND_LOOK_MS).unref();
    }, HUNG_MS).unref();
    try {
      return await operation();
    } finally {
      clearTimeout(timer);
      if (hangs && --this.hung === 0) this.breaker.close();
    }
  }

  private opened(): void {
    this.hungSince = performance.now();
    log.warn("The shared folder hangs: the site goes on without it", { folder: this.folder });
    this.bulkhead.rejectQueue();
  }

  private closed(): void {
    const seconds = Math.round((performance.now() - this.hungSince) / 1000);
    log.info("The shared folder answers again", { folder: this.folder, afterSeconds: seconds });
  }
}
