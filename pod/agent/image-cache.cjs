"use strict";
/*
 * A preload of the server. Next.js writes an optimised image directly to its final name, where other pods may read half
 * of it and send that to visitors as a complete image. Here such a write goes to a temporary name first. This applies
 * only to the cache on the shared volume, where the publisher has created `images/.tmp`.
 */
const { randomBytes } = require("node:crypto");
const { promises: fs } = require("node:fs");
const { dirname, join } = require("node:path");

/** `.next/cache/images/KEY/MAXAGE.EXPIRES.ETAG.UPSTREAM.EXTENSION` */
const IMAGE = /[/\\]cache[/\\]images[/\\][^/\\]+[/\\][0-9]+\.[0-9]+\.[^/\\]+$/;

const write = fs.writeFile;

/** @type {typeof fs.writeFile} */
fs.writeFile = async function writeFile(file, data, options) {
  if (typeof file !== "string" || !IMAGE.test(file)) return write.call(fs, file, data, options);
  const images = await fs.realpath(dirname(dirname(file))).catch(() => undefined);
  const temporary = images && join(dirname(images), ".tmp", randomBytes(9).toString("hex"));
  try {
    if (temporary === undefined) return await write.call(fs, file, data, options);
    await write.call(fs, temporary, data, options);
  } catch (error) {
    if (temporary === undefined) throw error;
    await fs.unlink(temporary).catch(() => undefined);
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    // Not on the shared volume: no other pod reads it.
    if (code === "ENOENT") return write.call(fs, file, data, options);
    throw error;
  }
  try {
    await fs.rename(temporary, file);
  } catch (error) {
    await fs.unlink(temporary).catch(() => undefined);
    throw error;
  }
};
