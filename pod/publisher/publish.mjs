/*
 *   node publish.mjs                     publishes the release of the image, then prunes
 *   node publish.mjs --no-prune          only publishes
 *   node publish.mjs --prune [--dry-run] only prunes
 */
import { log, main } from "./publisher.mjs";
import { PodError } from "./volume.mjs";

main(process.argv.slice(2), process.env).catch((/** @type {unknown} */ error) => {
  const unexpected = error instanceof Error ? error.stack : error;
  log(error instanceof PodError ? error.message : String(unexpected), {}, "error");
  process.exitCode = 1;
});
