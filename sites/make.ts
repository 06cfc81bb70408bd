import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { basename, join } from "node:path";
import { parse, stringify as toYaml } from "yaml";
import { checkConfig, checkImage } from "../cli/checkConfig";
import { parseStackConfig, UsageError, type StackConfig } from "../cli/stackConfig";
import { PROJECT } from "../model/project";
import { keepPlace, refuseOverCap, type Counting } from "./cap";
import { Cluster, type SiteNamespace } from "./cluster";
import { ROOT, type Run } from "./commands";
import { unreachable, type Network } from "./network";
import { Pulumi, StackExists } from "./pulumi";
import { removeSite } from "./remove";
import { siteConfig, type SiteConfig, type SiteWishes } from "./siteConfig";

/** What a site is made with, beyond its config. */
export interface MakeOptions {
  /** Values for variables of `app.secretEnv`, by name; every other gets a random one. */
  readonly secrets: Readonly<Record<string, string>>;
  /** As in the file of the stack that the site is made from; undefined: the backend's own. */
  readonly secretsProvider: string | undefined;
  /** Builds the image, if the site's is not there yet. */
  readonly build: (() => Promise<string>) | undefined;
  /** Whether it must be found and trusted by browsers. */
  readonly reachable: boolean;
  /** How many sites there may be at once. */
  readonly cap: number;
  /** @param ms to wait; for tests */
  readonly wait: (ms: number) => Promise<unknown>;
  readonly run: Run;
  readonly network: Network;
  /** Folder of the stacks' files, for tests. */
  readonly folder?: string;
}

/** A site that answers. */
export interface Site {
  readonly stack: string;
  readonly url: string;
  /** Address of the load balancer, for a request without DNS. */
  readonly loadBalancer: string;
  /** Whether it was there before. */
  readonly updated: boolean;
  /** Why a browser does not reach it, and what to set up; undefined: it does. */
  readonly unreachable: string | undefined;
  /** Why it answers by HTTP although the other stack has HTTPS; undefined: it does not. */
  readonly insecure: string | undefined;
  /** Variables with addresses that the stack which it is made from has too. */
  readonly shared: readonly string[];
}

/** A stack's file, as far as it is kept from one update of the site to the next: what its secrets are, and their key. */
interface StackFile {
  readonly config?: Readonly<Record<string, unknown>>;
  readonly [key: string]: unknown;
}

const APP = `${PROJECT}:app`;
/** Stands for an image while everything else is checked, since a build takes minutes. */
const NOT_BUILT = `not-built.invalid/site@sha256:${"0".repeat(64)}`;

/** In quotes, since the CLI's YAML takes a time without them for more than a text. */
function stringify(value: unknown): string {
  return toYaml(value, {
    defaultStringType: "QUOTE_DOUBLE",
    defaultKeyType: "PLAIN",
    lineWidth: 0,
  });
}

/**
 * Makes the site of a pull request, or brings it up to date. A site that cannot be made whole is removed again. One that
 * was there is not: what `pulumi up` could not do is left to the next call.
 * @throws {UsageError} with what is wrong; of a site that was not there before nothing is left behind then
 */
export async function makeSite(
  from: StackConfig,
  wishes: SiteWishes,
  options: MakeOptions,
): Promise<Site> {
  if (wishes.image !== undefined) checkImage(wishes.image);
  const withImage = (image = wishes.image) => siteConfig(from, { ...wishes, image });
  let site = withImage(options.build && NOT_BUILT);
  const file = join(options.folder ?? ROOT, `Pulumi.${site.stack}.yaml`);
  await checkConfig(offline(site));
  checkSecrets(site, options.secrets, from.stack);
  const problem = await unreachable({ ...site, from: from.stack }, options.network);
  if (problem !== undefined && options.reachable) throw new UsageError(problem);

  const pulumi = new Pulumi(options.run);
  const cluster = new Cluster(options.run, contextOf(site));
  const { stack } = site;
  const { cap, wait, secretsProvider } = options;
  const updated = await isThere(site, file, pulumi, options.run);
  const counting: Counting = { stack, cap, pulumi, cluster, wait };
  if (!updated) {
    refuseNamesake(site, await cluster.sites(), cluster);
    await refuseOverCap(counting);
    // What an earlier stack of this name has left would be another's key.
    rmSync(file, { force: true });
  }

  try {
    if (!updated) {
      await pulumi.create(stack, secretsProvider);
      await keepPlace(counting);
    }
    if (options.build) site = withImage(await options.build());
    await prepare(site, file, pulumi, options);
    const { code } = await pulumi.up(site.stack);
    if (code !== 0)
      throw new UsageError(`pulumi up of ${site.stack} failed, for the reason above.`);
    const { url = "", loadBalancer = "" } = await pulumi.outputs(site.stack);
    const address = `${url}${site.port}`;
    const { shared, insecure } = site;
    const about = { unreachable: problem, insecure, shared };
    return { stack, url: address, loadBalancer, updated, ...about };
  } catch (error) {
    // A stack that is there all at once is another's: nothing of it is to be undone.
    if (updated || error instanceof StackExists) throw error;
    throw await undone(error as Error, site, file, options.run);
  }
}

/**
 * Whether there is something of the site to bring up to date, with its file. A run that was ended while it waited for its place
 * or its image left a stack in which nothing is; one that was ended in the first `pulumi up` left a part, of which nobody has the
 * config. The file with the key of its secrets is lost in both cases, so the site is made anew. The workflows have one run for a
 * site at a time.
 */
async function isThere(site: SiteConfig, file: string, pulumi: Pulumi, run: Run): Promise<boolean> {
  const { stack } = site;
  if (!(await pulumi.exists(stack))) return false;
  if ((await pulumi.state(stack)).resources.length === 0) {
    await pulumi.forget(stack);
    return false;
  }
  if (existsSync(file) || (await pulumi.fetchConfig(stack))) return true;
  await removeSite(stack, { run, context: contextOf(site), unfinished: true });
  return false;
}

/** The site's config as text: what its file will say, without its secrets. */
export function siteFile(site: SiteConfig): string {
  return stringify({ config: site.config });
}

/** As the program would get it, with a placeholder for each secret. */
export function offline(site: SiteConfig): StackConfig {
  const secure = Object.fromEntries(site.secretNames.map((name) => [name, { secure: "" }]));
  const config = withSecrets(site.config, secure);
  return parseStackConfig(site.stack, `Pulumi.${site.stack}.yaml`, stringify({ config }));
}

async function prepare(
  site: SiteConfig,
  file: string,
  pulumi: Pulumi,
  { secrets }: MakeOptions,
): Promise<void> {
  const { config = {}, ...kept } = readFile(file);
  const before = secretEnvOf(config);
  const there = Object.fromEntries(
    Object.entries(before).filter(([name]) => site.secretNames.includes(name)),
  );
  writeFileSync(file, stringify({ ...kept, config: withSecrets(site.config, there) }));
  for (const name of site.secretNames) {
    const value = secrets[name] ?? (name in there ? undefined : randomBytes(32).toString("hex"));
    if (value !== undefined) {
      await pulumi.setSecret(site.stack, `${APP}.secretEnv.${name}`, value);
    }
  }
}

function withSecrets(
  config: SiteConfig["config"],
  secretEnv: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return Object.keys(secretEnv).length === 0
    ? config
    : { ...config, [APP]: { ...(config[APP] as object), secretEnv } };
}

function secretEnvOf(config: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { secretEnv = {} } = (config[APP] ?? {}) as { secretEnv?: Record<string, unknown> };
  return secretEnv;
}

function readFile(file: string): StackFile {
  return existsSync(file) ? ((parse(readFileSync(file, "utf8")) ?? {}) as StackFile) : {};
}

function contextOf({ config }: SiteConfig): string | undefined {
  return (config[`${PROJECT}:cluster`] as { context?: string }).context;
}

function checkSecrets({ secretNames }: SiteConfig, secrets: object, from: string): void {
  const unknown = Object.keys(secrets).filter((name) => !secretNames.includes(name));
  if (unknown.length === 0) return;
  throw new UsageError(
    `--secret-env ${unknown[0]} is refused: app.secretEnv of stack '${from}' has no such variable. ` +
      `It has: ${secretNames.join(", ") || "none"}.`,
  );
}

/** A namespace without a stack is what a lost state leaves, or it belongs to somebody else. */
function refuseNamesake(
  site: SiteConfig,
  namespaces: readonly SiteNamespace[],
  cluster: Cluster,
): void {
  const there = namespaces.find(({ name }) => name === site.stack);
  if (there === undefined) return;
  throw new UsageError(
    there.goingSince === undefined
      ? `namespace '${site.stack}' is in the cluster already, but there is no stack of that name: its state is lost, or in another backend.\n` +
          `  if nobody needs it: ${cluster.command("delete", "namespace", site.stack)}`
      : `namespace '${site.stack}' is still going, since ${there.goingSince.toISOString()}.\n` +
          `  wait until it is gone: ${cluster.command("wait", "--for=delete", `namespace/${site.stack}`, "--timeout=300s")}`,
  );
}

/** Removes what a failed first attempt has made; the error says what became of it. */
async function undone(reason: Error, site: SiteConfig, file: string, run: Run): Promise<Error> {
  const pulumi = new Pulumi(run);
  try {
    const made = await pulumi.exists(site.stack);
    if (made) await removeSite(site.stack, { run, context: contextOf(site), unfinished: true });
    rmSync(file, { force: true });
    return new UsageError(`${reason.message}\nWhat it had made is removed again.`);
  } catch (error) {
    return new UsageError(
      `${reason.message}\nAnd it cannot be removed: ${(error as Error).message}\n` +
        `${basename(file)} stays. When that is repaired: npm run stack -- remove ${site.stack}`,
    );
  }
}
