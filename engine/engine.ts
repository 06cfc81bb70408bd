import * as pulumi from "@pulumi/pulumi";
import { getMonitor } from "@pulumi/pulumi/runtime/settings";
import * as state from "@pulumi/pulumi/runtime/state";
import { dirname, join } from "node:path";
import { keepIgnored, type Earlier } from "./earlier";
import { aliasesOf } from "./aliases";
import { urnOf, type Monitor, type Request, type Rpc } from "./monitor";

export type { Earlier } from "./earlier";

/*
 * Runs a Pulumi program in this process, in the SDK's mock runtime, and records what it asks the engine for. No CLI, no
 * plugin, no account. Nothing here does what providers would check or compute.
 */

/** Marks a value that only a deployment knows. Source: the SDK's runtime/rpc. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270";

/** The organization name in backends without organizations. */
const ORGANIZATION = "organization";

/** What stands for a value that is not known, and for one that is secret. */
export class Unknown {}
export class Secret {
  constructor(readonly value: unknown) {}
}

/** One resource, as the program registered it. `inputs` holds `Unknown` and `Secret` where they apply. */
export interface RecordedResource {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  /** URN of the parent; empty for a child of the stack. */
  readonly parent: string;
  readonly custom: boolean;
  /** Read, not made. */
  readonly read: boolean;
  readonly protect: boolean;
  /** URNs of the explicit dependencies and of those that data flow gives. */
  readonly dependsOn: readonly string[];
  /** URNs by the input whose value comes from them. */
  readonly sources: Readonly<Record<string, readonly string[]>>;
  /** Paths of inputs whose change is ignored once the resource exists. */
  readonly ignoreChanges: readonly string[];
  /** Paths of inputs whose change replaces the resource, beside those that the provider says. */
  readonly replaceOnChanges: readonly string[];
  /** URNs that it had before, those that it inherits from its parents too. */
  readonly aliases?: readonly string[];
  readonly inputs: Readonly<Record<string, unknown>>;
}

export interface Run {
  readonly resources: readonly RecordedResource[];
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly warnings: readonly string[];
}

/** What a provider answers beyond the inputs: the id and computed properties. */
export interface Answers {
  resource?(args: pulumi.runtime.MockResourceArgs): {
    id?: string;
    state?: Record<string, unknown>;
  };
  /** An invoke that is not answered (undefined) is an error. */
  invoke?(args: pulumi.runtime.MockCallArgs): Record<string, unknown> | undefined;
}

export interface RunOptions {
  readonly project: string;
  readonly stack: string;
  /** Full keys (`next-on-eks:app`) and values; maps and lists as JSON. */
  readonly config: Readonly<Record<string, string>>;
  /** Keys whose values are secret. */
  readonly secretKeys?: readonly string[];
  /** As in `pulumi preview`: values without an answer are unknown. */
  readonly preview: boolean;
  readonly answers?: Answers;
  /** Inputs of resources as the state has them, by URN. Of an input whose changes are ignored they are what counts. */
  readonly earlier?: Earlier;
}

/** Returns the stack's outputs, at once or in time. */
export type Program = () => Record<string, unknown> | Promise<Record<string, unknown>>;

/**
 * Runs `program`, waits until every resource is registered, and returns what was asked for.
 * @param program `loadProgram` gives that of a file
 * @throws what the program throws, and what a rejected input or output holds
 */
export async function run(program: Program, options: RunOptions): Promise<Run> {
  const resources: RecordedResource[] = [];
  const warnings: string[] = [];
  const rejections: unknown[] = [];
  const onRejection = (reason: unknown) => rejections.push(reason);

  pulumi.runtime.setAllConfig({ ...options.config }, [...(options.secretKeys ?? [])]);
  await pulumi.runtime.setMocks(
    mocks(options.answers ?? {}),
    options.project,
    options.stack,
    options.preview,
    ORGANIZATION,
  );
  const monitor = getMonitor() as unknown as Monitor;
  monitor.newUrn = urnOf;
  if (options.earlier) keepIgnored(monitor, options.earlier);
  record(monitor, resources);
  leaveHooksAlone();
  const restoreLog = captureWarnings(warnings);
  process.on("unhandledRejection", onRejection);
  try {
    const outputs = await program();
    await pulumi.runtime.disconnect();
    const resolved: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(outputs)) resolved[name] = await resolve(value);
    // Node reports a rejection one turn after the promise was dropped.
    await new Promise((turn) => setImmediate(turn));
    if (rejections.length > 0) throw rejections[0];
    return { resources, outputs: resolved, warnings };
  } finally {
    process.off("unhandledRejection", onRejection);
    restoreLog();
  }
}

/** Folders whose program has run. */
const ran = new Set<string>();
/** Folders whose modules stay loaded. */
const stay = new Set<string>();

/**
 * Runs the program of a folder on the same modules from now on, where they are known to hold nothing of a run: a
 * comparison runs it ten times, and loading it takes longer than the run.
 */
export function keepLoaded(folder: string): void {
  stay.add(folder);
}

/**
 * The program that a file exports. After its first run it is loaded again each time, so that its modules hold nothing from an
 * earlier one, unless they stay loaded. The first takes what is loaded already: reading the config twice costs a tenth of a
 * preview.
 */
export function loadProgram(file: string): Program {
  const root = dirname(file);
  return () => {
    if (ran.has(root) && !stay.has(root)) forget(root);
    ran.add(root);
    return (require(file) as Program)();
  };
}

function forget(root: string): void {
  for (const path of Object.keys(require.cache)) {
    const own = path.startsWith(root) && !path.startsWith(join(root, "node_modules"));
    if (own && !path.startsWith(__dirname)) delete require.cache[path];
  }
}

function mocks(answers: Answers): pulumi.runtime.Mocks {
  return {
    newResource: (args) => {
      const inputs = args.inputs as Record<string, unknown>;
      const answer = answers.resource?.(args) ?? {};
      const state = { ...inputs, ...computed(args.type, args.name, inputs), ...answer.state };
      return { id: answer.id ?? args.id, state };
    },
    call: (args) => {
      const answer = answers.invoke?.(args);
      if (!answer) {
        const details = `no answer is given for the invoke ${args.token}`;
        // The SDK reports only the details, as a gRPC error.
        throw Object.assign(new Error(details), { details });
      }
      return answer;
    },
  };
}

/** Kubernetes objects without a name get one from Pulumi that begins with the resource's. */
function computed(
  type: string,
  name: string,
  inputs: Record<string, unknown>,
): Record<string, unknown> {
  if (!type.startsWith("kubernetes:") || !("kind" in inputs)) return {};
  return { metadata: { name, ...(inputs.metadata as object | undefined) } };
}

/** Without it the SDK opens a port for the engine to call hooks. There is no engine here, and no old state. */
function leaveHooksAlone(): void {
  const { getStore } = state as unknown as { getStore(): { callbacks: unknown } };
  getStore().callbacks = {
    registerResourceHook: () => Promise.resolve(),
    registerErrorHook: () => Promise.resolve(),
    awaitStackRegistrations: () => Promise.resolve(),
    shutdown: () => undefined,
  };
}

function record(monitor: Monitor, resources: RecordedResource[]): void {
  const aliases = new Map<string, readonly string[]>();
  const watch = (rpc: Rpc, read: boolean): Rpc => {
    const original = rpc.bind(monitor);
    return (request, done) =>
      original(request, (error, answer) => {
        if (answer) {
          const urn = answer.getUrn();
          const own = aliasesOf(request, aliases.get(request.getParent()));
          aliases.set(urn, own);
          resources.push({ ...recorded(request, urn, read), aliases: own });
        }
        done(error, answer);
      });
  };
  monitor.registerResource = watch(monitor.registerResource, false);
  monitor.readResource = watch(monitor.readResource, true);
}

function recorded(request: Request, urn: string, read: boolean): RecordedResource {
  const struct = read ? request.getProperties?.() : request.getObject?.();
  return {
    urn,
    type: request.getType(),
    name: request.getName(),
    parent: request.getParent().includes("pulumi:pulumi:Stack::") ? "" : request.getParent(),
    custom: read || (request.getCustom?.() ?? true),
    read,
    protect: request.getProtect?.() ?? false,
    dependsOn: [...new Set(request.getDependenciesList())],
    sources: sourcesOf(request),
    ignoreChanges: request.getIgnorechangesList?.() ?? [],
    replaceOnChanges: request.getReplaceonchangesList?.() ?? [],
    inputs: revive(struct?.toJavaScript() ?? {}) as Record<string, unknown>,
  };
}

function sourcesOf(request: Request): Record<string, readonly string[]> {
  const sources: Record<string, readonly string[]> = {};
  request.getPropertydependenciesMap?.().forEach((value, key) => {
    if (value.getUrnsList().length > 0) sources[key] = value.getUrnsList();
  });
  return sources;
}

/** Wire values to values: secrets and unknowns get their own classes. */
function revive(value: unknown): unknown {
  if (value === UNKNOWN) return new Unknown();
  if (Array.isArray(value)) return value.map(revive);
  if (typeof value !== "object" || value === null) return value;
  const entries = value as Record<string, unknown>;
  if (entries[SIGNATURE] === SECRET_SIGNATURE) return new Secret(revive(entries.value));
  return Object.fromEntries(Object.entries(entries).map(([key, item]) => [key, revive(item)]));
}

async function resolve(value: unknown): Promise<unknown> {
  if (!pulumi.Output.isInstance(value)) return value;
  const output = value as pulumi.Output<unknown> & {
    promise(): Promise<unknown>;
    isKnown: Promise<boolean>;
    isSecret: Promise<boolean>;
  };
  const plain = (await output.isKnown) ? await output.promise() : new Unknown();
  return (await output.isSecret) ? new Secret(plain) : plain;
}

/** In the mock runtime there is no engine to log to, so the SDK would print to standard error. */
function captureWarnings(warnings: string[]): () => void {
  const log = pulumi.log as { warn: typeof pulumi.log.warn };
  const original = log.warn;
  log.warn = (message) => {
    warnings.push(message);
    return Promise.resolve();
  };
  return () => {
    log.warn = original;
  };
}
