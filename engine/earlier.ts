import { isMap } from "../model/isMap";
import { urnOf, type Monitor } from "./monitor";

/** Inputs of resources as a state has them, by URN. */
export type Earlier = ReadonlyMap<string, Readonly<Record<string, unknown>>>;

/** Of an input whose changes are ignored, the engine hands on what the state has. */
export function keepIgnored(monitor: Monitor, earlier: Earlier): void {
  const original = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, done) => {
    const old = earlier.get(urnOf(request.getParent(), request.getType(), request.getName()));
    const ignored = request.getIgnorechangesList?.() ?? [];
    const struct = request.getObject?.();
    if (old !== undefined && ignored.length > 0 && struct !== undefined) {
      const inputs = struct.toJavaScript();
      for (const path of ignored) keepAt(inputs, stepsOf(path), old);
      request.setObject?.(struct.constructor.fromJavaScript(inputs));
    }
    return original(request, done);
  };
}

/** `input["app.build"]` is `input`, `app.build`. */
function stepsOf(path: string): string[] {
  return [...path.matchAll(/\["([^"]*)"\]|[^.[\]]+/g)].map(([whole, quoted]) => quoted ?? whole);
}

function keepAt(value: unknown, [step = "", ...rest]: readonly string[], old: unknown): void {
  if (!isMap(value) || !isMap(old)) return;
  if (rest.length > 0) keepAt(value[step], rest, old[step]);
  else if (step in old) value[step] = old[step];
}
