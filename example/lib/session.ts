import { createHmac, randomBytes } from "node:crypto";
import { env } from "./env";
import { HttpError } from "./errors";
import { podName } from "./identity";
import { withRedis } from "./redis";
import { sameSecret } from "./secrets";

export const SESSION_COOKIE = "session";
export const SESSION_SECONDS = 24 * 60 * 60;

const SECRET_LENGTH = 16;

export interface Session {
  count: number;
  /** The pod that made the session; the session outlives it. */
  madeBy: string;
}

/** A new id, signed, as the cookie carries it. */
export function newCookie(): string {
  const id = randomBytes(18).toString("base64url");
  return `${id}.${signature(id)}`;
}

/** Counts a visit in the session of a cookie, and starts that session where Redis has none. */
export async function visit(cookie: string): Promise<Session> {
  const key = redisKey(sessionId(cookie));
  return withRedis(async (redis) => {
    const replies = await redis
      .multi()
      .hSetNX(key, "madeBy", podName())
      .hIncrBy(key, "count", 1)
      .expire(key, SESSION_SECONDS)
      .hGetAll(key)
      .execTyped();
    return toSession(replies[3]);
  });
}

/** The session of a cookie as it is, without counting. */
export async function peek(cookie: string): Promise<Session | undefined> {
  const key = redisKey(sessionId(cookie));
  const fields = await withRedis((redis) => redis.hGetAll(key));
  return fields.count === undefined ? undefined : toSession(fields);
}

/** Whether this application signed the cookie. */
export function isGenuine(cookie: string): boolean {
  const id = sessionId(cookie);
  return sameSecret(cookie, `${id}.${signature(id)}`);
}

function sessionId(cookie: string): string {
  return cookie.slice(0, Math.max(0, cookie.indexOf(".")));
}

function redisKey(id: string): string {
  return `example:session:${id}`;
}

function toSession(fields: Record<string, string>): Session {
  return { count: Number(fields.count), madeBy: fields.madeBy ?? "unknown" };
}

function signature(id: string): string {
  return createHmac("sha256", secret()).update(id).digest("base64url");
}

function secret(): string {
  const value = env("SESSION_SECRET");
  if (value && value.length >= SECRET_LENGTH) return value;
  if (value) {
    throw new HttpError(503, `SESSION_SECRET is shorter than ${SECRET_LENGTH} characters`);
  }
  if (process.env.NODE_ENV === "production") {
    throw new HttpError(
      503,
      "SESSION_SECRET is not set; give every pod the same random value, " +
        "for example from: openssl rand -base64 32",
    );
  }
  console.warn("SESSION_SECRET is not set: cookies are signed with a value for development only");
  return "for development only";
}
