import { existsSync } from "node:fs";
import { join } from "node:path";

type Class<Arguments extends unknown[], Instance> = new (...given: Arguments) => Instance;

/** As much of `@actions/expressions` as is called here: its own types are in modules, which this compiler setting cannot read. */
interface Library {
  readonly Lexer: Class<[text: string], { lex(): { tokens: unknown } }>;
  readonly Parser: Class<
    [tokens: unknown, contexts: string[], functions: object[]],
    { parse(): unknown }
  >;
  readonly Evaluator: Class<
    [parsed: unknown, context: unknown, functions: ReadonlyMap<string, object>],
    { evaluate(): unknown }
  >;
  readonly data: {
    readonly BooleanData: Class<[value: boolean], unknown>;
    readonly StringData: Class<[value: string], unknown>;
    readonly reviver: (key: string, value: unknown) => unknown;
    readonly replacer: (key: string, value: unknown) => unknown;
  };
}

/** What the compiler makes of `import()` here is `require()`, and the package has modules alone. */
const native = new Function("name", "return import(name)") as (name: string) => Promise<Library>;

/** How the steps or jobs before have ended, for `success()` and its like. */
export type Ended = "success" | "failure";

/** Evaluates expressions of workflows by GitHub's own library, with these contexts (`github`, `vars`, …). */
export class Expressions {
  private constructor(private readonly library: Library) {}

  static async load(): Promise<Expressions> {
    return new Expressions(await native("@actions/expressions"));
  }

  /**
   * The value of one expression, without its `${{ }}`.
   * @param workspace folder of a step; GitHub knows `hashFiles` in steps alone
   */
  value(
    expression: string,
    contexts: object,
    ended: Ended = "success",
    workspace?: string,
  ): unknown {
    const { Lexer, Parser, Evaluator, data } = this.library;
    const hashFiles = {
      name: "hashFiles",
      minArgs: 1,
      maxArgs: 1,
      call: (path: { coerceString(): string }) =>
        new data.StringData(
          workspace !== undefined && existsSync(join(workspace, path.coerceString()))
            ? "c0ffee"
            : "",
        ),
    };
    const states = Object.entries({
      success: ended === "success",
      failure: ended === "failure",
      always: true,
      cancelled: false,
    }).map(([name, value]) => ({
      name,
      minArgs: 0,
      maxArgs: 0,
      call: () => new data.BooleanData(value),
    }));
    const functions = workspace === undefined ? states : [...states, hashFiles];
    const { tokens } = new Lexer(expression).lex();
    const parsed = new Parser(tokens, Object.keys(contexts), functions).parse();
    const context = JSON.parse(JSON.stringify(contexts), data.reviver) as unknown;
    const byName = new Map(functions.map((it) => [it.name.toLowerCase(), it]));
    const result = new Evaluator(parsed, context, byName).evaluate();
    return JSON.parse(JSON.stringify(result, data.replacer));
  }

  /** Text with expressions in it; a text that is one expression is its value. */
  text(text: string, contexts: object): unknown {
    const whole = /^\$\{\{([^}]*)\}\}$/.exec(text.trim());
    if (whole) return this.value(whole[1] ?? "", contexts);
    return text.replace(/\$\{\{([^}]*)\}\}/g, (_, it: string) => {
      const value = this.value(it, contexts);
      return value === null ? "" : String(value);
    });
  }

  /** An `if:`, which is about what went before unless it says otherwise. */
  condition(text: string | undefined, contexts: object, ended: Ended, workspace?: string): boolean {
    const bare = (text ?? "success()").replace(/^\$\{\{([^]*)\}\}$/, "$1");
    const asks = /\b(success|failure|always|cancelled)\(\)/.test(bare);
    const value = this.value(asks ? bare : `success() && (${bare})`, contexts, ended, workspace);
    return value !== false && value !== null && value !== "" && value !== 0;
  }
}
