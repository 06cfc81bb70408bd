/** Whether the rules for production apply to a stack because of its name, if `production` is not set. */
export function namedForProduction(stack: string): boolean {
  return /^prod(uction)?$/.test(stack);
}
