import { Document, isMap, type YAMLMap } from "yaml";
import { removeCommand, setCommand } from "../config/messages/commands";
import { PROJECT } from "../model/project";
import { otherColour, type Colour } from "../model/rollout";
import { DIGEST_EXAMPLE } from "../config/rules/images";
import type { Live } from "./live";
import { UsageError } from "../cli/stackConfig";

/*
 * What `npm run release` and `npm run rollback` change in a stack's config file. Comments and order stay. Each function
 * returns what the next `pulumi up` will do; nothing else happens.
 */

/** Why a file cannot be changed; shown to the user without a stack trace. */
export class EditError extends UsageError {}

const APP = `${PROJECT}:app`;

interface App {
  readonly strategy: string;
  readonly live: Colour | undefined;
  get(...path: string[]): string | undefined;
  set(value: string | boolean, ...path: string[]): void;
}

/** What is to be released. */
export interface ReleaseRequest {
  /** The stack's name, for the commands in messages. */
  readonly stack: string;
  readonly image: string;
  /** With `blueGreen`: the colour that was live keeps its pods. */
  readonly keepOld?: boolean;
}

/**
 * Releases an image.
 * @param known what serves visitors now; without it the file is trusted
 */
export function release(
  file: Document,
  { stack, image, keepOld = false }: ReleaseRequest,
  known?: Live,
): string[] {
  const app = appOf(file);
  if (app.strategy !== "blueGreen") {
    if (keepOld) {
      throw new EditError(
        `--keep-old has no effect: ${APP}.rollout.strategy is '${app.strategy}', which has no second colour to keep.`,
      );
    }
    return releaseRolling(app, stack, image, known?.image);
  }
  const old = known?.colour ?? liveOf(app, stack);
  const next = otherColour(old);
  const before = app.get("rollout", "images", next);
  const restored = known?.colour === undefined ? [] : keepLive(app, known.colour, known.image);
  const good = known?.image ?? app.get("rollout", "images", old);
  if (good !== undefined) app.set(good, "rollout", "previousImage");
  app.set(image, "rollout", "images", next);
  app.set(next, "rollout", "live");
  if (keepOld) app.set(true, "rollout", "keepOld");
  return [
    ...restored,
    `${next} gets ${image}${before !== undefined && before !== image ? ` (was ${before})` : ""}`,
    ...handOver(app, stack, old, next),
  ];
}

/** The live colour keeps what it runs: after failed releases the file may name another image for it. */
function keepLive(app: App, colour: Colour, image: string): string[] {
  const named = app.get("rollout", "images", colour);
  if (named === image) return [];
  app.set(image, "rollout", "images", colour);
  return [`${colour}, which serves visitors, keeps ${image}; the file had ${named ?? "no image"}`];
}

/**
 * Goes back to what served visitors before the last release or, after a release that failed, leaves them where they
 * are.
 * @param image if it is not the one that the file remembers
 * @param known what serves visitors now; without it the file is trusted
 */
export function rollback(file: Document, stack: string, image?: string, known?: Live): string[] {
  const app = appOf(file);
  if (image !== undefined) return release(file, { stack, image }, known);
  if (app.strategy !== "blueGreen") return rollbackRolling(app, stack, known?.image);
  const from = liveOf(app, stack);
  if (known?.colour !== undefined && known.colour !== from) {
    const restored = keepLive(app, known.colour, known.image);
    app.set(known.colour, "rollout", "live");
    return [
      ...restored,
      `visitors stay on ${known.colour}, which runs ${known.image}: the last pulumi up did not switch them to ${from}`,
      `${from} is scaled to 0 pods`,
    ];
  }
  const next = otherColour(from);
  const previous = app.get("rollout", "previousImage");
  const other = app.get("rollout", "images", next);
  const now = known?.image ?? app.get("rollout", "images", from);
  // The other colour may have a release that failed: what served visitors before is recorded beside it.
  const back = previous === undefined || previous === now ? other : previous;
  if (back === undefined) {
    throw new EditError(
      `${APP}.rollout.images.${next} is missing: there is no colour to go back to.\n` +
        `  ${rollbackTo(stack, "IMAGE")}`,
    );
  }
  if (previous !== undefined && previous === now && known !== undefined) {
    throw new EditError(
      `${next} runs ${back}, which did not serve visitors before ${now}: there is no image to go back to.\n` +
        `  ${rollbackTo(stack, "IMAGE")}`,
    );
  }
  if (known?.colour !== undefined) keepLive(app, known.colour, known.image);
  if (now !== undefined && previous !== undefined) app.set(now, "rollout", "previousImage");
  app.set(back, "rollout", "images", next);
  app.set(next, "rollout", "live");
  return [`${next} runs ${back}`, ...handOver(app, stack, from, next)];
}

function rollbackRolling(app: App, stack: string, live: string | undefined): string[] {
  const failed = app.get("image");
  if (live !== undefined && failed !== undefined && live !== failed) {
    app.set(live, "image");
    return [
      `new pods run ${live}, which serves visitors: no pulumi up has switched them to ${failed}`,
    ];
  }
  const previous = app.get("rollout", "previousImage");
  if (previous === undefined || previous === failed) {
    throw new EditError(
      `${APP}.rollout.previousImage is ${previous === undefined ? "missing" : "what runs now"}: there is no release to go back to.\n` +
        `  ${rollbackTo(stack, "IMAGE")}`,
    );
  }
  return releaseRolling(app, stack, previous, live);
}

function rollbackTo(stack: string, image: string): string {
  return `npm run rollback -- --stack ${stack} --image ${image}`;
}

/** Ends the old colour that a release kept. */
export function finish(file: Document, stack: string): string[] {
  const app = appOf(file);
  const live = liveOf(app, stack);
  if (app.get("rollout", "keepOld") !== "true") {
    throw new EditError(`${APP}.rollout.keepOld is not true: there is no old colour to end.`);
  }
  app.set(false, "rollout", "keepOld");
  return [
    `${live} stays live`,
    `${otherColour(live)} is scaled to 0 pods; its image stays for a roll-back`,
  ];
}

function releaseRolling(app: App, stack: string, image: string, live?: string): string[] {
  const named = app.get("image");
  if (named === undefined) throw new EditError(withoutImage(app, stack));
  if (named === image) throw new EditError(`${APP}.image is '${image}' already.`);
  const before = live ?? named;
  app.set(image, "image");
  if (before !== image) app.set(before, "rollout", "previousImage");
  return [
    `new pods run ${image}; each must be ready before an old one stops`,
    ...(before === named ? [] : [`${named} is skipped: no pulumi up has switched visitors to it`]),
    `${before} is what to go back to: npm run rollback -- --stack ${stack}`,
  ];
}

function withoutImage(app: App, stack: string): string {
  const context = app.get("build", "context");
  const name = setCommand("app.image", DIGEST_EXAMPLE, "", stack);
  return context === undefined
    ? `${APP}.image is missing.\n  ${name}`
    : `${APP}.image is missing: this stack builds '${context}', and pulumi up --stack ${stack} releases what is in it.\n` +
        `To release images from a registry:\n  ${name} && ${removeCommand("app.build", stack)}`;
}

function handOver(app: App, stack: string, old: Colour, next: Colour): string[] {
  const kept = app.get("rollout", "keepOld") === "true";
  return [
    `1. ${next} starts with as many pods as serve now, until all are ready`,
    `2. the Service sends visitors to ${next}`,
    kept
      ? `3. ${old} keeps its pods, until npm run release -- --stack ${stack} --finish`
      : `3. ${old} is scaled to 0 pods; its image stays for a roll-back`,
    `If ${next} does not become ready, pulumi up fails before step 2, and ${old} keeps serving.`,
  ];
}

function liveOf(app: App, stack: string): Colour {
  if (app.strategy !== "blueGreen") {
    throw new EditError(
      `${APP}.rollout.strategy is '${app.strategy}': only blueGreen has colours.`,
    );
  }
  if (app.live === undefined) {
    throw new EditError(
      `${APP}.rollout.live is missing or neither blue nor green.\n  ${setCommand("app.rollout.live", "blue", "", stack)}`,
    );
  }
  return app.live;
}

function appOf(file: Document): App {
  const path = ["config", APP];
  if (!isMap(file.getIn(path))) {
    throw new EditError(`${APP} is missing: this is not the config file of a stack of ${PROJECT}.`);
  }
  const get = (...keys: string[]): string | undefined => {
    const value: unknown = file.getIn([...path, ...keys]);
    return value === undefined || value === null ? undefined : String(value);
  };
  const live = get("rollout", "live");
  return {
    strategy: get("rollout", "strategy") ?? "rolling",
    live: live === "blue" || live === "green" ? live : undefined,
    get,
    set: (value, ...keys) => {
      // A map that does not exist yet is written in the style of the one around it.
      keys.slice(0, -1).reduce<string[]>((at, key) => {
        const here = [...at, key];
        if (!file.hasIn(here)) {
          const map = file.createNode({}) as YAMLMap;
          map.flow = (file.getIn(at) as YAMLMap).flow ?? false;
          file.setIn(here, map);
        }
        return here;
      }, path);
      file.setIn([...path, ...keys], value);
    },
  };
}
