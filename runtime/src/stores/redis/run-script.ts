import * as log from "../../log";
import type { Argument, Script, ScriptCall } from "./scripts";

export type Reply = string | number | Buffer | null | readonly Reply[];
/** Sends one command to Redis. */
export type Call = (command: readonly Argument[]) => Promise<Reply>;

/** Scripts whose flags the server refused. */
const refused = new WeakSet<Script>();

/** EVALSHA, and EVAL once if the server does not know the script. */
export async function runScript(call: Call, { script, keys, args }: ScriptCall): Promise<Reply> {
  const plain = script.plain && { script: script.plain, keys, args };
  if (plain && refused.has(script)) return runScript(call, plain);
  const rest = [String(keys.length), ...keys, ...args];
  try {
    return await call(["EVALSHA", script.sha, ...rest]);
  } catch (cause) {
    if (!log.reason(cause).startsWith("NOSCRIPT")) throw cause;
  }
  try {
    return await call(["EVAL", script.source, ...rest]);
  } catch (cause) {
    if (!plain || !/compiling|flags|Unexpected/i.test(log.reason(cause))) throw cause;
    refused.add(script);
    return runScript(call, plain);
  }
}
