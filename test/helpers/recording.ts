import * as assert from "node:assert/strict";
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks";
import {
  run,
  Secret,
  type Program,
  type RecordedResource,
  type Run,
  type RunOptions,
} from "../../engine/engine";
import { answers, kindOf } from "./answers";
import { forgive } from "./rejections";

/** What a resource was registered with beside its inputs. */
export interface ResourceOptions {
  /** URN of the explicit provider; empty for the default one. */
  readonly provider: string;
  readonly createTimeout: string;
  readonly updateTimeout: string;
  readonly ignoreChanges: readonly string[];
  readonly replaceOnChanges: readonly string[];
  /** Names of the hooks that the engine calls before it updates the resource. */
  readonly beforeUpdate: readonly string[];
  /** And before it creates it. */
  readonly beforeCreate: readonly string[];
  /** Names of those that it calls when the resource fails. */
  readonly onError: readonly string[];
}

/** A finished run, with look-ups that fail loudly. */
export class Recording {
  readonly outputs: Run["outputs"];
  readonly warnings: Run["warnings"];
  readonly resources: Run["resources"];

  constructor(
    finished: Run,
    private readonly options: ReadonlyMap<string, ResourceOptions>,
    private readonly registered: ReadonlyMap<string, readonly string[]>,
  ) {
    ({ outputs: this.outputs, warnings: this.warnings, resources: this.resources } = finished);
    assertUniqueUrns(this.resources);
  }

  /** `type name` of each resource that has no parent, sorted. */
  get roots(): string[] {
    return this.childrenAt("");
  }

  /** `type name` of each resource whose parent is that component, sorted. */
  childrenOf(kind: string, name: string): string[] {
    return this.childrenAt(this.one(kind, name).urn);
  }

  private childrenAt(urn: string): string[] {
    return this.resources
      .filter(({ parent }) => parent === urn)
      .map(({ type, name }) => `${type} ${name}`)
      .sort();
  }

  /** The one resource of that kind (last part of the type) and name. */
  one(kind: string, name: string): RecordedResource {
    const found = this.resources.filter((r) => kindOf(r.type) === kind && r.name === name);
    assert.equal(found.length, 1, `${found.length} resources are ${kind} ${name}`);
    return found[0] as RecordedResource;
  }

  inputs(kind: string, name: string): Readonly<Record<string, unknown>> {
    return this.one(kind, name).inputs;
  }

  /** `Kind name` of the resources of Kubernetes whose provider is not the one of that name. */
  besideProvider(name: string): string[] {
    const provider = this.one("kubernetes", name).urn;
    return this.resources
      .filter(
        ({ type, urn }) => type.startsWith("kubernetes:") && this.providerOf(urn) !== provider,
      )
      .map((resource) => `${kindOf(resource.type)} ${resource.name}`);
  }

  private providerOf(urn: string): string {
    return this.options.get(urn)?.provider ?? "";
  }

  optionsOf(kind: string, name: string): ResourceOptions {
    return this.options.get(this.one(kind, name).urn) as ResourceOptions;
  }

  /** Names of the outputs that a component registered, sorted. */
  registeredOutputs(kind: string, name: string): readonly string[] | undefined {
    return this.registered.get(this.one(kind, name).urn);
  }

  /** `Kind name` of what Pulumi refuses to delete, sorted. */
  get protectedOnes(): string[] {
    return this.resources
      .filter(({ protect }) => protect)
      .map(({ type, name }) => `${kindOf(type)} ${name}`)
      .sort();
  }

  /** `Kind name: path` of every input that is secret, sorted. */
  get secretInputs(): string[] {
    return this.resources
      .flatMap(({ type, name, inputs }) =>
        pathsOf(inputs, (value) => value instanceof Secret).map(
          (path) => `${kindOf(type)} ${name}: ${path}`,
        ),
      )
      .sort();
  }

  /** `Kind name: path` of every input, name and output that shows `text` in clear. */
  shows(text: string): string[] {
    const places = [
      ...this.resources.map((r) => [`${kindOf(r.type)} ${r.name}`, r.inputs] as const),
      ["output", this.outputs] as const,
    ];
    const has = (value: unknown) => typeof value === "string" && value.includes(text);
    return places.flatMap(([place, value]) => pathsOf(value, has).map((p) => `${place}: ${p}`));
  }

  /**
   * Every `Kind name` that must exist before this resource does, and go after it. A child waits for its parent, and so for
   * what the parent depends on.
   */
  comesAfter(kind: string, name: string): Set<string> {
    const byUrn = new Map(this.resources.map((resource) => [resource.urn, resource]));
    const before = new Set<string>();
    const visit = (urn: string) => {
      const { dependsOn = [], parent = "" } = byUrn.get(urn) ?? {};
      for (const dependency of [...dependsOn, parent, this.providerOf(urn)]) {
        const other = byUrn.get(dependency);
        const label = other && `${kindOf(other.type)} ${other.name}`;
        if (label === undefined || before.has(label)) continue;
        before.add(label);
        visit(dependency);
      }
    };
    visit(this.one(kind, name).urn);
    return before;
  }
}

/** Paths of the values that match; what is inside a match, or inside a secret, is not looked at. */
export function pathsOf(value: unknown, matches: (value: unknown) => boolean, path = ""): string[] {
  if (matches(value)) return [path];
  if (typeof value !== "object" || value === null || value instanceof Secret) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    pathsOf(item, matches, path === "" ? key : `${path}.${key}`),
  );
}

/** Two resources of one URN: the engine refuses the second, the mock runtime does not. */
export function assertUniqueUrns(resources: readonly { readonly urn: string }[]): void {
  const urns = resources.map(({ urn }) => urn);
  const twice = urns.filter((urn, index) => urns.indexOf(urn) !== index);
  assert.deepEqual(twice, [], "resources share a URN");
}

export type Settings = Partial<Pick<RunOptions, keyof RunOptions>>;

/**
 * Runs a program, or the code that makes one component, in a world that answers.
 * @param program returns the outputs to look at
 */
export async function record(program: Program, settings: Settings = {}): Promise<Recording> {
  const options = new Map<string, ResourceOptions>();
  const registered = new Map<string, readonly string[]>();
  const restore = watch(options, registered);
  const { stackTraceLimit } = Error;
  // The SDK takes a stack trace for every promise; tsx maps each: three quarters of the time of a run.
  Error.stackTraceLimit = 0;
  try {
    const finished = await run(program, {
      project: "next-on-eks",
      stack: "test",
      config: { "aws:region": "eu-west-1" },
      preview: false,
      answers,
      ...settings,
    });
    return new Recording(finished, options, registered);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
    restore();
  }
}

/** The message with which a run fails; a run that succeeds fails the test. */
export async function failureOf(running: Promise<unknown>): Promise<string> {
  const failure: unknown = await running.then(
    () => undefined,
    (error: unknown) => error,
  );
  assert.ok(failure instanceof Error, "the run succeeded");
  await forgive();
  return failure.message;
}

/** The parts of the engine's requests that the recorder of the previews leaves out. */
interface RegisterRequest {
  getProvider(): string;
  getIgnorechangesList?(): string[];
  getReplaceonchangesList?(): string[];
  getCustomtimeouts?(): { getCreate(): string; getUpdate(): string } | undefined;
  getHooks?(): HookBinding | undefined;
}
interface HookBinding {
  getBeforeCreateList(): string[];
  getBeforeUpdateList(): string[];
  getOnErrorList(): string[];
}
interface OutputsRequest {
  getUrn(): string;
  getOutputs(): { toJavaScript(): object } | undefined;
}
type Register = (
  request: RegisterRequest,
  done: (error: unknown, answer?: { getUrn(): string }) => void,
) => Promise<void>;
interface Registrations {
  registerResource: Register;
  readResource: Register;
  registerResourceOutputs(request: OutputsRequest, done: unknown): void;
}

function watch(
  options: Map<string, ResourceOptions>,
  registered: Map<string, readonly string[]>,
): () => void {
  const prototype = MockMonitor.prototype as unknown as Registrations;
  const { registerResource, readResource, registerResourceOutputs } = prototype;
  const watched = (register: Register): Register =>
    function (this: unknown, request, done) {
      return register.call(this, request, (error, answer) => {
        if (answer) options.set(answer.getUrn(), optionsOf(request));
        done(error, answer);
      });
    };
  prototype.registerResource = watched(registerResource);
  prototype.readResource = watched(readResource);
  prototype.registerResourceOutputs = function (request, done) {
    const outputs = request.getOutputs()?.toJavaScript() ?? {};
    registered.set(request.getUrn(), Object.keys(outputs).sort());
    registerResourceOutputs.call(this, request, done);
  };
  return () =>
    Object.assign(prototype, { registerResource, readResource, registerResourceOutputs });
}

function optionsOf(request: RegisterRequest): ResourceOptions {
  const timeouts = request.getCustomtimeouts?.();
  return {
    // urn:pulumi:STACK::PROJECT::TYPE::NAME::ID
    provider: request.getProvider().split("::").slice(0, 4).join("::"),
    createTimeout: timeouts?.getCreate() ?? "",
    updateTimeout: timeouts?.getUpdate() ?? "",
    ignoreChanges: request.getIgnorechangesList?.() ?? [],
    replaceOnChanges: request.getReplaceonchangesList?.() ?? [],
    beforeUpdate: request.getHooks?.()?.getBeforeUpdateList() ?? [],
    beforeCreate: request.getHooks?.()?.getBeforeCreateList() ?? [],
    onError: request.getHooks?.()?.getOnErrorList() ?? [],
  };
}
