import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { parseDocument, type Document } from "yaml";
import { upCommand } from "../config/messages/commands";
import { badArguments } from "../model/badArguments";
import { PROJECT } from "../model/project";
import { checkConfig, checkImage } from "../cli/checkConfig";
import { parseStackConfig } from "../cli/stackConfig";
import { EditError, finish, release, rollback } from "./edit";
import { liveOfStack, type Known, type Live, type LiveReader } from "./live";

const USAGE = `npm run release -- --stack STACK --image IMAGE [--keep-old]
npm run release -- --stack STACK --finish
npm run rollback -- --stack STACK [--image IMAGE]
  --live COLOUR|IMAGE what serves visitors now, if the stack's state cannot be read: blue or green, or with rolling
                      the image
  --image IMAGE       what to release; with rollback, what to go back to, if not the previous image
  --keep-old          with blueGreen: the old colour keeps its pods until --finish
  --config-file FILE  the stack's config file, if not Pulumi.STACK.yaml
Both only change the stack's config file, and say what pulumi up will do.`;

const ROOT = join(__dirname, "..");

/**
 * `npm run release` and `npm run rollback`: changes the config file of a stack, if the config is right after that.
 * @param verb which of the two
 * @returns the text for the user
 * @throws {UsageError} with what is wrong; nothing is changed then
 */
export async function execute(
  verb: string,
  args: readonly string[],
  read: LiveReader = liveOfStack,
): Promise<string> {
  const options = readOptions(verb, args);
  if (options.help) return USAGE;
  const { stack, image } = options;
  if (stack === undefined) throw new EditError(`--stack is missing.\n${USAGE}`);
  if (image !== undefined) checkImage(image);
  const path = resolve(options["config-file"] ?? join(ROOT, `Pulumi.${stack}.yaml`));
  const name = basename(path);
  if (!existsSync(path)) {
    throw new EditError(`there is no ${name}: name the stack by --stack, or its --config-file.`);
  }
  const before = readFileSync(path, "utf8");
  // Tells what is wrong with the YAML.
  parseStackConfig(stack, name, before);
  const file = parseDocument(before);
  const known = await whatIsLive(file, { ...options, stack }, read);
  const steps = edit(file, verb, { ...options, stack }, known.live);
  const after = asBefore(file.toString({ lineWidth: 0 }), before);
  await checkConfig(parseStackConfig(stack, name, after));
  writeFileSync(path, after);
  return [
    ...known.told,
    `${name} is changed. ${upCommand(stack)} will do this:`,
    ...steps.map((step) => `  ${step}`),
    `Run:\n  ${upCommand(stack)}`,
  ].join("\n");
}

function readOptions(verb: string, args: readonly string[]) {
  const { values } = parsed(args);
  if (verb === "release" && !values.help && (values.image === undefined) !== values.finish) {
    throw new EditError(`release needs either --image or --finish.\n${USAGE}`);
  }
  if (verb === "rollback" && (values.finish || values["keep-old"])) {
    throw new EditError(`rollback accepts neither --finish nor --keep-old.\n${USAGE}`);
  }
  return values;
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        stack: { type: "string", short: "s" },
        image: { type: "string" },
        "config-file": { type: "string" },
        "keep-old": { type: "boolean", default: false },
        live: { type: "string" },
        finish: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
  } catch (error) {
    throw new EditError(`${badArguments(error)}.\n${USAGE}`);
  }
}

interface Wish {
  readonly stack: string;
  readonly image?: string;
  readonly "keep-old": boolean;
}

function edit(
  file: Document,
  verb: string,
  { stack, image, "keep-old": keepOld }: Wish,
  live: Live | undefined,
): string[] {
  if (verb === "rollback") return rollback(file, stack, image, live);
  return image === undefined ? finish(file, stack) : release(file, { stack, image, keepOld }, live);
}

/** What serves visitors: what the user says, else the stack's state, else the file, with a note. */
async function whatIsLive(
  file: Document,
  { stack, live, finish: finishes }: { stack: string; live?: string; finish: boolean },
  read: LiveReader,
): Promise<{ live?: Live; told: string[] }> {
  if (finishes) return { told: [] };
  const rollout = (...keys: string[]) => file.getIn(["config", `${PROJECT}:app`, ...keys]);
  const blueGreen = rollout("rollout", "strategy") === "blueGreen";
  if (live !== undefined) return { live: given(live, blueGreen, rollout), told: [] };
  const known: Known = await read(stack);
  if (!("unknown" in known)) return { live: known.live, told: [] };
  const assumed = blueGreen ? rollout("rollout", "live") : rollout("image");
  return {
    told: [
      `It is not known what serves visitors: ${known.unknown}.`,
      `The file says ${String(assumed)}, so that is assumed. If it is wrong, undo the change and add --live ${blueGreen ? "COLOUR" : "IMAGE"}.`,
    ],
  };
}

function given(live: string, blueGreen: boolean, rollout: (...keys: string[]) => unknown): Live {
  if (!blueGreen) {
    checkImage(live);
    return { image: live };
  }
  if (live !== "blue" && live !== "green") {
    throw new EditError(`--live '${live}' is refused: with blueGreen it must be blue or green.`);
  }
  const image = rollout("rollout", "images", live);
  if (typeof image !== "string") {
    throw new EditError(
      `--live '${live}' is refused: ${PROJECT}:app.rollout.images.${live} is missing, so it serves nobody.`,
    );
  }
  return { colour: live, image };
}

/**
 * Lines that differ from before only in the padding of brackets keep their old form, so that a diff shows what changed.
 */
function asBefore(after: string, before: string): string {
  const key = (line: string) => line.replace(/(?<=\S)\s+/g, "");
  const lines = new Map(before.split("\n").map((line) => [key(line), line]));
  return after
    .split("\n")
    .map((line) => lines.get(key(line)) ?? line)
    .join("\n");
}
