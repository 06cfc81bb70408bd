import * as pulumi from "@pulumi/pulumi";

/** The few parts of the SDK's mock monitor that are used here. */
export interface Monitor {
  registerResource: Rpc;
  readResource: Rpc;
  newUrn(parent: string, type: string, name: string): string;
}
export type Rpc = (
  request: Request,
  done: (error: unknown, answer?: Answer) => void,
) => Promise<void>;
export interface Answer {
  getUrn(): string;
}
export interface Request {
  getType(): string;
  getName(): string;
  getParent(): string;
  getDependenciesList(): string[];
  getPropertydependenciesMap?(): ProtoMap;
  getIgnorechangesList?(): string[];
  getReplaceonchangesList?(): string[];
  getAliasesList?(): Alias[];
  getProtect?(): boolean | undefined;
  getCustom?(): boolean;
  getObject?(): Struct | undefined;
  getProperties?(): Struct | undefined;
  setObject?(inputs: Struct): void;
}
export interface Alias {
  getUrn(): string;
  getSpec(): AliasSpec | undefined;
}
/** What is empty is as in the resource itself. */
interface AliasSpec {
  getName(): string;
  getType(): string;
  getParenturn(): string;
  getNoparent(): boolean;
}
interface ProtoMap {
  forEach(visit: (value: { getUrnsList(): string[] }, key: string) => void): void;
}
export interface Struct {
  toJavaScript(): Record<string, unknown>;
  constructor: { fromJavaScript(value: object): Struct };
}

const STACK = "pulumi:pulumi:Stack";

/** The URN that the engine gives; in the SDK's mock runtime, the stack is the one that runs. */
export function urnOf(parent: string, type: string, name: string): string {
  return urnIn(pulumi.getStack(), pulumi.getProject(), parent, type, name);
}

/**
 * The URN that the engine gives, with the types of all parents; the SDK's mock runtime names the nearest alone.
 * Source: pulumi, sdk/go/common/resource/urn, `New`.
 * @param parent its URN; empty for a child of the stack
 */
export function urnIn(
  stack: string,
  project: string,
  parent: string,
  type: string,
  name: string,
): string {
  const parents = parent.split("::")[2] ?? "";
  const types = parents === "" || parents === STACK ? type : `${parents}$${type}`;
  return `urn:pulumi:${stack}::${project}::${types}::${name}`;
}
