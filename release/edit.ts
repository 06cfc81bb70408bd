import { Document, isMap, type YAMLMap } from "yaml";
import { PROJECT, removeCommand, setCommand } from "../config/problems";
import { DIGEST_EXAMPLE, otherColour, type Colour } from "../config/rules/rollout";
import { UsageError } from "../preview/stackConfig";

/*
 * What `npm run release` and `npm run rollback` change in a stack's config file. Comments and order stay. Each function
 * returns what the next `pulumi up` will do; nothing else happens.
 */

/** What keeps a file from being changed, told to the user without a stack trace. */
export class EditError extends UsageError {}

const APP = `${PROJECT}:app`;

interface App {
  readonly strategy: string;
  readonly live: Colour | undefined;
  get(...path: string[]): string | undefined;
  set(value: string | boolean, ...path: string[]): void;
}

export interface Release {
  /** The stack's name, for the commands that are told. */
  readonly stack: string;
  readonly image: string;
  /** With `blueGreen`: the colour that was live keeps its pods. */
  readonly keepOld?: boolean;
}

/** Brings an image to the visitors. */
export function release(file: Document, { stack, image, keepOld = false }: Release): string[] {
  const app = appOf(file);
  if (app.strategy !== "blueGreen") {
    if (keepOld) {
      throw new EditError(
        `--keep-old has no use: ${APP}.rollout.strategy is '${app.strategy}', which has no second colour to keep.`,
      );
    }
    return releaseRolling(app, stack, image);
  }
  const old = liveOf(app);
  const next = otherColour(old);
  const before = app.get("rollout", "images", next);
  const replaces = before !== undefined && before !== image;
  app.set(image, "rollout", "images", next);
  app.set(next, "rollout", "live");
  if (keepOld) app.set(true, "rollout", "keepOld");
  return [
    `${next} gets ${image}${replaces ? ` (was ${before})` : ""}`,
    ...handOver(app, old, next),
    ...(replaces
      ? [
          `If no pulumi up came after the last release, ${next} serves visitors now and changes pod by pod.`,
        ]
      : []),
  ];
}

/**
 * Brings back what visitors met before the last release.
 * @param image where that is not what the file remembers
 */
export function rollback(file: Document, stack: string, image?: string): string[] {
  const app = appOf(file);
  if (image !== undefined) return release(file, { stack, image });
  if (app.strategy !== "blueGreen") {
    const previous = app.get("rollout", "previousImage");
    if (previous === undefined) {
      throw new EditError(
        `${APP}.rollout.previousImage is missing: no release was made by npm run release.\n` +
          `  ${rollbackTo(stack, "IMAGE")}`,
      );
    }
    return [
      ...releaseRolling(app, stack, previous),
      `If ${previous} never ran, name the image that did: ${rollbackTo(stack, "IMAGE")}`,
    ];
  }
  const old = liveOf(app);
  const next = otherColour(old);
  const back = app.get("rollout", "images", next);
  if (back === undefined) {
    throw new EditError(
      `${APP}.rollout.images.${next} is missing: there is no colour to go back to.\n` +
        `  ${rollbackTo(stack, "IMAGE")}`,
    );
  }
  app.set(next, "rollout", "live");
  return [`${next} runs ${back}`, ...handOver(app, old, next)];
}

function rollbackTo(stack: string, image: string): string {
  return `npm run rollback -- --stack ${stack} --image ${image}`;
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

function releaseRolling(app: App, stack: string, image: string): string[] {
  const before = app.get("image");
  if (before === undefined) throw new EditError(withoutImage(app, stack));
  if (before === image) throw new EditError(`${APP}.image is '${image}' already.`);
  const earlier = app.get("rollout", "previousImage");
  app.set(image, "image");
  app.set(before, "rollout", "previousImage");
  return [
    `new pods run ${image}; each must be ready before an old one goes`,
    `${before} is the way back: npm run rollback -- --stack ${stack}`,
    // The file cannot tell whether an update came between two releases.
    ...(earlier === undefined || earlier === image
      ? []
      : [`If ${before} never ran, the way back is: ${rollbackTo(stack, earlier)}`]),
  ];
}

function withoutImage(app: App, stack: string): string {
  const context = app.get("build", "context");
  const name = setCommand("app.image", DIGEST_EXAMPLE);
  return context === undefined
    ? `${APP}.image is missing.\n  ${name}`
    : `${APP}.image is missing: this stack builds '${context}', and pulumi up --stack ${stack} releases what is in it.\n` +
        `  To release images of a registry: ${name} && ${removeCommand("app.build")}`;
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
