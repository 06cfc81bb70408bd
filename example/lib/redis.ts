import { createClient } from "redis";
import { env } from "./env";
import { HttpError } from "./errors";

type Client = ReturnType<typeof createClient>;

interface Connection {
  client: Client;
  ready: Promise<unknown>;
}

/** The longest that a request waits for Redis, connecting included. */
const LIMIT_MS = 800;

// One connection per process: routes and pages are bundled apart, so a module may exist twice.
const shared = globalThis as typeof globalThis & { sessionRedis?: Connection };

/** Runs commands against the Redis of SESSION_REDIS_URL, or throws a 503 within a second. */
export async function withRedis<T>(use: (client: Client) => Promise<T>): Promise<T> {
  const connection = (shared.sessionRedis ??= open());
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      drop(connection);
      reject(new Error(`no answer within ${LIMIT_MS} ms`));
    }, LIMIT_MS);
  });
  try {
    return await Promise.race([connection.ready.then(() => use(connection.client)), late]);
  } catch (error) {
    if (error instanceof HttpError) throw error;
    console.warn(`redis: ${describe(error)}`);
    throw new HttpError(503, "Redis cannot be reached; try again in a moment");
  } finally {
    clearTimeout(timer);
  }
}

function open(): Connection {
  const url = env("SESSION_REDIS_URL");
  if (!url || !/^rediss?:/.test(url) || !URL.canParse(url)) {
    const fault = url ? "is no redis URL" : "is not set";
    throw new HttpError(503, `SESSION_REDIS_URL ${fault}; give it a redis:// or rediss:// URL`);
  }
  const client = createClient({
    url,
    disableOfflineQueue: true,
    commandsQueueMaxLength: 1000,
    socket: {
      connectTimeout: 500,
      reconnectStrategy: (retries) => Math.min(50 * 2 ** retries, 1000),
    },
  });
  client.on("error", (error: unknown) => {
    console.warn(`redis: ${describe(error)}`);
  });
  const ready = client.connect();
  ready.catch(() => undefined); // each caller handles it; none may be waiting any more
  return { client, ready };
}

/** Leaves a connection that no longer answers: TCP alone may notice only after many minutes. */
function drop(connection: Connection): void {
  if (shared.sessionRedis === connection) shared.sessionRedis = undefined;
  if (connection.client.isOpen) connection.client.destroy();
}

function describe(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(describe).join(", ");
  return error instanceof Error ? error.message || error.name : String(error);
}
