import { UsageError, type StackConfig } from "../cli/stackConfig";
import { told } from "../config/messages/problems";
import { isSecretPlaceholder } from "../config/schema/secrets";
import { isMap } from "../model/isMap";
import { PROJECT } from "../model/project";

/** A group of the config, such as `app`. */
export type Group = Readonly<Record<string, unknown>>;

/** Keys of `app` that say how the application is built and started: a site is started in the same way. */
export const SAME_IN_APP = [
  "directory",
  "distDir",
  "basePath",
  "assetPrefix",
  "port",
  "agentPort",
  "user",
  "health",
  "warmupPaths",
  "nodeSelector",
  "tolerations",
  "priorityClassName",
];
/** The same for the Ingress. Paths of other Services are left out: those Services are in another namespace. */
export const SAME_IN_INGRESS = [
  "className",
  "namespace",
  "maxRequestHead",
  "maxBodySize",
  "readTimeoutSeconds",
  "awaitAddress",
];

/** All that a site's config is made of. Of `app.secretEnv` there are the names alone: `secretNamesOf`. */
const READ = {
  app: [...SAME_IN_APP, "env", "host", "image", "resources", "rollout"],
  ingress: [
    ...SAME_IN_INGRESS,
    ...["annotations", "extraHosts", "nodePorts", "tls", "wildcard", "zone"],
  ],
  cluster: ["context"],
  networkPolicy: ["enabled", "outbound"],
  redis: ["image"],
  timeouts: ["app", "redis", "ingress"],
} as const;

/**
 * The part of a group that a site is made from.
 * @param without variables of `app.env` that the site has a value of its own for
 * @throws {UsageError} if a value in it is encrypted: nobody here has the key, and a site has it as a text that everybody can read
 */
export function read(from: StackConfig, name: keyof typeof READ, without: Group = {}): Group {
  const value = from.config[`${PROJECT}:${name}`];
  refuseEncrypted(from, name, value);
  const found = picked(parsed(value), READ[name]);
  const env = Object.entries(parsed(found.env)).filter(([variable]) => !(variable in without));
  const group = "env" in found ? { ...found, env: Object.fromEntries(env) } : found;
  refuseEncrypted(from, name, group);
  return group;
}

/** A setting of one value, such as `platform`. @throws {UsageError} as `read` */
export function readText(from: StackConfig, name: "platform" | "production"): string | undefined {
  const value = from.config[`${PROJECT}:${name}`];
  refuseEncrypted(from, name, value);
  return value;
}

/** Names of the variables that need a secret value of the site's own. */
export function secretNamesOf({ config }: StackConfig): string[] {
  return Object.keys(parsed(parsed(config[`${PROJECT}:app`]).secretEnv));
}

function refuseEncrypted(from: StackConfig, path: string, value: unknown): void {
  if (typeof value === "object" && value !== null) {
    for (const [key, item] of Object.entries(value)) refuseEncrypted(from, `${path}.${key}`, item);
  }
  if (!isSecretPlaceholder(value)) return;
  const stack = `--stack ${from.stack}`;
  const key = `'${PROJECT}:${path}'`;
  const [, variable] = /^app\.env\.(.+)$/.exec(path) ?? [];
  throw new UsageError(
    told(
      path,
      `is encrypted in stack '${from.stack}', and a site would get it as a text: only variables of app.secretEnv can be secret.`,
      variable === undefined
        ? `pulumi config set ${stack} --path ${key} VALUE --plaintext`
        : `pulumi config get ${stack} --path ${key} | pulumi config set ${stack} --secret --path '${PROJECT}:app.secretEnv.${variable}'\n` +
            `pulumi config rm ${stack} --path ${key}\n` +
            `or a value for this site alone: --env ${variable}=VALUE`,
    ),
  );
}

export function picked(group: Group, names: readonly string[]): Group {
  return Object.fromEntries(Object.entries(group).filter(([name]) => names.includes(name)));
}

/** A map; of a config's text the map that it is JSON of. */
export function parsed(value: unknown): Group {
  const found: unknown = typeof value === "string" ? json(value) : value;
  return isMap(found) ? found : {};
}

function json(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

export function list(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
