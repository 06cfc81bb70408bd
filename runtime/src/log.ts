/** One JSON line per event, for a log collector; nothing is logged as long as everything works. */
export type Fields = Readonly<
  Record<string, string | number | boolean | readonly string[] | undefined>
>;

let debugging = false;
const lastAt = new Map<string, number>();

export function setDebug(on: boolean): void {
  debugging = on;
}

export function isDebug(): boolean {
  return debugging;
}

function line(level: string, message: string, fields: Fields | undefined): string {
  return JSON.stringify({
    ...fields,
    time: new Date().toISOString(),
    level,
    source: "next-shared-cache",
    message,
  });
}

/** Explains a decision; only with NEXT_SHARED_CACHE_DEBUG=1. */
export function debug(message: string, fields?: Fields): void {
  if (debugging) console.log(line("debug", message, fields));
}

export function info(message: string, fields?: Fields): void {
  console.log(line("info", message, fields));
}

export function warn(message: string, fields?: Fields): void {
  console.warn(line("warn", message, fields));
}

export function error(message: string, fields?: Fields): void {
  console.error(line("error", message, fields));
}

/** At most once a minute for one `topic`, so that an outage does not flood the log. */
export function warnSometimes(topic: string, message: string, fields?: Fields): void {
  const now = Date.now();
  if (now - (lastAt.get(topic) ?? -Infinity) < 60_000) return;
  if (lastAt.size > 1000) lastAt.clear();
  lastAt.set(topic, now);
  warn(message, fields);
}

export function reason(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
