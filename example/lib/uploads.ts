import { randomUUID } from "node:crypto";
import { constants, createWriteStream } from "node:fs";
import { link, lstat, mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { join, resolve } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream as WebStream } from "node:stream/web";
import { env } from "./env";
import { HttpError } from "./errors";

const NAME = /^[A-Za-z0-9](?:[A-Za-z0-9 ._-]{0,126}[A-Za-z0-9_-])?$/;
const TEMPORARY = /^\.upload-.*\.tmp$/;
const LEFT_OVER_MS = 24 * 60 * 60 * 1000;
const READ_BYTES = 64 * 1024;
const DEFAULT_LIMIT_BYTES = 20 * 1024 * 1024;

export interface Upload {
  name: string;
  size: number;
  modified: string;
}

/** The files that were uploaded, by name. Temporary files start with a dot and are no names. */
export async function listUploads(): Promise<Upload[]> {
  const names = (await entries()).filter((name) => NAME.test(name));
  const uploads = await Promise.all(names.map(describe));
  return uploads.filter((upload) => upload !== undefined).sort(byName);
}

/** Opens an upload for reading; the caller closes it. */
export async function openUpload(name: string): Promise<FileHandle> {
  checkName(name);
  const file = await open(pathOf(name), constants.O_RDONLY | constants.O_NOFOLLOW).catch(missing);
  if (file && (await file.stat()).isFile()) return file;
  await file?.close();
  throw new HttpError(404, `no upload is called "${name}"`);
}

/** The rest of a file as it is asked for; closes the file at its end and when the reader leaves. */
export function readToEnd(file: FileHandle): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { bytesRead, buffer } = await file.read(new Uint8Array(READ_BYTES));
      if (bytesRead > 0) {
        controller.enqueue(buffer.subarray(0, bytesRead));
        return;
      }
      controller.close();
      await file.close();
    },
    cancel: () => file.close(),
  });
}

/**
 * Stores a body under a name: all of it, safe on disk, or nothing. A reader in another pod never
 * sees a part of it, and two pods that store one name at once cannot both succeed.
 */
export async function storeUpload(
  name: string,
  request: Request,
  replace: boolean,
): Promise<Upload> {
  checkName(name);
  const announced = Number(request.headers.get("content-length") ?? Number.NaN);
  const limit = limitBytes();
  if (announced > limit) throw tooLarge(limit);
  await mkdir(folder(), { recursive: true }).catch(refused);
  if (!replace && (await describe(name))) throw taken(name);

  const temporary = pathOf(`.upload-${randomUUID()}.tmp`);
  try {
    const received = await receive(request, temporary, limit);
    if (!Number.isNaN(announced) && received !== announced) {
      throw new HttpError(400, `the body ended after ${received} of ${announced} bytes`);
    }
    if (replace) await rename(temporary, pathOf(name));
    else await linkNew(temporary, name);
    await syncFolder();
  } catch (error) {
    if (request.signal.aborted) throw new HttpError(400, "the client went away");
    return refused(error);
  } finally {
    await rm(temporary, { force: true });
  }
  await removeLeftOvers();
  const stored = await describe(name);
  if (!stored) throw new HttpError(409, `"${name}" was removed at the same moment`);
  return stored;
}

/** Writes the body to a new file and returns once the bytes are on disk. */
async function receive(request: Request, path: string, limit: number): Promise<number> {
  let received = 0;
  const counter = new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      received += chunk.byteLength;
      if (received > limit) done(tooLarge(limit));
      else done(null, chunk);
    },
  });
  const body = request.body ? Readable.fromWeb(request.body as WebStream) : Readable.from([]);
  const target = createWriteStream(path, { flags: "wx", mode: 0o640, flush: true });
  await pipeline(body, counter, target, { signal: request.signal });
  return received;
}

/** Gives a file its name only where no other file has it; `rename` would overwrite silently. */
async function linkNew(temporary: string, name: string): Promise<void> {
  try {
    await link(temporary, pathOf(name));
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
    // NFS may repeat a request whose answer was lost: two names mean that the link is ours.
    if ((await stat(temporary)).nlink !== 2) throw taken(name);
  }
}

async function syncFolder(): Promise<void> {
  const handle = await open(folder(), constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Pods that were killed leave their temporary files behind. */
async function removeLeftOvers(): Promise<void> {
  for (const name of (await entries()).filter((entry) => TEMPORARY.test(entry))) {
    const facts = await stat(pathOf(name)).catch(missing);
    if (facts && Date.now() - facts.mtimeMs > LEFT_OVER_MS) await rm(pathOf(name), { force: true });
  }
}

async function entries(): Promise<string[]> {
  return (await readdir(folder()).catch(missing)) ?? [];
}

async function describe(name: string): Promise<Upload | undefined> {
  const facts = await lstat(pathOf(name)).catch(missing);
  if (!facts?.isFile()) return undefined;
  return { name, size: facts.size, modified: facts.mtime.toISOString() };
}

function checkName(name: string): void {
  if (NAME.test(name)) return;
  throw new HttpError(
    400,
    "a name has 1 to 128 letters, digits, spaces, dots, dashes or underscores, " +
      "starts with a letter or digit and does not end with a dot or space",
  );
}

function limitBytes(): number {
  const text = env("UPLOAD_LIMIT_BYTES");
  if (text === undefined) return DEFAULT_LIMIT_BYTES;
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new HttpError(500, `UPLOAD_LIMIT_BYTES is "${text}"; give a whole number above 0`);
}

function folder(): string {
  return resolve(/* turbopackIgnore: true */ env("UPLOAD_DIR") ?? ".uploads");
}

function pathOf(name: string): string {
  return join(/* turbopackIgnore: true */ folder(), name);
}

function byName(a: Upload, b: Upload): number {
  return a.name < b.name ? -1 : 1;
}

function tooLarge(limit: number): HttpError {
  return new HttpError(
    413,
    `the file is larger than ${limit} bytes; send a smaller one, or raise UPLOAD_LIMIT_BYTES ` +
      "and the body size that the proxy in front allows",
  );
}

function taken(name: string): HttpError {
  return new HttpError(409, `"${name}" exists; choose another name, or add ?replace=1`);
}

function missing(error: unknown): undefined {
  if (codeOf(error) !== "ENOENT" && codeOf(error) !== "ELOOP") throw error;
}

function refused(error: unknown): never {
  const code = codeOf(error);
  if (code === "ENOSPC" || code === "EDQUOT") {
    throw new HttpError(507, "no space is left for uploads; nothing was stored");
  }
  if (code === "EACCES" || code === "EPERM" || code === "EROFS") {
    console.error(error);
    throw new HttpError(500, `UPLOAD_DIR cannot be written (${code}); nothing was stored`);
  }
  throw error;
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error ? String(error.code) : undefined;
}
