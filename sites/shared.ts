/** Names of pods and of nobody else. */
const OWN = /^(localhost|127\.[0-9.]+|\[?::1\]?)$/i;

/**
 * Variables that lead a site to where the other stack goes too: a database, another service. What is no address is not told from one that
 * only looks like it; a name too many is better than one too few.
 * @param env as the site has it
 * @param own variables with a value for this site alone, which is somebody's choice
 * @param host of the site
 */
export function sharedAddresses(
  env: Readonly<Record<string, unknown>>,
  own: Readonly<Record<string, string>>,
  host: string,
): string[] {
  return Object.entries(env)
    .filter(([name]) => !(name in own))
    .filter(([, value]) =>
      String(value)
        .split(/[\s,;]+/)
        .map(hostIn)
        .some((found) => found !== undefined && found !== host && !OWN.test(found)),
    )
    .map(([name]) => name);
}

/** The host of a URL, or of a text such as `db.internal`, `db:5432` or `10.0.0.1`. */
function hostIn(text: string): string | undefined {
  const [, url] = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#]*@)?(\[[^\]]+\]|[^/:?#]+)/i.exec(text) ?? [];
  if (url !== undefined) return url.toLowerCase();
  const [, name] =
    /^((?:[a-z0-9_-]+\.)+[a-z]{2,}|\d+\.\d+\.\d+\.\d+)(?::\d+)?(?:\/.*)?$/i.exec(text) ??
    /^([a-z][a-z0-9_.-]*):\d+(?:\/.*)?$/i.exec(text) ??
    [];
  return name?.toLowerCase();
}
