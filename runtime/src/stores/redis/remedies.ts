/** Redis's errors when it cannot be used, and what to do about them. */
const REMEDIES: readonly (readonly [RegExp, string])[] = [
  [
    /^(MOVED|ASK|CLUSTERDOWN|CROSSSLOT)\b/,
    "this Redis is in cluster mode: give REDIS_URL the endpoint of one with cluster mode disabled",
  ],
  [
    /^(WRONGPASS|NOAUTH)|invalid (username|password)|without any password/i,
    "set user and password in REDIS_URL: redis://user:password@host:port",
  ],
  [/^NOPERM/, "give the user of REDIS_URL all commands but the dangerous ones, and the keys next*"],
  [/unknown command.*HELLO|NOPROTO/i, "use Redis 7.0 or newer, or Valkey"],
  [/ENOTFOUND|EAI_AGAIN/, "check the host in REDIS_URL"],
  [
    /ECONNREFUSED|ETIMEDOUT/,
    "check host and port in REDIS_URL, and that the network lets pods there",
  ],
  [/wrong version number|packet length too long/i, "this port has no TLS: use redis://"],
  [/Socket closed unexpectedly|ECONNRESET/, "if this Redis wants TLS, use rediss://"],
];

export function remedyFor(reason: string): string | undefined {
  return REMEDIES.find(([pattern]) => pattern.test(reason))?.[1];
}

/** The first with script flags: older versions write nothing while memory is full, not even revalidations. */
const LEAST = 7;

/** What to say about the server of this `INFO`. */
export function versionWarning(info: string): string | undefined {
  if (/^valkey_version:/m.test(info)) return undefined;
  const version = /^redis_version:((\d+)[\d.]*)/m.exec(info);
  if (!version || Number(version[2]) >= LEAST) return undefined;
  return `Redis ${version[1]} takes no revalidations while its memory is full: use Redis ${LEAST}.0 or newer, or Valkey`;
}

/** The server does not notify clients of changes: it does not know the command, or this user may not run it. */
export function isWithoutTracking(reason: string): boolean {
  return /client\|tracking|unknown (sub)?command.*(track|client)/i.test(reason);
}
