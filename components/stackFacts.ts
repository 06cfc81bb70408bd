import * as pulumi from "@pulumi/pulumi";
import type { Facts, Verdict } from "../config/changes";

export interface StackFactsArgs {
  /** What the stack is meant to be, by config key. */
  facts: Facts;
  /** Keys whose fact keeps its value from the state, whatever `facts` says. */
  kept: readonly string[];
  /** The verdict on going on from the facts of the last `up`; undefined: the stack is new. */
  judge: (old: Facts | undefined) => Promise<Verdict>;
}

/**
 * Keeps the facts of a stack in its state, and has those of the last `up` judged before anything else is created.
 * Resolves with the stored facts. If a change is refused it never resolves: the engine ends the program, and the code
 * after it is not reached.
 *
 * The engine calls the hook in a preview as in `up`, with the inputs that the state has: also those of an `up` that
 * failed after it. Why it works this way: docs/decisions/0009-stack-facts.md.
 */
export async function keepFacts(
  name: string,
  { facts, kept, judge }: StackFactsArgs,
): Promise<Facts> {
  const changes = new pulumi.ResourceHook("changes", judged(judge), { onDryRun: true });
  const stash = new pulumi.Stash(
    name,
    { input: facts },
    {
      hooks: { beforeCreate: [changes], beforeUpdate: [changes] },
      ignoreChanges: kept.map((key) => `input["${key}"]`),
    },
  );
  return new Promise((resolve) => stash.input.apply((input) => resolve(input as Facts)));
}

/** Logs warnings and throws a refusal. */
export function judged(judge: StackFactsArgs["judge"]): pulumi.ResourceHookFunction {
  return async ({ oldInputs }) => {
    const old = (oldInputs as { readonly input?: Facts } | undefined)?.input;
    const { refusal, warnings } = await judge(old);
    for (const warning of warnings) await pulumi.log.warn(warning);
    if (refusal !== undefined) throw new pulumi.RunError(refusal);
  };
}
