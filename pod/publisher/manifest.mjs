/* The list of a release's static files, with sizes. It is written last, so a release that has one is complete. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { CONSTANT_BUILD_ID } from "./release.cjs";
import { imageFiles, readable } from "./image-files.mjs";
import { isObject } from "./is-object.cjs";
import { isTwin } from "./twins.mjs";
import { forEach, isMissing, PodError } from "./volume.mjs";

export const MANIFEST = "manifest.json";
const FORMAT = 1;

/**
 * @typedef {object} StaticFile
 * @property {string} path below `/_next/static`
 * @property {number} size in bytes
 * @property {string} sha256 of the content
 * @property {true} [apart] named like the compressed twin of another file, but something else: nginx would send it
 *   instead of that file, so it is not in the union
 */

/**
 * @typedef {object} MadeFile a compressed twin, created when the release was published
 * @property {string} path
 * @property {number} size
 */

/**
 * @typedef {object} Manifest
 * @property {1} format
 * @property {string} release id as Next.js writes it
 * @property {string | undefined} [buildId]
 * @property {string} publishedAt by the clock of the pod: for readers, never compared
 * @property {readonly StaticFile[]} files
 * @property {readonly MadeFile[]} made
 */

/**
 * The static files of the image.
 * @param {string} dist `.next` in the image
 * @param {string[]} warnings
 * @returns {Promise<StaticFile[]>}
 */
export async function staticFiles(dist, warnings) {
  const root = join(dist, "static");
  const { paths, broken } = await imageFiles(root).catch((error) => {
    if (!isMissing(error)) throw error;
    return { paths: [], broken: [] };
  });
  if (broken.length > 0) {
    warnings.push(
      `${broken.length} links in ${root} lead nowhere and are left out, such as ${broken[0]}: copy what they point to ` +
        `into the image`,
    );
  }
  if (paths.length === 0) {
    throw new PodError(
      `the image has no static files in ${root}. Remedy: copy them in the Dockerfile, beside .next/standalone: ` +
        `COPY --from=build /app/.next/static ./.next/static`,
    );
  }
  /** @type {StaticFile[]} */
  const files = [];
  const names = new Set(paths);
  await forEach(paths, async (path) => {
    const file = join(root, path);
    const [size, sha256] = await readable(async () => [
      (await stat(file)).size,
      await hashOf(file),
    ]);
    const base = path.endsWith(".gz") ? path.slice(0, -3) : undefined;
    const apart = base !== undefined && names.has(base) && !(await isTwin(file, join(root, base)));
    files.push({ path, size, sha256, ...(apart && { apart }) });
  });
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** @param {string} file */
export async function hashOf(file) {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file)) hash.update(chunk);
  return hash.digest("base64url");
}

/**
 * @param {import("./release.cjs").Release} release
 * @param {readonly StaticFile[]} files
 * @param {readonly MadeFile[]} made
 * @returns {Manifest}
 */
export function manifestOf(release, files, made) {
  return {
    format: FORMAT,
    release: release.id,
    buildId: release.buildId,
    publishedAt: new Date().toISOString(),
    files,
    made: [...made].sort((a, b) => (a.path < b.path ? -1 : 1)),
  };
}

/**
 * The manifest in a release's folder; undefined if there is none, or an unusable one.
 * @param {string} folder
 * @returns {Promise<Manifest | undefined>}
 */
export async function readManifest(folder) {
  let text;
  try {
    text = await readFile(join(folder, MANIFEST), "utf8");
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
  try {
    /** @type {unknown} */
    const parsed = JSON.parse(text);
    return isManifest(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** @param {unknown} value @returns {value is Manifest} */
function isManifest(value) {
  return (
    isObject(value) &&
    value.format === FORMAT &&
    typeof value.release === "string" &&
    Array.isArray(value.files) &&
    value.files.every((file) => isFile(file) && "sha256" in file) &&
    Array.isArray(value.made) &&
    value.made.every(isFile)
  );
}

/** A path of a manifest is joined to a folder: it must not leave it. @param {unknown} file */
function isFile(file) {
  return (
    isObject(file) &&
    typeof file.size === "number" &&
    typeof file.path === "string" &&
    file.path.split("/").every((part) => part !== "" && part !== "." && part !== "..")
  );
}

/**
 * Throws if the volume has another build with the same id: mixing the two would break the pages of both.
 * @param {Manifest} there
 * @param {readonly StaticFile[]} files of the image
 * @param {import("./release.cjs").Release} release
 */
export function refuseOtherBuild(there, files, release) {
  const [published, own] = [byPath(there.files), byPath(files)];
  const differ = [...new Set([...published.keys(), ...own.keys()])].filter(
    (path) => published.get(path) !== own.get(path),
  );
  if (differ.length === 0 && there.release === release.id) return;
  const cause =
    release.id === CONSTANT_BUILD_ID
      ? "Next.js gives this build id to every build with a deployment id, and this image names no deployment id"
      : `It is the ${release.from === "buildId" ? "build id" : "deployment id"} of both`;
  throw new PodError(
    `another build with this id is on the volume (published ${there.publishedAt}): ${differ.length} static files ` +
      `differ${differ.length > 0 ? `, such as ${differ.sort()[0]}` : ""}. ${cause}. Remedy: give each build its own ` +
      `id (deploymentId in next.config, or RELEASE_ID at build), build again and deploy that image. ` +
      `Nothing was changed.`,
  );
}

/** @param {readonly StaticFile[]} files @returns {Map<string, string>} */
function byPath(files) {
  return new Map(files.map(({ path, sha256 }) => [path, sha256]));
}
