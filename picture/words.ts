import type { Context } from "./kind";

/** `1 pod`, `2 pods`. */
export function counted(count: number, word: string, many = `${word}s`): string {
  return `${count} ${count === 1 ? word : many}`;
}

/** One Redis keeps both, unless there is one for sessions alone. */
export function redisTitle({ name, others }: Context): string {
  const isOfSessions = (part: string) => /^(RedisCache|InClusterRedis) sessions$/.test(part);
  if (name === "sessions") return "Redis: sessions";
  return [...others].some(isOfSessions) ? "Redis: pages" : "Redis: pages, sessions";
}

/** `cpu 1, memory 1Gi`. */
export function resourcesWord(
  cpu: string | undefined,
  memory: string | undefined,
): string | undefined {
  const words = [cpu && `cpu ${cpu}`, memory && `memory ${memory}`].filter(Boolean);
  return words.length === 0 ? undefined : words.join(", ");
}
