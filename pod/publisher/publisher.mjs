/*
 * Publishes the release of the image on the shared volume, before the pod's server starts. See README.md beside this file
 * for the variables that it reads and for what it leaves on the volume.
 */
import { stat, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join, resolve } from "node:path";
import { beat } from "./heartbeats.mjs";
import { noBuild } from "./image-files.mjs";
import { shareImages } from "./images.mjs";
import { readManifest, refuseOtherBuild, staticFiles } from "./manifest.mjs";
import { clearPages } from "./pages.mjs";
import { prune } from "./prune.mjs";
import { clearPublicFiles, keepPublicFiles } from "./public-files.mjs";
import { folderName, layout as layoutOf } from "./pod-contract.cjs";
import { distOf, readRelease } from "./release.cjs";
import { optimizerProblem } from "./optimizer.mjs";
import { NONE, sharedCacheOf } from "./shared-cache.cjs";
import { mendRelease, writeRelease } from "./store.mjs";
import { completeUnion } from "./union.mjs";
import {
  explain,
  isFull,
  isMissing,
  ownFolder,
  PodError,
  serverTime,
  withRoom,
  writtenAt,
} from "./volume.mjs";

/** @typedef {import("./release.cjs").Release} Release */
/** @typedef {import("./pod-contract.cjs").Layout} Layout */
/** @typedef {import("./manifest.mjs").Manifest} Manifest */
/** @typedef {import("./pod-contract.cjs").Env} Env */

/** Pods that start together need not all look for what can be removed. */
const PRUNE_EVERY_MS = 10 * 60_000;

/**
 * @typedef {object} Settings
 * @property {string} shared
 * @property {string} directory folder of `server.js`
 * @property {string} claim
 * @property {string} pod
 * @property {number} kept
 * @property {readonly string[]} rollback
 * @property {number} publicBytes of `public/` that are kept for each release
 * @property {string | undefined} uploads folder of what users uploaded, where the container has it
 * @property {number} settleMs how late a pod may see what another one wrote
 */

/** @param {Env} env @returns {Settings} */
export function readSettings(env) {
  const shared = env.SHARED_CACHE_DIR;
  if (!shared) {
    throw new PodError(
      "SHARED_CACHE_DIR is not set. Remedy: set it to the folder that all pods share.",
    );
  }
  const kept = env.RELEASES_KEPT || "5";
  if (!/^[1-9][0-9]{0,3}$/.test(kept)) {
    throw new PodError(
      `RELEASES_KEPT is '${kept}'. Remedy: set a number of releases from 1 to 9999.`,
    );
  }
  const publicBytes = env.PUBLIC_BYTES || String(2 ** 30);
  if (!/^[0-9]{1,15}$/.test(publicBytes)) {
    throw new PodError(`PUBLIC_BYTES is '${publicBytes}'. Remedy: set a number of bytes, or 0.`);
  }
  return {
    shared: resolve(shared),
    directory: resolve(env.APP_DIR || "."),
    claim: env.CLAIM_NAME || "cache",
    // It becomes a file name.
    pod: folderName(env.POD_NAME || hostname()),
    kept: Number(kept),
    publicBytes: Number(publicBytes),
    uploads: env.UPLOAD_DIR || undefined,
    // NFS clients cache file attributes for a second: the volumes are mounted with actimeo=1.
    settleMs: Number(env.PRUNE_SETTLE_MS || 1500),
    rollback: (env.ROLLBACK_RELEASE ?? "")
      .split(",")
      .map((id) => id.trim())
      .filter(Boolean)
      .map(folderName),
  };
}

/**
 * @typedef {object} Published
 * @property {"published" | "there" | "other pod was first" | "mended"} outcome
 * @property {number} files
 * @property {number} bytes
 * @property {number} added to the union
 * @property {string[]} warnings
 */

/**
 * @param {Settings} settings
 * @param {Release} release
 * @param {Layout} layout
 * @returns {Promise<Published>}
 */
async function publish(settings, release, layout) {
  const { pod } = settings;
  /** @type {string[]} */
  const warnings = [];
  const files = await staticFiles(release.dist, warnings);
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  const folder = join(layout.releases, release.folder);
  /** @type {Published["outcome"]} */
  let outcome = "there";

  for (let tries = 1; ; tries += 1) {
    try {
      const there = await present(folder, pod, warnings);
      let manifest = await readManifest(folder);
      if (manifest) refuseOtherBuild(manifest, files, release);
      if (there) {
        const mend = await mendRelease(layout, release, files, manifest);
        manifest = mend.manifest;
        if (mend.mended > 0) outcome = "mended";
      } else {
        manifest = await writeRelease(layout, release, files, pod);
        outcome = manifest === undefined ? "other pod was first" : "published";
        // Checked like any other release that exists.
        if (manifest === undefined && tries < 10) continue;
      }
      if (manifest === undefined)
        throw new PodError(`release '${release.id}' keeps appearing and disappearing in ${folder}`);
      const { added, replaced } = await completeUnion(layout, release, manifest);
      if (replaced.length > 0) {
        warnings.push(
          `${replaced.length} names had other content in the union (${replaced[0]}): ` +
            `they carry no hash, so pages of older releases now load these`,
        );
      }
      const unshared = await shareImages(layout, release);
      if (unshared !== undefined) warnings.push(`images are not shared: ${unshared}`);
      warnings.push(...(await keepPublicFiles(layout, release, settings)));
      return { outcome, files: files.length, bytes, added, warnings };
    } catch (error) {
      // A pruner, or somebody who is emptying the volume: begin again with what is there now.
      if (!isMissing(error) || tries >= 10) throw error;
      await ownFolders(layout);
    }
  }
}

/**
 * Writes a heartbeat before it looks, so that no pruner removes the release afterwards.
 * @param {string} folder
 * @param {string} pod
 * @param {string[]} warnings
 */
async function present(folder, pod, warnings) {
  try {
    return await beat(folder, pod);
  } catch (error) {
    // What is there can be served, and not starting would help nobody.
    if (!isFull(error)) throw error;
    warnings.push("the volume is full: no heartbeat, no new pages or images on it");
    return true;
  }
}

/** @param {Layout} layout */
async function ownFolders({ releases, temporary, trash, union }) {
  for (const folder of [releases, temporary, trash, union]) await ownFolder(folder);
}

/** @param {Layout} layout */
async function pruneIsDue({ releases, temporary }) {
  const marker = join(releases, ".pruned");
  const last = await writtenAt(marker);
  const due = last === undefined || Math.abs((await serverTime(temporary)) - last) > PRUNE_EVERY_MS;
  if (due) await writeFile(marker, `${new Date().toISOString()}\n`);
  return due;
}

/** @param {string} message @param {Record<string, unknown>} [fields] @param {"info" | "warn" | "error"} [level] */
export function log(message, fields = {}, level = "info") {
  const line = JSON.stringify({
    level,
    time: new Date().toISOString(),
    from: "publish",
    message,
    ...fields,
  });
  (level === "error" ? process.stderr : process.stdout).write(`${line}\n`);
}

/** @param {Env} env @param {boolean} pruneToo */
async function publishAndPrune(env, pruneToo) {
  const started = performance.now();
  const settings = readSettings(env);
  const { shared, directory, claim } = settings;
  const release = readRelease(directory, env);
  if (release === undefined) throw await noBuild(directory, distOf(directory, env));
  const layout = layoutOf(shared);
  const optimizer = optimizerProblem(directory, release.dist);
  try {
    await stat(shared).catch((error) => {
      if (!isMissing(error)) throw error;
      throw new PodError(
        `claim '${claim}' is not mounted: there is no folder ${shared}. Remedy: mount it there, or set ` +
          `next-on-eks:files.required to false to run without shared files.`,
      );
    });
    await ownFolders(layout);
    const pruning = { layout, current: release.folder, ...settings };
    // Old releases may be filling the volume, or pages of other releases, or of this one.
    const waysToMakeRoom = [
      () => prune(pruning),
      () => clearPages(layout, release.id),
      () => clearPages(layout),
      () => clearPublicFiles(layout, release.folder),
    ];
    const published = await withRoom(
      () => publish(settings, release, layout),
      pruneToo ? waysToMakeRoom : [],
    );
    const { warnings, ...counts } = published;
    if (sharedCacheOf(release.dist) === "none") warnings.push(NONE);
    const pictures = await optimizer;
    if (pictures !== undefined) warnings.push(pictures);
    let removed = 0;
    try {
      if (pruneToo && (published.outcome === "published" || (await pruneIsDue(layout)))) {
        const pruned = await prune(pruning);
        removed = pruned.removed.length;
        if (removed > 0) log("pruned", { ...pruned, unionFiles: pruned.unionFiles.length });
      }
    } catch (error) {
      // The release is there, and the next pod tries again.
      warnings.push(`not pruned: ${explain(error, settings)}`);
    }
    for (const warning of warnings) log(warning, { release: release.id }, "warn");
    const ms = Math.round(performance.now() - started);
    const result = { release: release.id, ...counts, removed, ms };
    log(`release ${release.id}: ${published.outcome}`, result);
  } catch (error) {
    throw new PodError(`release '${release.id}' is not published: ${explain(error, settings)}`);
  }
}

/** @param {Env} env @param {boolean} dryRun */
async function pruneAlone(env, dryRun) {
  const settings = readSettings(env);
  const current = readRelease(settings.directory, env)?.folder;
  if (current === undefined) {
    throw new PodError(
      `there is no build of Next.js in ${settings.directory}: which release is in use is not known.`,
    );
  }
  try {
    const pruned = await prune({ layout: layoutOf(settings.shared), current, dryRun, ...settings });
    const would = dryRun ? "would go" : "removed";
    const lines = [
      ...pruned.kept.map(({ release, why }) => `kept      ${release}: ${why}`),
      ...pruned.removed.map(({ release, why }) => `${would.padEnd(9)} ${release}: ${why}`),
      ...pruned.leftovers.map(
        (name) => `${would.padEnd(9)} ${name}: left by a publisher that is gone`,
      ),
      `${would}: ${pruned.removed.length} releases, ${pruned.unionFiles.length} static files, ${pruned.leftovers.length} leftovers`,
    ];
    process.stdout.write(`${lines.join("\n")}\n`);
  } catch (error) {
    throw new PodError(explain(error, settings));
  }
}

/** @param {string[]} argv @param {Env} env */
export async function main(argv, env) {
  switch (argv.join(" ")) {
    case "":
      return publishAndPrune(env, true);
    case "--no-prune":
      return publishAndPrune(env, false);
    case "--prune":
      return pruneAlone(env, false);
    case "--prune --dry-run":
    case "--dry-run --prune":
      return pruneAlone(env, true);
    default:
      throw new PodError(
        `usage: node publish.mjs [--no-prune | --prune [--dry-run]], not '${argv.join(" ")}'`,
      );
  }
}
