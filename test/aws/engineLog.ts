import { existsSync, readFileSync } from "node:fs";

/** What the engine says of one step, as far as the suite looks at it. */
export interface EngineResource {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  readonly parent?: string;
}
interface Metadata {
  readonly op: string;
  readonly urn: string;
  readonly type: string;
}
interface EngineEvent {
  readonly sequence: number;
  readonly resourcePreEvent?: { readonly metadata: Metadata };
  readonly resOutputsEvent?: { readonly metadata: Metadata };
  readonly resOpFailedEvent?: { readonly metadata: Metadata };
  readonly diagnosticEvent?: { readonly severity: string; readonly message: string };
  readonly policyEvent?: { readonly policyName: string; readonly message: string };
}

/** One thing that was done, by whoever tells of it. Times of one source compare with each other alone. */
export interface Deed {
  readonly op: string;
  readonly type: string;
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** Steps that do nothing in the account. */
const IDLE = new Set(["same", "read", "refresh", "discard", "discard-replaced", "read-discard"]);

/** What the CLI wrote with `--event-log`: what a verb did, in order. */
export class EngineLog {
  private readonly events: readonly EngineEvent[];

  constructor(file: string) {
    const text = existsSync(file) ? readFileSync(file, "utf8") : "";
    this.events = text
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line) as EngineEvent);
  }

  /** The finished steps, `op urn`, without those that did nothing. */
  get steps(): string[] {
    return this.events
      .flatMap(({ resOutputsEvent }) => (resOutputsEvent ? [resOutputsEvent.metadata] : []))
      .filter(({ op }) => !IDLE.has(op))
      .map(({ op, urn }) => `${op} ${urn}`);
  }

  get failed(): string[] {
    return this.events.flatMap(({ resOpFailedEvent }) =>
      resOpFailedEvent ? [resOpFailedEvent.metadata.urn] : [],
    );
  }

  get errors(): string[] {
    return this.events.flatMap(({ diagnosticEvent: it }) =>
      it?.severity === "error" ? [withoutColour(it.message).trim()] : [],
    );
  }

  /** What a policy pack found: the policy, and all that it says. */
  get policies(): { policy: string; text: string }[] {
    return this.events.flatMap(({ policyEvent: it }) =>
      it ? [{ policy: it.policyName, text: withoutColour(it.message) }] : [],
    );
  }

  get deeds(): Deed[] {
    const started = new Map<string, number>();
    const deeds: Deed[] = [];
    for (const { sequence, resourcePreEvent, resOutputsEvent } of this.events) {
      const { op, urn } = resourcePreEvent?.metadata ?? resOutputsEvent?.metadata ?? {};
      if (op === undefined || urn === undefined || IDLE.has(op)) continue;
      if (resourcePreEvent) started.set(`${op} ${urn}`, sequence);
      else {
        const [type = "", name = ""] = [typeOf(urn), nameOf(urn)];
        deeds.push({
          op,
          type,
          name,
          start: started.get(`${op} ${urn}`) ?? sequence,
          end: sequence,
        });
      }
    }
    return deeds;
  }
}

export const nameOf = (urn: string): string => urn.split("::")[3] ?? "";
export const typeOf = (urn: string): string => urn.split("::")[2]?.split("$").pop() ?? "";
/** As people say it: `ReplicationGroup pages-group`. */
export const shortOf = (urn: string): string =>
  `${typeOf(urn).split(":").pop()} ${nameOf(urn)}`.trim();

function withoutColour(text: string): string {
  return text.replace(/<\{%[a-z]+%\}>/g, "");
}
