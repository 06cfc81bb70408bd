import "./strings";
import { createClient, RESP_TYPES } from "redis";

export interface ClientOptions {
  readonly url: string;
  /** Longest time to connect, in milliseconds. */
  readonly connectTimeoutMs: number;
  /** node-redis itself asks to be told of changes, and does not connect where the server refuses that. */
  readonly tracked: boolean;
}

/** A client of node-redis that is not connected yet. Throws for a URL that is none. */
export function newClient({ url, connectTimeoutMs, tracked }: ClientOptions) {
  const servername = servernameOf(url);
  return createClient({
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
}

export type Client = ReturnType<typeof newClient>;

/** TLS behind a load balancer or ElastiCache needs the name in the handshake. */
function servernameOf(text: string): string | undefined {
  // createClient says what is wrong with the URL
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  return url.protocol === "rediss:" && !/^[\d.]+$|^\[/.test(url.hostname)
    ? url.hostname
    : undefined;
}
