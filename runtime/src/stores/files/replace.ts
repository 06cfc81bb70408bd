import { randomBytes } from "node:crypto";
import { mkdir, rename, unlink, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { isMissing } from "./errors";
import type { Gate } from "./gate";

export function temporaryName(path: string): string {
  return `${path}.${process.pid}.${randomBytes(6).toString("hex")}.tmp`;
}

/** Readers see the old file or the new one, never a part. `unless` is called last, and can keep what is there. */
export async function replace(
  gate: Gate,
  path: string,
  bytes: Buffer | string,
  unless?: () => Promise<boolean>,
): Promise<void> {
  const temporary = temporaryName(path);
  try {
    const write = (): Promise<void> => gate.run(() => writeFile(temporary, bytes));
    await write().catch(async (cause: unknown) => {
      if (!isMissing(cause)) throw cause;
      await gate.run(() => mkdir(dirname(path), { recursive: true }));
      await write();
    });
    if (await unless?.()) await gate.run(() => unlink(temporary));
    else await gate.run(() => rename(temporary, path));
  } catch (cause) {
    await gate.run(() => unlink(temporary)).catch(() => undefined);
    throw cause;
  }
}
