function hasCode(cause: unknown, ...codes: readonly string[]): boolean {
  return cause instanceof Error && "code" in cause && codes.includes(String(cause.code));
}

export function isMissing(cause: unknown): boolean {
  return hasCode(cause, "ENOENT");
}

export function isStaleHandle(cause: unknown): boolean {
  return hasCode(cause, "ESTALE");
}

export function isOutOfSpace(cause: unknown): boolean {
  return hasCode(cause, "ENOSPC", "EDQUOT");
}
