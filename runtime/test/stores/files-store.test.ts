import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FilesStore } from "../../src/stores/files/store";
import { describeStore } from "./describe-store";

describeStore("files", async () => {
  const directory = mkdtempSync(join(tmpdir(), "store-"));
  const away = `${directory}-away`;
  return {
    store: new FilesStore(directory, "app"),
    otherPod: new FilesStore(directory, "app"),
    takeAway: async () => {
      // nothing can be read or made below a file
      renameSync(directory, away);
      writeFileSync(directory, "");
    },
    close: async () => {
      for (const path of [directory, away]) rmSync(path, { recursive: true, force: true });
    },
  };
});
