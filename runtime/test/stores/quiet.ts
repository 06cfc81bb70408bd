/** Keeps what the runtime logs out of the report of a suite. */
export function quietly(): void {
  const { log, warn, error } = console;
  const isLog = (line: unknown): boolean =>
    typeof line === "string" && line.includes('"source":"next-shared-cache"');
  before(() => {
    for (const [name, write] of Object.entries({ log, warn, error }))
      Reflect.set(console, name, (...args: unknown[]) =>
        isLog(args[0]) ? undefined : write(...args),
      );
  });
  after(() => Object.assign(console, { log, warn, error }));
}
