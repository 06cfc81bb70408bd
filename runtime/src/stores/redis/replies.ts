import { parseVersion, type TagVersion } from "../../freshness";
import type { Reply } from "./run-script";

export function text(reply: Reply | undefined): string {
  if (reply === undefined || reply === null) return "";
  return Buffer.isBuffer(reply) ? reply.toString("utf8") : String(reply);
}

export function list(reply: Reply | undefined): readonly Reply[] {
  return Array.isArray(reply) ? (reply as readonly Reply[]) : [];
}

/** Of a list of tags, each followed by its version. */
export function tagVersions(reply: Reply | undefined): Map<string, TagVersion> {
  const versions = new Map<string, TagVersion>();
  const pairs = list(reply);
  for (let i = 0; i + 1 < pairs.length; i += 2) {
    const version = parseVersion(text(pairs[i + 1]));
    if (version) versions.set(text(pairs[i]), version);
  }
  return versions;
}
