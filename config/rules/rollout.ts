import type { Config } from "..";
import { either, removeCommand, setCommand } from "../messages/commands";
import type { Rule } from "./rule";

/*
 * The rules about images and how one replaces another.
 */

export const DIGEST_EXAMPLE = "REGISTRY/NAME@sha256:DIGEST";
const set = setCommand;
/** Seconds that controllers needed to take a pod out, with some to spare: docs/zero-downtime.md. */
export const LEAST_PRE_STOP = 5;

export type Colour = "blue" | "green";

export function otherColour(colour: Colour): Colour {
  return colour === "blue" ? "green" : "blue";
}

/** The image that visitors meet, or undefined where the stack builds it. */
export function liveImage(app: Config["app"]): string | undefined {
  const { strategy, live, images } = app.rollout;
  return strategy === "blueGreen" && live !== undefined ? images[live] : app.image;
}

/** A number of pods from `1` or `"25%"` of `replicas`, rounded as the Deployment controller does. */
export function podsOf(value: number | string, replicas: number, round: "up" | "down"): number {
  if (typeof value === "number") return value;
  const exact = (replicas * Number.parseInt(value, 10)) / 100;
  return round === "up" ? Math.ceil(exact) : Math.floor(exact);
}

type ImageKey = [key: string, image: string];

/** The keys that name an image of pods. */
export function deployedImages(app: Config["app"]): ImageKey[] {
  return given([
    ["app.image", app.image],
    ["app.rollout.images.blue", app.rollout.images.blue],
    ["app.rollout.images.green", app.rollout.images.green],
  ]);
}

/** Every key that names an image. */
function imagesOf(app: Config["app"]): ImageKey[] {
  return [
    ...deployedImages(app),
    ...given([["app.rollout.previousImage", app.rollout.previousImage]]),
  ];
}

function given(keys: [key: string, image: string | undefined][]): ImageKey[] {
  return keys.filter((entry): entry is ImageKey => entry[1] !== undefined);
}

export const rolloutRules: Rule<Config>[] = [
  ({ app }) =>
    app &&
    podsOf(app.rollout.maxSurge, app.replicas.min, "up") === 0 &&
    podsOf(app.rollout.maxUnavailable, app.replicas.min, "down") === 0
      ? {
          key: "app.rollout",
          message: `maxSurge ${app.rollout.maxSurge} and maxUnavailable ${app.rollout.maxUnavailable} leave no pod that a rollout could replace.`,
          remedy: set("app.rollout.maxSurge", "1"),
        }
      : undefined,
  ({ production, app }) =>
    production && app && app.shutdown.preStopSeconds < LEAST_PRE_STOP
      ? {
          key: "app.shutdown.preStopSeconds",
          message: `${app.shutdown.preStopSeconds} is refused in production: load balancers learn seconds later that a pod leaves, and requests are lost meanwhile.`,
          remedy: set("app.shutdown.preStopSeconds", "15"),
        }
      : undefined,
  ({ production, app }) => {
    const tag = app && production && imagesOf(app).find(([, image]) => !image.includes("@sha256:"));
    return tag
      ? {
          key: tag[0],
          message: `'${tag[1]}' is a tag, which can come to mean another image; production takes a digest.`,
          remedy: set(tag[0], `${tag[1].replace(/:[^/:]*$/, "")}@sha256:DIGEST`),
        }
      : undefined;
  },
  ({ app }) =>
    app &&
    app.rollout.strategy === "rolling" &&
    (app.image === undefined) === (app.build === undefined)
      ? {
          key: "app",
          message: app.image
            ? `image '${app.image}' and build are both set; one of them names the image.`
            : "neither image nor build is set; one of them names the image.",
          remedy: app.image ? removeCommand("app.build") : set("app.image", DIGEST_EXAMPLE),
        }
      : undefined,
  ({ app }) =>
    app && app.rollout.strategy === "blueGreen" && app.image !== undefined
      ? {
          key: "app.image",
          message: `'${app.image}' has no use: with blueGreen each colour names its image in app.rollout.images.`,
          remedy: removeCommand("app.image"),
        }
      : undefined,
  ({ app }) =>
    app?.build && app.rollout.strategy === "blueGreen"
      ? {
          key: "app.build",
          message: `'${app.build.context}' is one image, and blueGreen takes one for each colour.`,
          remedy: either(set("app.rollout.strategy", "rolling"), removeCommand("app.build")),
        }
      : undefined,
  ({ app }) =>
    app && app.rollout.strategy === "blueGreen" && app.rollout.live === undefined
      ? {
          key: "app.rollout.live",
          message: "is missing: with blueGreen it says which colour visitors meet.",
          remedy: set("app.rollout.live", "blue"),
        }
      : undefined,
  ({ app }) => {
    const { strategy, live, images } = app?.rollout ?? {};
    return strategy === "blueGreen" && live !== undefined && images?.[live] === undefined
      ? {
          key: `app.rollout.images.${live}`,
          message: `is missing, and app.rollout.live is ${live}: visitors would meet no pods.`,
          remedy: set(`app.rollout.images.${live}`, DIGEST_EXAMPLE),
        }
      : undefined;
  },
  ({ app }) =>
    app && app.rollout.strategy === "rolling" && app.rollout.keepOld
      ? {
          key: "app.rollout.keepOld",
          message: "true has no use with rolling, which has no second colour to keep.",
          remedy: removeCommand("app.rollout.keepOld"),
        }
      : undefined,
];
