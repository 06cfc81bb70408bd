import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { parseDocument } from "yaml";
import { EditError, finish, release, rollback } from "./edit";

const USAGE = `npm run release -- --stack STACK --image IMAGE [--keep-old]
npm run release -- --stack STACK --finish
npm run rollback -- --stack STACK
  --keep-old          with blueGreen: the old colour keeps its pods until --finish
  --config-file FILE  the stack's config file, where it is not Pulumi.STACK.yaml
Both change the stack's config file alone, and say what pulumi up will do.`;

/** `npm run release` and `npm run rollback`; the first argument says which. */
function main([verb, ...rest]: string[]): void {
  const { values } = parseArgs({
    args: rest,
    options: {
      stack: { type: "string" },
      image: { type: "string" },
      "config-file": { type: "string" },
      "keep-old": { type: "boolean", default: false },
      finish: { type: "boolean", default: false },
    },
  });
  const { stack, image } = values;
  if (stack === undefined) throw new EditError(`--stack is missing.\n${USAGE}`);
  if (verb === "release" && (image === undefined) !== values.finish) {
    throw new EditError(`release takes one of --image and --finish.\n${USAGE}`);
  }
  if (verb === "rollback" && (image !== undefined || values.finish || values["keep-old"])) {
    throw new EditError(`rollback takes no --image, --finish or --keep-old.\n${USAGE}`);
  }
  const path = resolve(values["config-file"] ?? join(__dirname, "..", `Pulumi.${stack}.yaml`));
  if (!existsSync(path)) {
    throw new EditError(`there is no ${path}: name the stack by --stack, or its --config-file.`);
  }
  const text = readFileSync(path, "utf8");
  const file = parseDocument(text);
  const steps =
    verb === "rollback"
      ? rollback(file)
      : image === undefined
        ? finish(file)
        : release(file, image, values["keep-old"]);
  writeFileSync(path, asBefore(file.toString({ lineWidth: 0 }), text));
  console.log(`${path} is changed. pulumi up --stack ${stack} will do this:`);
  for (const step of steps) console.log(`  ${step}`);
}

/** The lines that differ from those before in the padding of brackets alone, as they were: a diff shows what changed. */
function asBefore(after: string, before: string): string {
  const key = (line: string) => line.replace(/(?<=\S)\s+/g, "");
  const lines = new Map(before.split("\n").map((line) => [key(line), line]));
  return after
    .split("\n")
    .map((line) => lines.get(key(line)) ?? line)
    .join("\n");
}

try {
  main(process.argv.slice(2));
} catch (error) {
  // parseArgs tells a wrong option by a TypeError with a message for users.
  if (!(error instanceof EditError) && !(error instanceof TypeError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
