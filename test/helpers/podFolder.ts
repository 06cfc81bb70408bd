import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { POD_FOLDERS, scriptsIn } from "../../components/podScripts";

/** A folder as pods have it at `/pod`: what the ConfigMap holds, in one place. Removed when this process ends. */
export const POD = mountPodFiles();

function mountPodFiles(): string {
  const folder = mkdtempSync(join(tmpdir(), "pod-scripts-"));
  // Readable for any user, as the mount of a ConfigMap is.
  chmodSync(folder, 0o755);
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(scriptsIn(POD_FOLDERS))) {
    writeFileSync(join(folder, name), text);
  }
  return folder;
}
