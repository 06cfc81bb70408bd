import { liveImage, namedImages } from "../../model/rollout";
import type { CommonConfig } from "../commonConfig";
import { either, removeCommand, setCommand as set } from "../messages/commands";
import { STRICTER_IN_PRODUCTION, type Rule } from "./rule";

/*
 * The rules about the images of the application.
 */

export const DIGEST_EXAMPLE = "REGISTRY/NAME@sha256:DIGEST";

/** A digest always means the same image. */
const isTag = (image: string) => !image.includes("@sha256:");

/** What to put for an image that is named by a tag. */
export const byDigest = (image: string) => `${image.replace(/:[^/:]*$/, "")}@sha256:DIGEST`;

export const imageRules: readonly Rule<CommonConfig>[] = [
  {
    id: "confirmations-left",
    why: "A confirmation that stays in the config also confirms the next change of its key.",
    severity: "warning",
    check: ({ confirm = [] }) =>
      confirm.length > 0
        ? {
            key: "confirm",
            message: `changes of ${confirm.join(" and ")} are made without asking again; remove it after this pulumi up.`,
            remedy: removeCommand("confirm"),
          }
        : undefined,
  },
  {
    id: "image-digest",
    why: "A tag can point to another image later: pods of one release would differ, and a roll-back would not go back.",
    severity: STRICTER_IN_PRODUCTION,
    check: ({ app }) => {
      const [key, image] = (app && namedImages(app).find(([, it]) => isTag(it))) ?? [];
      return key !== undefined && image !== undefined
        ? {
            key,
            message: `'${image}' is a tag, which may point to another image later; production requires a digest.`,
            remedy: set(key, byDigest(image)),
          }
        : undefined;
    },
    warn: ({ app }) => {
      const image = app && liveImage(app);
      if (!app || image === undefined || !isTag(image)) return undefined;
      const key = image === app.image ? "app.image" : `app.rollout.images.${app.rollout.live}`;
      return {
        key,
        message: `'${image}' is a tag: pods may end up with different images.`,
        remedy: set(key, byDigest(image)),
      };
    },
  },
  {
    id: "server-actions-key",
    why: "Without it each build has its own key, and pods of one build cannot read the actions in pages of another.",
    severity: "warning",
    check: ({ app }) =>
      app?.build && !app.build.secrets.server_actions_key
        ? {
            key: "app.build.secrets",
            message:
              "has no server_actions_key: each build creates its own key, and forms in open pages fail after the next build.",
            remedy: `${set("app.build.secrets.server_actions_key", '--secret "$(cat server-actions.key)"')}\ncreated once by:\nnpm run --silent action-key -- server-actions.key`,
          }
        : undefined,
  },
  {
    id: "image-or-build",
    why: "With a rolling update, the image is either named by you or built by the stack.",
    severity: "error",
    check: ({ app }) =>
      app &&
      app.rollout.strategy === "rolling" &&
      (app.image === undefined) === (app.build === undefined)
        ? {
            key: "app",
            message: app.image
              ? `image '${app.image}' and build are both set; set only one of them.`
              : "neither image nor build is set; set one of them.",
            remedy: app.image ? removeCommand("app.build") : set("app.image", DIGEST_EXAMPLE),
          }
        : undefined,
  },
  {
    id: "image-beside-colours",
    why: "With blue-green each colour has its own image, so that rolling back needs no other key.",
    severity: "error",
    check: ({ app }) =>
      app && app.rollout.strategy === "blueGreen" && app.image !== undefined
        ? {
            key: "app.image",
            message: `'${app.image}' has no effect: with blueGreen each colour has its image in app.rollout.images.`,
            remedy: removeCommand("app.image"),
          }
        : undefined,
  },
  {
    id: "build-beside-colours",
    why: "The stack builds one image, but blue-green runs two.",
    severity: "error",
    check: ({ app }) =>
      app?.build && app.rollout.strategy === "blueGreen"
        ? {
            key: "app.build",
            message: `'${app.build.context}' is one image, but blueGreen needs one for each colour.`,
            remedy: either(set("app.rollout.strategy", "rolling"), removeCommand("app.build")),
          }
        : undefined,
  },
];
