import { AssertionError } from "node:assert";

/** A list of checks, run one after the other; a failed one does not stop the rest. */
export class Suite {
  passed = 0;
  readonly failed: string[] = [];

  constructor(private readonly only: string | undefined) {}

  wants(name: string): boolean {
    return this.only === undefined || name.includes(this.only);
  }

  /** Whether any check whose name starts like this is asked for. */
  wantsAny(start: string): boolean {
    return this.only === undefined || this.only.startsWith(start) || start.includes(this.only);
  }

  async check(
    name: string,
    body: () => Promise<void> | void,
    context?: () => string,
  ): Promise<void> {
    if (!this.wants(name)) return;
    const started = performance.now();
    try {
      await body();
      this.passed++;
      console.log(`  ok    ${name} (${Math.round(performance.now() - started)} ms)`);
    } catch (cause) {
      this.failed.push(name);
      const text =
        cause instanceof AssertionError
          ? cause.message
          : cause instanceof Error
            ? (cause.stack ?? cause.message)
            : String(cause);
      console.log(`  FAIL  ${name}\n${indent(text)}`);
      if (context) console.log(indent(context()));
    }
  }

  /** The closing line; true if nothing failed. */
  report(): boolean {
    for (const name of this.failed) console.log(`failed: ${name}`);
    console.log(`${this.passed} passed, ${this.failed.length} failed`);
    return this.failed.length === 0 && this.passed > 0;
  }
}

function indent(text: string): string {
  return text.replace(/^/gm, "        ");
}
