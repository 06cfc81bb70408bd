import { Document, isMap, type YAMLMap } from "yaml";
import { otherColour, type Colour } from "../config/rules/rollout";
import { PROJECT } from "../config/problems";

/*
 * What `npm run release` and `npm run rollback` change in a stack's config file. Comments and order stay. Each function
 * returns what the next `pulumi up` will do; nothing else happens.
 */

/** What keeps a file from being changed, told to the user without a stack trace. */
export class EditError extends Error {}

const APP = `${PROJECT}:app`;

interface App {
  readonly strategy: string;
  readonly live: Colour | undefined;
  get(...path: string[]): string | undefined;
  set(value: string | boolean, ...path: string[]): void;
}

/** Brings `image` to the visitors. */
export function release(file: Document, image: string, keepOld: boolean): string[] {
  const app = appOf(file);
  if (app.strategy !== "blueGreen") {
    if (keepOld) {
      throw new EditError(
        `--keep-old has no use: ${APP}.rollout.strategy is '${app.strategy}', which has no second colour to keep.`,
      );
    }
    return releaseRolling(app, image);
  }
  const old = liveOf(app);
  const next = otherColour(old);
  const before = app.get("rollout", "images", next);
  app.set(image, "rollout", "images", next);
  app.set(next, "rollout", "live");
  if (keepOld) app.set(true, "rollout", "keepOld");
  return [
    `${next} gets ${image}${before !== undefined && before !== image ? ` (was ${before})` : ""}`,
    ...handOver(app, old, next),
  ];
}

/** Brings back what visitors met before the last release. */
export function rollback(file: Document): string[] {
  const app = appOf(file);
  if (app.strategy !== "blueGreen") {
    const previous = app.get("rollout", "previousImage");
    if (previous === undefined) {
      throw new EditError(
        `${APP}.rollout.previousImage is missing: no release was made by npm run release. ` +
          `Set the image by hand: pulumi config set --path '${APP}.image' IMAGE`,
      );
    }
    return releaseRolling(app, previous);
  }
  const old = liveOf(app);
  const next = otherColour(old);
  const image = app.get("rollout", "images", next);
  if (image === undefined) {
    throw new EditError(
      `${APP}.rollout.images.${next} is missing: there is no colour to go back to. ` +
        `Release the image instead: npm run release -- --image IMAGE`,
    );
  }
  app.set(next, "rollout", "live");
  return [`${next} runs ${image}`, ...handOver(app, old, next)];
}

/** Ends the old colour that a release kept. */
export function finish(file: Document): string[] {
  const app = appOf(file);
  const live = liveOf(app);
  if (app.get("rollout", "keepOld") !== "true") {
    throw new EditError(`${APP}.rollout.keepOld is not true: there is no old colour to end.`);
  }
  app.set(false, "rollout", "keepOld");
  return [
    `${live} stays live`,
    `${otherColour(live)} goes down to 0 pods; its image stays as the way back`,
  ];
}

function releaseRolling(app: App, image: string): string[] {
  const before = app.get("image");
  if (before === undefined) {
    throw new EditError(`${APP}.image is missing: the stack builds its image, or names none.`);
  }
  if (before === image) throw new EditError(`${APP}.image is '${image}' already.`);
  app.set(image, "image");
  app.set(before, "rollout", "previousImage");
  return [
    `new pods run ${image}; each must be ready before an old one goes`,
    `${before} is the way back: npm run rollback`,
  ];
}

function handOver(app: App, old: Colour, next: Colour): string[] {
  const kept = app.get("rollout", "keepOld") === "true";
  return [
    `1. ${next} comes up, with as many pods as serve now, until all are ready`,
    `2. the Service sends visitors to ${next}`,
    kept
      ? `3. ${old} keeps its pods, until npm run release -- --finish`
      : `3. ${old} goes down to 0 pods; its image stays as the way back`,
    `If ${next} does not become ready, pulumi up fails before step 2, and ${old} goes on serving.`,
  ];
}

function liveOf(app: App): Colour {
  if (app.strategy !== "blueGreen") {
    throw new EditError(
      `${APP}.rollout.strategy is '${app.strategy}': there are colours with blueGreen alone.`,
    );
  }
  if (app.live === undefined) {
    throw new EditError(
      `${APP}.rollout.live is missing or neither blue nor green.\n  pulumi config set --path '${APP}.rollout.live' blue`,
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
      // A map that is not there yet is written in the style of the one around it.
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
