/*
 * What puts right what the code does, and no key of the config.
 */

/** Folders with the code that makes resources. */
const CODE = "components platforms index.ts";

/**
 * Words, and the command that finds the place.
 * @param what to do, without a full stop
 * @param name of a property that the place has: `readinessProbe`
 */
export function inTheCode(what: string, name: string): string {
  return `${what}; this shows where:\ngrep -rn '${name}' ${CODE}`;
}
