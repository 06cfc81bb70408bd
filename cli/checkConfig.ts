import { RunError } from "@pulumi/pulumi";
import { loadConfig } from "../config";
import { imageReference } from "../config/schema/values";
import { run } from "../engine/engine";
import { PROJECT } from "../model/project";
import { UsageError, type StackConfig } from "./stackConfig";
import { wrapMessage } from "./wrap";

/** @throws {UsageError} if `app.image` would not accept it */
export function checkImage(image: string): void {
  const rule = imageReference().safeParse(image).error?.issues[0]?.message;
  if (rule !== undefined) throw new UsageError(`--image '${image}' is refused: ${rule}.`);
}

/**
 * Checks a config as the preview does, before a command changes anything.
 * @throws {UsageError} with all that is wrong with it
 */
export async function checkConfig({ stack, config, secretKeys }: StackConfig): Promise<void> {
  const program = () => {
    loadConfig();
    return {};
  };
  try {
    await run(program, { project: PROJECT, stack, config, secretKeys, preview: true });
  } catch (error) {
    if (!RunError.isInstance(error)) throw error;
    throw new UsageError(`${wrapMessage(error.message)}\nNothing is changed.`);
  }
}
