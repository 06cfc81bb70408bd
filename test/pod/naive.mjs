/* What many sites do today: make the folder, copy into it, take a folder that is there for a whole release. */
import { copyFile, mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

const shared = process.env.SHARED_CACHE_DIR;
const dist = join(process.env.APP_DIR, ".next");
const id = JSON.parse(await readFile(join(dist, "required-server-files.json"), "utf8")).config
  .deploymentId;
const there = await readdir(join(shared, "releases", id)).catch(() => undefined);
if (there === undefined) {
  for (const to of [join(shared, "releases", id, "static"), join(shared, "static")]) {
    await copyTree(join(dist, "static"), to);
  }
}

async function copyTree(from, to) {
  await mkdir(to, { recursive: true });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [a, b] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await copyTree(a, b);
    else await copyFile(a, b);
  }
}
