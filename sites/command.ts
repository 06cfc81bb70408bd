import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { parse } from "yaml";
import { readStackConfig, UsageError, type StackConfig } from "../cli/stackConfig";
import { badArguments } from "../model/badArguments";
import { pullRequestOf } from "../model/reviewSite";
import { indented, ROOT, type Run } from "./commands";
import { imageOf } from "./image";
import { listed, table } from "./list";
import { makeSite, siteFile, type Site } from "./make";
import type { Network } from "./network";
import { removeSite } from "./remove";
import { buildOf, instant, siteConfig, type SiteWishes } from "./siteConfig";

const USAGE = `The site of a pull request, beside the stack of a cluster: docs/review-sites.md.

npm run stack -- new pr-NUMBER --from STACK [options]   makes it, or brings it up to date
npm run stack -- remove pr-NUMBER [--context CONTEXT]   removes it, and looks whether it is gone
npm run stack -- list [--context CONTEXT]               the sites that there are, in the state and in the cluster

  --from STACK        whose cluster and application it is: dev
  --config-file FILE  that stack's config file, if not Pulumi.STACK.yaml
  --image IMAGE       what it runs (default: what that stack runs)
  --build REPOSITORY  builds what that stack builds for itself (app.build), once for each commit, and pushes it to REPOSITORY
  --build-secret ID=VARIABLE  a secret of that build, from the environment
  --context CONTEXT   of the kubeconfig (default: that of the stack's config or state)
  --days DAYS         how long it stays without a new commit (default: 7)
  --max NUMBER        how many sites there may be at once (default: 10)
  --https             the controller, or the load balancer in front of it, has a certificate for *.HOST
  --reachable         refuses where browsers would not find the host, or not trust its certificate
  --env NAME=VALUE    a variable of app.env that the site has its own value of, such as the address of another database
  --secret-env NAME   takes this variable of app.secretEnv from the environment; all others get a random value
  --dry-run           prints the site's config, and does nothing
  --json FILE         new and list: what there is now, for programs
  --help
`;

const MOST_DAYS = 90;

/** What the command works with, beside its arguments. */
export interface Surroundings {
  readonly run: Run;
  readonly network: Network;
  readonly now: Date;
  /** @param ms to wait; default: by the clock */
  readonly wait?: (ms: number) => Promise<unknown>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Folder of the stacks' files; default: the program's. */
  readonly folder?: string;
}

/**
 * `npm run stack`.
 * @returns the text for the user
 * @throws {UsageError} with what is wrong, and how to repair it
 */
export async function execute(
  args: readonly string[],
  surroundings: Surroundings,
): Promise<string> {
  const { values: options, positionals } = parsed(args);
  const [verb, stack, ...rest] = positionals;
  if (options.help || verb === undefined) return USAGE;
  if (rest[0] !== undefined) throw new UsageError(`'${rest[0]}' is too much.\n${USAGE}`);
  switch (verb) {
    case "list":
      refuseOptions(verb, options, ["json", "context"]);
      return list(options, surroundings);
    case "remove":
      refuseOptions(verb, options, ["context"]);
      return remove(named(stack, verb), options.context, surroundings);
    case "new":
      return make(named(stack, verb), options, surroundings);
    default:
      throw new UsageError(`'${verb}' is refused: expected new, remove or list.\n${USAGE}`);
  }
}

type Options = ReturnType<typeof parsed>["values"];

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        from: { type: "string" },
        "config-file": { type: "string" },
        image: { type: "string" },
        build: { type: "string" },
        "build-secret": { type: "string", multiple: true },
        context: { type: "string" },
        days: { type: "string" },
        max: { type: "string" },
        https: { type: "boolean" },
        reachable: { type: "boolean" },
        env: { type: "string", multiple: true },
        "secret-env": { type: "string", multiple: true },
        "dry-run": { type: "boolean" },
        json: { type: "string" },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    throw new UsageError(`${badArguments(error)}.\n${USAGE}`);
  }
}

function refuseOptions(verb: string, options: Options, allowed: readonly string[]): void {
  const other = Object.keys(options).find((name) => !allowed.includes(name));
  if (other !== undefined) throw new UsageError(`${verb} accepts no --${other}.\n${USAGE}`);
}

function named(stack: string | undefined, verb: string): string {
  if (stack !== undefined) return stack;
  throw new UsageError(`the name of the site is missing: npm run stack -- ${verb} pr-12`);
}

async function make(stack: string, options: Options, at: Surroundings): Promise<string> {
  const pullRequest = pullRequestOf(stack);
  if (pullRequest === undefined) {
    throw new UsageError(
      `'${stack}' is refused: a review site is named after its pull request, pr-12.\n  for another kind of stack: pulumi stack init ${stack}`,
    );
  }
  if (options.from === undefined) {
    throw new UsageError(`--from is missing: npm run stack -- new ${stack} --from dev`);
  }
  const folder = at.folder ?? ROOT;
  // Where the user stands, as other commands take it.
  const file = options["config-file"] ?? join(folder, `Pulumi.${options.from}.yaml`);
  const from = readStackConfig(folder, options.from, file);
  const days = wholeNumber("days", options.days, 7, MOST_DAYS);
  const wishes: SiteWishes = {
    pullRequest,
    until: new Date(at.now.getTime() + days * 24 * 60 * 60 * 1000),
    context: options.context,
    image: options.image,
    https: options.https,
    env: Object.fromEntries((options.env ?? []).map(variable)),
  };
  if (options["dry-run"]) return siteFile(siteConfig(from, wishes));
  const site = await makeSite(from, wishes, {
    run: at.run,
    network: at.network,
    folder,
    build: builder(from, options, at),
    reachable: options.reachable ?? false,
    cap: wholeNumber("max", options.max, 10, 1000),
    wait: at.wait ?? pause,
    secrets: secretsOf(options["secret-env"] ?? [], at.env),
    secretsProvider: secretsProviderOf(file),
  });
  const until = instant(wishes.until);
  if (options.json) {
    writeFileSync(options.json, `${JSON.stringify({ ...site, until }, null, 2)}\n`);
  }
  return [
    `${site.stack} ${site.updated ? "is up to date" : "is made"}: ${site.url}`,
    `  until ${until}, or: npm run stack -- remove ${site.stack}`,
    ...sharedWith(options.from, site),
    ...(site.insecure === undefined ? [] : [indented(`by HTTP: ${site.insecure}`)]),
    ...(site.unreachable === undefined ? [] : [indented(withoutDns(site))]),
  ].join("\n");
}

/** What a page of the site can change for the other stack. */
function sharedWith(from: string, { shared }: Site): string[] {
  if (shared.length === 0) return [];
  return [
    `  shares with ${from} what is behind these addresses (app.env): ${shared.join(", ")}`,
    `  another for the site: --env ${shared[0]}=VALUE`,
  ];
}

function variable(pair: string): [name: string, value: string] {
  const [, name, value] = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/s.exec(pair) ?? [];
  if (name !== undefined && value !== undefined) return [name, value];
  throw new UsageError(
    `--env '${pair}' is refused: expected NAME=VALUE, such as DATABASE_URL=postgres://db.review:5432/shop`,
  );
}

function withoutDns({ url, loadBalancer, unreachable }: Site): string {
  const address = loadBalancer || "ADDRESS-OF-THE-CONTROLLER";
  return `${unreachable}\nuntil then: curl --header 'Host: ${new URL(url).host}' http://${address}`;
}

/** What builds the image, where the other stack builds its own. */
function builder(
  from: StackConfig,
  { build: repository, image, "build-secret": secrets = [] }: Options,
  { run, env }: Surroundings,
): (() => Promise<string>) | undefined {
  const build = buildOf(from);
  if (!repository || build === undefined) return undefined;
  if (image !== undefined) {
    throw new UsageError("--image and --build are both there; one of them says what the site runs");
  }
  const named = Object.fromEntries(secrets.map((pair) => buildSecret(pair, env)));
  return () => imageOf(build, { run, repository, secrets: named });
}

function buildSecret(pair: string, env: Surroundings["env"]): [id: string, variable: string] {
  const [, id, variable] = /^([A-Za-z0-9_.-]+)=([A-Za-z_][A-Za-z0-9_]*)$/.exec(pair) ?? [];
  if (id === undefined || variable === undefined) {
    throw new UsageError(
      `--build-secret '${pair}' is refused: expected ID=VARIABLE, such as npmrc=NPMRC`,
    );
  }
  if (env[variable]) return [id, variable];
  throw unset(`--build-secret ${pair}`, variable);
}

/** @param option as it is typed */
function unset(option: string, variable: string): UsageError {
  return new UsageError(
    `${option} is refused: the environment has no variable of that name.\n  export ${variable}=…`,
  );
}

async function remove(
  stack: string,
  context: string | undefined,
  { run }: Surroundings,
): Promise<string> {
  const { resources } = await removeSite(stack, { run, context });
  return `${stack} is removed: ${resources} resources, its namespace, and the stack.`;
}

async function list({ json, context }: Options, { run, now }: Surroundings): Promise<string> {
  const sites = await listed(run, context);
  if (json)
    writeFileSync(json, `${JSON.stringify({ now: now.toISOString(), ...sites }, null, 2)}\n`);
  return table(sites);
}

function wholeNumber(name: string, text: string | undefined, fallback: number, most: number) {
  if (text === undefined) return fallback;
  const number = Number(text);
  if (/^[0-9]+$/.test(text) && number >= 1 && number <= most) return number;
  throw new UsageError(
    `--${name} '${text}' is refused: expected a whole number from 1 to ${most}, such as --${name} ${fallback}`,
  );
}

function secretsOf(names: readonly string[], env: Surroundings["env"]): Record<string, string> {
  return Object.fromEntries(
    names.map((name) => {
      const value = env[name];
      if (value) return [name, value];
      throw unset(`--secret-env ${name}`, name);
    }),
  );
}

/** A site's secrets are encrypted as those of the stack that it is made from, with a key of its own. */
function secretsProviderOf(file: string): string | undefined {
  const { secretsprovider } = (parse(readFileSync(file, "utf8")) ?? {}) as {
    secretsprovider?: string;
  };
  return secretsprovider;
}
