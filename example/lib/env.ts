/** A setting of the running server; one that is empty counts as unset. */
export function env(name: string): string | undefined {
  const value = process.env[name];
  return value === "" ? undefined : value;
}
