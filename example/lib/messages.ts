import { withRedis } from "./redis";

const KEY = "example:messages";
const KEPT = 20;
const SECONDS = 24 * 60 * 60;

export const MESSAGE_LENGTH = 200;

export interface Message {
  text: string;
  at: string;
  /** The pod that rendered the form. */
  formBy: string;
  /** The pod that ran the action. */
  takenBy: string;
}

/** Adds a message in front and forgets all but the newest. */
export async function addMessage(message: Message): Promise<void> {
  await withRedis((redis) =>
    redis
      .multi()
      .lPush(KEY, JSON.stringify(message))
      .lTrim(KEY, 0, KEPT - 1)
      .expire(KEY, SECONDS)
      .exec(),
  );
}

/** The newest messages, newest first. */
export async function readMessages(): Promise<Message[]> {
  const lines = await withRedis((redis) => redis.lRange(KEY, 0, KEPT - 1));
  return lines.map((line) => JSON.parse(line) as Message);
}
