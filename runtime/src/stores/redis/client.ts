import "./strings";
import { createClient, RESP_TYPES } from "redis";
import type { Argument } from "./scripts";

export interface ClientOptions {
  readonly url: string;
  /** Longest time to connect, in milliseconds. */
  readonly connectTimeoutMs: number;
  /** node-redis itself switches tracking on, and does not connect if the server refuses that. */
  readonly tracked: boolean;
}

/** What is used of a client of node-redis. */
export interface Client {
  readonly isOpen: boolean;
  readonly isReady: boolean;
  connect(): Promise<unknown>;
  destroy(): void;
  sendCommand<T>(command: Argument[]): Promise<T>;
  on(event: "error", listener: (cause: unknown) => void): unknown;
  on(event: "end", listener: () => void): unknown;
  /** A key that changed, or null when any may have. */
  on(event: "invalidate", listener: (key: Buffer | string | null) => void): unknown;
}

/** A client that is not connected yet. Throws for a URL that is none. */
export function newClient({ url, connectTimeoutMs, tracked }: ClientOptions): Client {
  const servername = servernameOf(url);
  const client: Client = createClient({
    url,
    RESP: 3,
    name: "next-shared-cache",
    disableOfflineQueue: true,
    emitInvalidate: tracked,
    maintNotifications: "disabled",
    // RedisConnection reconnects: a new client looks the host name up again, and an old one never comes back
    socket: {
      reconnectStrategy: false,
      connectTimeout: connectTimeoutMs,
      ...(servername ? { servername } : {}),
    },
    commandOptions: { typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } },
  });
  return client;
}

/** TLS behind a load balancer or ElastiCache needs the name in the handshake. */
function servernameOf(text: string): string | undefined {
  // createClient says what is wrong with the URL
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  return url.protocol === "rediss:" && !/^[\d.]+$|^\[/.test(url.hostname)
    ? url.hostname
    : undefined;
}
