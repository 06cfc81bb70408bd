import { RunError } from "@pulumi/pulumi";
import { loadConfig } from "../config";
import { PROJECT } from "../model/project";
import { imageReference } from "../config/schema/values";
import { run } from "../engine/engine";
import type { StackConfig } from "../cli/stackConfig";
import { wrapMessage } from "../cli/wrap";
import { EditError } from "./edit";

/** @throws {EditError} if `app.image` would not accept it */
export function checkImage(image: string): void {
  const rule = imageReference().safeParse(image).error?.issues[0]?.message;
  if (rule !== undefined) throw new EditError(`--image '${image}' is refused: ${rule}.`);
}

/**
 * Checks a config as the preview does.
 * @throws {EditError} with all that is wrong with it
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
    throw new EditError(`${wrapMessage(error.message)}\nNothing is changed.`);
  }
}
