/** Whether a stack is held to the rules for production by its name, where `production` is not set. */
export function namedForProduction(stack: string): boolean {
  return /^prod(uction)?$/.test(stack);
}
