import type { Build } from "./image";
import { UsageError, type StackConfig } from "../cli/stackConfig";
import { told } from "../config/messages/problems";
import { literal } from "../model/literal";
import { namedForProduction } from "../model/production";
import { PROJECT } from "../model/project";
import { milliCores } from "../model/quantities";
import { pullRequestOf, reviewStack } from "../model/reviewSite";
import { sharedAddresses } from "./shared";
import { makesCertificate, siteTls } from "./tls";
import {
  list,
  parsed,
  picked,
  read,
  readText,
  SAME_IN_APP,
  SAME_IN_INGRESS,
  secretNamesOf,
  type Group,
} from "./source";

/** What is known of a site beyond the stack that it is made from. */
export interface SiteWishes {
  readonly pullRequest: number;
  /** When it is removed, unless a new commit comes first. */
  readonly until: Date;
  /** Context of the kubeconfig; default: the one of the stack that it is made from. */
  readonly context?: string;
  /** Default: the image of the stack that it is made from. */
  readonly image?: string;
  /** The controller, or the load balancer in front of it, has a certificate for the site's host. */
  readonly https?: boolean;
  /** Variables of `app.env` with a value for this site alone, by name. */
  readonly env?: Readonly<Record<string, string>>;
}

/** The config of a review site. */
export interface SiteConfig {
  readonly stack: string;
  readonly host: string;
  /** Host of the stack that it is made from, below which its own is. */
  readonly parent: string;
  /** Whether the other stack makes its records itself (`ingress.zone`). */
  readonly ownZone: boolean;
  /** Whether it makes its certificate itself. */
  readonly ownCertificate: boolean;
  /** Port of HTTPS, where its certificate is there before the site; undefined: it answers by HTTP, or gets its own. */
  readonly httpsPort: number | undefined;
  /** Why it answers by HTTP although the other stack has HTTPS, and what to do; undefined: it does not. */
  readonly insecure: string | undefined;
  /** What stands behind the URL if the controller answers on ports of the nodes: `:30080`, else nothing. */
  readonly port: string;
  /** By full key, as in the stack's file, without its secrets. */
  readonly config: Readonly<Record<string, Groups>>;
  /** Names of the variables that need a secret value of the site's own. */
  readonly secretNames: readonly string[];
  /** Variables with addresses that the other stack has too: what is behind them is shared. */
  readonly shared: readonly string[];
}

type Groups = Readonly<Record<string, unknown>> | string | boolean;

/** A site serves a reviewer or two; rendering takes what the node has left, up to the limit. */
const MOST_CPU = "250m";
const UPLOADS_SIZE = "1Gi";

/**
 * The config of a pull request's site on the cluster of another stack: its own host, namespace, Redis and secrets; one
 * small pod; nothing that outlives it.
 * @throws {UsageError} if no site can be made from that stack, with the key and a remedy
 */
export function siteConfig(from: StackConfig, wishes: SiteWishes): SiteConfig {
  const { pullRequest, until, env: ownEnv = {} } = wishes;
  const stack = reviewStack(pullRequest);
  refuseSource(from);
  refuseSecretNames(from, ownEnv);
  const [app, ingress] = [read(from, "app", ownEnv), read(from, "ingress")];
  const onExisting = readText(from, "platform") === "existing";
  const theirHost = hostOf(from, app);
  const host = `${stack}.${theirHost}`;
  const hosts = [theirHost, ...list(ingress.extraHosts)];
  const nodePorts = ingress.nodePorts as { http: number; https: number } | undefined;
  const env = { ...withOwnHost(parsed(app.env), hosts, host), ...ownEnv };
  const tls = siteTls(from.stack, ingress, theirHost, wishes.https);
  const https = tls.kind === "shared";
  return {
    stack,
    host,
    parent: theirHost,
    ownZone: typeof ingress.zone === "string",
    ownCertificate: makesCertificate(ingress),
    httpsPort: https ? (nodePorts?.https ?? 443) : undefined,
    port:
      nodePorts === undefined ? "" : `:${tls.kind === "none" ? nodePorts.http : nodePorts.https}`,
    insecure: tls.kind === "none" ? tls.why : undefined,
    secretNames: secretNamesOf(from),
    shared: sharedAddresses(env, ownEnv, host),
    config: prefixed({
      platform: "existing",
      review: { pullRequest, until: instant(until), ...(https && { https }) },
      cluster: {
        context: contextFor(from, wishes, read(from, "cluster"), onExisting),
        namespace: stack,
      },
      files: { ephemeral: true, required: false, uploadsSize: UPLOADS_SIZE },
      redis: { inCluster: true, ...(onExisting && read(from, "redis")) },
      app: {
        ...picked(app, SAME_IN_APP),
        image: wishes.image ?? imageOf(from, app),
        host,
        env,
        replicas: { min: 1, max: 1 },
        resources: smallResources(parsed(app.resources)),
        shutdown: { preStopSeconds: 5, longestRequestSeconds: 30 },
      },
      ingress: {
        ...picked(ingress, SAME_IN_INGRESS),
        install: false,
        ...(tls.kind === "own" && { tls: { secretName: tls.secretName } }),
        annotations: withOwnHost(parsed(ingress.annotations), hosts, host),
        // A controller on ports of the nodes gives no address.
        ...(nodePorts !== undefined && { awaitAddress: false }),
      },
      networkPolicy: { enabled: true, ...read(from, "networkPolicy") },
      ...(onExisting && { timeouts: read(from, "timeouts") }),
    }),
  };
}

/** What a stack builds for itself; undefined: it names an image. */
export function buildOf({ config }: StackConfig): Build | undefined {
  const { build } = parsed(config[`${PROJECT}:app`]);
  const found = parsed(build);
  return typeof found.context === "string" ? (found as unknown as Build) : undefined;
}

/** A variable is a secret or a text, and not both. */
function refuseSecretNames(from: StackConfig, env: Readonly<Record<string, string>>): void {
  const name = Object.keys(env).find((one) => secretNamesOf(from).includes(one));
  if (name === undefined) return;
  throw new UsageError(
    `--env ${name} is refused: it is a secret in stack '${from.stack}' (app.secretEnv).\n` +
      `  a secret of the site's own, from the environment: --secret-env ${name}`,
  );
}

function refuseSource(from: StackConfig): void {
  const { stack, config } = from;
  const pullSecrets = list(parsed(config[`${PROJECT}:app`]).imagePullSecrets);
  const production = readText(from, "production") ?? String(namedForProduction(stack));
  if (production === "true") {
    throw new UsageError(
      `--from ${stack} is refused: it is for production, and a pull request's code must not run beside it.\n  name a stack for development: --from dev`,
    );
  }
  if (pullRequestOf(stack) !== undefined) {
    throw new UsageError(
      `--from ${stack} is refused: it is a review site itself.\n  name the stack whose cluster it is on: --from dev`,
    );
  }
  if (pullSecrets.length > 0) {
    throw new UsageError(
      told(
        "app.imagePullSecrets",
        `'${pullSecrets.join("', '")}' of stack '${stack}' is in its own namespace, and a review site shares no Secret.`,
        "let the nodes sign in to the registry (a credential provider of the kubelet), then\n" +
          `pulumi config rm --stack ${stack} --path '${PROJECT}:app.imagePullSecrets'`,
      ),
    );
  }
}

function hostOf({ stack }: StackConfig, { host }: Group): string {
  if (typeof host === "string") return host;
  throw new UsageError(
    told(
      "app.host",
      `is missing in stack '${stack}': the site's host is below it.`,
      `pulumi config set --stack ${stack} --path '${PROJECT}:app.host' dev.example.com`,
    ),
  );
}

function imageOf({ stack }: StackConfig, app: Group): string {
  const rollout = parsed(app.rollout);
  const coloured = parsed(rollout.images)[String(rollout.live)];
  const image = rollout.strategy === "blueGreen" ? coloured : app.image;
  if (typeof image === "string") return image;
  throw new UsageError(
    `--image is missing: stack '${stack}' names none (app.build builds one for itself alone).\n` +
      "  an image that is there: --image REGISTRY/NAME@sha256:DIGEST\n" +
      "  or a repository for what is built here: --build REGISTRY/NAME",
  );
}

function contextFor(
  { stack, config }: StackConfig,
  { context }: SiteWishes,
  cluster: Group,
  onExisting: boolean,
): string {
  const found = context ?? cluster.context;
  if (typeof found === "string") return found;
  const region = config["aws:region"] ?? "REGION";
  throw new UsageError(
    `--context is missing: it is not known which cluster stack '${stack}' is on.\n` +
      (onExisting
        ? "  to list those of the kubeconfig: kubectl config get-contexts"
        : `  aws eks update-kubeconfig --region ${region} --alias ${stack} --name "$(pulumi stack output --stack ${stack} clusterName)"\n` +
          `  then --context ${stack}`),
  );
}

function smallResources({ cpu, memory }: Group): Group {
  const asked = typeof cpu === "string" || typeof cpu === "number" ? String(cpu) : MOST_CPU;
  return {
    cpu: milliCores(asked) < milliCores(MOST_CPU) ? asked : MOST_CPU,
    // What the application needs to run at all.
    ...(memory !== undefined && { memory }),
  };
}

/** Texts that name a host of the other stack name the site's: links and sign-ins must not lead away from it. */
function withOwnHost(texts: Group, hosts: readonly string[], own: string): Group {
  const longestFirst = [...hosts].sort((a, b) => b.length - a.length).map(literal);
  const theirs = new RegExp(
    `(?<![a-z0-9.-])(${longestFirst.join("|")})(?![a-z0-9-]|\\.[a-z0-9])`,
    "gi",
  );
  return Object.fromEntries(
    Object.entries(texts).map(([name, text]) => [
      name,
      typeof text === "string" ? text.replace(theirs, own) : text,
    ]),
  );
}

/** To the second, as `review.until` takes it. */
export function instant(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, "Z");
}

/** Groups with nothing in them are left out. */
function prefixed(groups: Readonly<Record<string, Groups>>): SiteConfig["config"] {
  return Object.fromEntries(
    Object.entries(groups)
      .map(
        ([name, group]) => [name, typeof group === "object" ? withoutEmpty(group) : group] as const,
      )
      .filter(([, group]) => !isEmpty(group))
      .map(([name, group]) => [`${PROJECT}:${name}`, group]),
  );
}

function withoutEmpty(group: Group): Group {
  return Object.fromEntries(Object.entries(group).filter(([, value]) => !isEmpty(value)));
}

function isEmpty(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}
