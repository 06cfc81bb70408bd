import "../cli/startup";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { explain, tellsCommand, whoseFile } from "../cli/explain";
import { readStackConfig, UsageError } from "../cli/stackConfig";

const USAGE = `Prints the whole plan of a stack, without the Pulumi CLI, an account or a cluster.

Usage: npm run preview -- [options]

  --stack NAME         stack whose Pulumi.NAME.yaml is read (default: dev)
  --config-file FILE   another file with the stack's config
  --json FILE          also writes the plan as JSON; - prints it instead of the tree
  --manifests FOLDER   also writes every Kubernetes object as YAML, one file each
  --trace              shows where an unexpected error comes from
  --help
`;

const ROOT = join(__dirname, "..");

/** @throws {UsageError} with one line */
function readOptions(args: string[]) {
  try {
    const { values } = parseArgs({
      args,
      options: {
        stack: { type: "string", short: "s", default: "dev" },
        "config-file": { type: "string" },
        json: { type: "string" },
        manifests: { type: "string" },
        trace: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    return values;
  } catch (error) {
    const [reason] = (error as Error).message.split(/\. |\n/);
    throw new UsageError(
      `${reason?.replace(/\.$/, "")}; npm run preview -- --help lists all options.`,
    );
  }
}

async function main(args: string[]): Promise<void> {
  const options = readOptions(args);
  if (options.help) {
    process.stdout.write(USAGE);
    return;
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
