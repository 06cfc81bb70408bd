/* The files of the image, which the publisher only reads: errors here are the image's fault, not the volume's. */
import { readdir, readFile, realpath, stat } from "node:fs/promises";
import { join, relative } from "node:path";
import { codeOf, isMissing, PodError } from "./volume.mjs";

/** How deep below `app.directory` to look for a build in another folder. */
const DEPTH = 3;

/**
 * Paths of the files below a folder of the image. Links are followed, as Next.js does when it serves them.
 * @param {string} root
 * @returns {Promise<{ paths: string[], broken: string[] }>} `broken` are links that lead nowhere
 */
export async function imageFiles(root) {
  /** @type {string[]} */
  const paths = [];
  /** @type {string[]} */
  const broken = [];
  /**
   * @param {string} below @param {readonly string[]} above real paths, so that a link to one of them is not followed
   */
  const walk = async (below, above) => {
    const folder = join(root, below);
    const real = await realpath(folder);
    if (above.includes(real)) return;
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      const path = below === "" ? entry.name : `${below}/${entry.name}`;
      const found = entry.isSymbolicLink() ? await target(join(root, path)) : entry;
      if (found === undefined) broken.push(path);
      else if (found.isDirectory()) await walk(path, [...above, real]);
      else if (found.isFile()) paths.push(path);
    }
  };
  await readable(() => walk("", []));
  return { paths: paths.sort(), broken: broken.sort() };
}

/** @param {string} link */
async function target(link) {
  return stat(link).catch((error) => {
    if (isMissing(error) || codeOf(error) === "ELOOP") return undefined;
    throw error;
  });
}

/**
 * Reads from the image; if the pod's user may not, the error says so.
 * @template T
 * @param {() => Promise<T>} read
 * @returns {Promise<T>}
 */
export async function readable(read) {
  try {
    return await read();
  } catch (error) {
    if (codeOf(error) !== "EACCES" && codeOf(error) !== "EPERM") throw error;
    const { path = "?" } = /** @type {NodeJS.ErrnoException} */ (error);
    const user = process.getuid?.() ?? "?";
    throw new PodError(
      `user ${user} cannot read ${path}, which is in the image. Remedy: in the Dockerfile give it to that user ` +
        `(COPY --chown=${user}:${user}) or let everybody read it (RUN chmod -R a+rX), or run as its owner ` +
        `(next-on-eks:app.user).`,
    );
  }
}

/**
 * Why an image has no build where one is expected.
 * @param {string} directory folder of `server.js`
 * @param {string} dist where the build should be
 * @returns {Promise<PodError>}
 */
export async function noBuild(directory, dist) {
  await readable(() => readFile(join(dist, "BUILD_ID"))).catch((error) => {
    if (!isMissing(error)) throw error;
  });
  const elsewhere = await findBuild(directory, "");
  if (elsewhere !== undefined) {
    return new PodError(
      `there is no build of Next.js in ${dist}, and there is one in ${join(directory, elsewhere)}. Remedy: set ` +
        `next-on-eks:app.distDir to '${elsewhere}', as distDir in next.config says.`,
    );
  }
  return new PodError(
    `there is no build of Next.js in ${directory}: neither a deployment id nor ${join(relative(directory, dist), "BUILD_ID")}. ` +
      `Remedy: set next-on-eks:app.directory to the folder of server.js in the image, and next-on-eks:app.distDir where ` +
      `next.config has a distDir.`,
  );
}

/** @param {string} root @param {string} below @returns {Promise<string | undefined>} */
async function findBuild(root, below) {
  const entries = await readdir(join(root, below), { withFileTypes: true }).catch(() => []);
  if (below !== "" && entries.some(({ name }) => name === "BUILD_ID")) return below;
  if (below.split("/").length >= DEPTH) return undefined;
  for (const entry of entries) {
    if (!entry.isDirectory() || entry.name === "node_modules") continue;
    const found = await findBuild(root, join(below, entry.name));
    if (found !== undefined) return found;
  }
  return undefined;
}
