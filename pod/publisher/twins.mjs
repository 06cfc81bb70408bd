/*
 * Compressed twins: `app.js.gz` beside `app.js`, which nginx sends to browsers that take it.
 */
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { promisify } from "node:util";
import { constants as zlibConstants, gunzip, gzip } from "node:zlib";

/** @typedef {import("./manifest.mjs").StaticFile} StaticFile */

const zip = promisify(gzip);
const unzip = promisify(gunzip);

/** Types that become smaller; images and fonts are compressed already. */
const COMPRESSIBLE = /\.(js|mjs|css|json|map|svg|txt|html|xml|wasm|ico|ttf|otf|eot)$/;
const WORTH_IT_BYTES = 1024;
/** The longest file name, in bytes, on any file system that the volume may use. */
const LONGEST_NAME = 255;

/** @param {string} path */
export const twinOf = (path) => `${path}.gz`;

/**
 * The compressed twin of a file of the image, if it is worthwhile and possible: a file of the application's own with
 * that name takes precedence.
 * @param {string} from the file in the image
 * @param {StaticFile} file
 * @param {ReadonlySet<string>} names of all files of the release
 * @returns {Promise<Buffer | undefined>}
 */
export async function compressed(from, { path, size }, names) {
  const twin = twinOf(path);
  if (size < WORTH_IT_BYTES || !COMPRESSIBLE.test(path) || names.has(twin)) return undefined;
  if (Buffer.byteLength(basename(twin)) > LONGEST_NAME) return undefined;
  const bytes = await zip(await readFile(from), { level: zlibConstants.Z_BEST_COMPRESSION });
  return bytes.length < size * 0.9 ? bytes : undefined;
}

/**
 * Whether one file of the image is the compressed form of another.
 * @param {string} twin
 * @param {string} file
 */
export async function isTwin(twin, file) {
  const whole = await readFile(file);
  try {
    const limits = { maxOutputLength: whole.length + 1 };
    return whole.equals(await unzip(await readFile(twin), limits));
  } catch {
    return false;
  }
}
