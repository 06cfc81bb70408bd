export type RegistryAnswer = "has it" | "has none" | "does not say";

/** `name:password` for an image's registry; undefined if there is none. */
export type RegistryLogin = (image: string) => Promise<string | undefined>;

/** A preview must not wait for a registry that cannot be reached. */
const PATIENCE_MS = 5000;
const MANIFESTS = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.docker.distribution.manifest.v2+json",
].join(", ");
const NAMED = /^(localhost|[^/]*[.:][^/]*)\/([^:@]+)(?::([^@]+))?(?:@(.+))?$/;

/**
 * Asks the registry that an image's name begins with. An image without one may have been loaded onto the nodes by hand,
 * as `kind load` does, so no registry is asked. Source: OCI Distribution Specification, "Checking if content exists in
 * the registry"; Docker's "Token authentication".
 */
export async function askRegistry(
  image: string,
  login: RegistryLogin = () => Promise.resolve(undefined),
  patienceMs = PATIENCE_MS,
): Promise<RegistryAnswer> {
  const [, host, name, tag = "latest", digest] = NAMED.exec(image) ?? [];
  if (host === undefined || name === undefined) return "does not say";
  const url = `${baseOf(host)}/v2/${name}/manifests/${digest ?? tag}`;
  const signal = AbortSignal.timeout(patienceMs);
  try {
    const password = await inTime(login(image), signal);
    const ask = (authorization?: string) =>
      fetch(url, {
        method: "HEAD",
        headers: { accept: MANIFESTS, ...(authorization && { authorization }) },
        signal,
      });
    let answer = await ask(password && `Basic ${Buffer.from(password).toString("base64")}`);
    if (answer.status === 401) {
      const token = await anybodysToken(answer.headers.get("www-authenticate") ?? "", signal);
      if (token !== undefined) answer = await ask(`Bearer ${token}`);
    }
    if (answer.ok) return "has it";
    return answer.status === 404 ? "has none" : "does not say";
  } catch {
    return "does not say";
  }
}

function inTime<T>(result: Promise<T>, signal: AbortSignal): Promise<T> {
  const late = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(new Error("no answer in time")));
  });
  return Promise.race([result, late]);
}

function baseOf(host: string): string {
  // Without TLS only on this machine, like Docker.
  if (/^(?:localhost|127\.0\.0\.1)(?::\d+)?$/.test(host)) return `http://${host}`;
  return `https://${host === "docker.io" ? "registry-1.docker.io" : host}`;
}

async function anybodysToken(challenge: string, signal: AbortSignal): Promise<string | undefined> {
  if (!/^bearer /i.test(challenge)) return undefined;
  const { realm, ...about } = Object.fromEntries(
    [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = "", value = ""]) => [name, value]),
  );
  if (realm === undefined) return undefined;
  const answer = await fetch(`${realm}?${new URLSearchParams(about).toString()}`, { signal });
  const body = answer.ok ? ((await answer.json()) as Record<string, unknown>) : {};
  const token = body.token ?? body.access_token;
  return typeof token === "string" ? token : undefined;
}
