/*
 * Whether Next.js can scale images in this image. It cannot if `sharp`, or the library below it, is missing: it then
 * sends the original, megabytes for a thumbnail, with a 200 and without a line in the log. That happens if the app has
 * another version of sharp than Next.js asks for: the build does not know which files that version needs.
 */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const SECONDS = 10;
// As Next.js finds it: from its own folder. 3: there is no Next.js, so nothing is known.
const LOAD = `
  const { createRequire } = require("node:module");
  const { join } = require("node:path");
  let next;
  try { next = createRequire(join(process.argv[1], "server.js")).resolve("next/package.json"); } catch { process.exit(3); }
  try { createRequire(next)(process.env.NEXT_SHARP_PATH || "sharp"); }
  catch (error) { console.log(String(error.message)); process.exit(4); }`;

/** @param {string} dist @returns {boolean} false: the app scales no images on the server, or it is not known */
function scalesPictures(dist) {
  try {
    /** @type {{ config?: { images?: { unoptimized?: boolean, loader?: string } } }} */
    const files = JSON.parse(readFileSync(join(dist, "required-server-files.json"), "utf8"));
    const images = files.config?.images;
    return images !== undefined && !images.unoptimized && images.loader === "default";
  } catch {
    return false;
  }
}

/**
 * In a separate process: a library that does not fit the machine may crash the process that loads it.
 * @param {string} directory of server.js @param {string} dist the build: `/app/.next`
 * @returns {Promise<string | undefined>} a warning, if images are sent unscaled
 */
export async function optimizerProblem(directory, dist) {
  if (!scalesPictures(dist)) return undefined;
  const env = { ...process.env, NODE_OPTIONS: "" };
  const options = { env, timeout: SECONDS * 1000 };
  const { code, output } = await new Promise((resolve) =>
    execFile(process.execPath, ["-e", LOAD, directory], options, (error, stdout) =>
      resolve({ code: error === null ? 0 : error.code, output: stdout }),
    ),
  );
  // Too slow, or out of memory here: that says nothing about Next.js.
  if (code !== 4) return undefined;
  const reason = output.trim().split("\n").slice(0, 2).join(": ");
  return (
    `/_next/image sends images as they are, neither scaled nor converted: sharp cannot be loaded (${reason}). Remedy: use the ` +
    `version of sharp that Next.js asks for (optionalDependencies in node_modules/next/package.json), without an ` +
    `override, or put its library into the image: outputFileTracingIncludes: ` +
    `{ "/*": ["./node_modules/@img/sharp-libvips-*/**/*"] } in next.config`
  );
}
