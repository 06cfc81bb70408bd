import "../cli/startup";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { explain, tellsCommand, whoseFile } from "../cli/explain";
import { readStackConfig, UsageError } from "../cli/stackConfig";
import { badArguments } from "../model/badArguments";
import { checkFiles } from "./outputFiles";

const USAGE = `Prints the whole plan of a stack, without the Pulumi CLI, an account or a cluster.

Usage: npm run preview -- [options]

  --stack NAME         stack whose Pulumi.NAME.yaml is read (default: dev)
  --config-file FILE   another file with the stack's config
  --json FILE          also writes the plan, or what differs, as JSON; - prints it instead
  --svg FILE           also draws the parts of the stack and what connects them; with --against,
                       what changes is marked
  --cost               prints what the stack costs on AWS in a month, part by part, and not the plan
  --manifests FOLDER   also writes every Kubernetes object as YAML, one file each
  --against [REF]      compares all stacks (or --stack NAME) with those of a branch or commit;
                       default: where this branch left main
  --markdown FILE      with --against: also writes the comment of a pull request
  --whole FILE         with --against: also writes all of that comment, longer than GitHub takes it
  --html FILE          with --against: also writes all of it as one page for a browser, with
                       pictures in which what changes is marked
  --fail-on WHAT       with --against: exit code 2 for changes, or for replaced-state
  --trace              shows where an unexpected error comes from
  --help
`;

const ROOT = join(__dirname, "..");

/** @throws {UsageError} with one line */
function readOptions(args: string[]) {
  try {
    const { values, tokens } = parseArgs({
      args: withDefaultRef(args),
      tokens: true,
      options: {
        stack: { type: "string", short: "s" },
        "config-file": { type: "string" },
        json: { type: "string" },
        cost: { type: "boolean", default: false },
        manifests: { type: "string" },
        svg: { type: "string" },
        against: { type: "string" },
        markdown: { type: "string" },
        whole: { type: "string" },
        html: { type: "string" },
        "fail-on": { type: "string" },
        trace: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    const names = tokens.flatMap((token) => (token.kind === "option" ? token.name : []));
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice !== undefined) throw new Error(`Option '--${twice}' is given twice`);
    return values;
  } catch (error) {
    throw new UsageError(`${badArguments(error)}; npm run preview -- --help lists all options.`);
  }
}

/** No branch begins with a hyphen: what does is the next option. */
function withDefaultRef(args: readonly string[]): string[] {
  return args.flatMap((arg, index) =>
    arg === "--against" && (args[index + 1] ?? "-").startsWith("-") ? [arg, ""] : [arg],
  );
}

async function main(args: string[]): Promise<void> {
  const options = readOptions(args);
  if (options.help) {
    process.stdout.write(USAGE);
    return;
  }
  checkFiles(options);
  if (options.against !== undefined) {
    const { against } = require("./against/against") as typeof import("./against/against");
    const { against: ref, "fail-on": failOn, ...more } = options;
    for (const option of ["config-file", "manifests"] as const) {
      if (more[option] !== undefined) {
        throw new UsageError(`--${option} does not go together with --against.`);
      }
    }
    if (more.cost) throw new UsageError("--cost is a part of --against: leave it out.");
    await against(ROOT, { ...more, against: ref, failOn });
    return;
  }
  for (const option of ["markdown", "whole", "html", "fail-on"] as const) {
    if (options[option] !== undefined) {
      throw new UsageError(`--${option} is about differences: add --against REF.`);
    }
  }
  const stackConfig = readStackConfig(ROOT, options.stack ?? "dev", options["config-file"]);
  // The SDKs take a second to load: only do that once the arguments are valid.
  const { preview } = require("./preview") as typeof import("./preview");
  const file = options["config-file"];
  const hint = file === undefined ? undefined : whoseFile(stackConfig.stack, file);
  await preview(stackConfig, options).catch((error: unknown) => fail(error, hint));
}

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  // The reader has seen enough: `npm run preview | head`.
  if (error.code !== "EPIPE") throw error;
});

/** @param hint what a reader of commands in the message should know */
function fail(error: unknown, hint?: string): void {
  const told = explain(error, process.argv.includes("--trace"));
  const more = hint !== undefined && tellsCommand(told) ? `${hint}\n` : "";
  process.stderr.write(`${told}\n${more}`);
  // A rejected output rejects what depends on it; those errors come later and say nothing new.
  process.on("unhandledRejection", () => undefined);
  process.exitCode = 1;
}

main(process.argv.slice(2)).catch((error: unknown) => fail(error));
