import { podsOf } from "../../model/rollout";
import type { CommonConfig } from "../commonConfig";
import { removeCommand, setCommand as set } from "../messages/commands";
import { DIGEST_EXAMPLE } from "./images";
import { STRICTER_IN_PRODUCTION, type Rule } from "./rule";

/*
 * The rules about how one release replaces another.
 */

/** Seconds that controllers needed to remove a pod, with a margin: docs/zero-downtime.md. */
const LEAST_PRE_STOP = 5;

export const rolloutRules: readonly Rule<CommonConfig>[] = [
  {
    id: "pre-stop",
    why: "Load balancers keep sending requests to a pod that shuts down until they notice.",
    severity: STRICTER_IN_PRODUCTION,
    check: ({ app }) =>
      endsTooSoon(app)
        ? {
            key: "app.shutdown.preStopSeconds",
            message: `${app?.shutdown.preStopSeconds} is refused in production: load balancers notice a leaving pod only seconds later, and requests are lost until then.`,
            remedy: set("app.shutdown.preStopSeconds", "15"),
          }
        : undefined,
    warn: ({ app }) =>
      endsTooSoon(app)
        ? {
            key: "app.shutdown.preStopSeconds",
            message: `${app?.shutdown.preStopSeconds}: load balancers notice a leaving pod only seconds later, and requests are lost until then.`,
            remedy: set("app.shutdown.preStopSeconds", "15"),
          }
        : undefined,
  },
  {
    id: "rollout-moves",
    why: "A rollout needs a pod that it may add or remove.",
    severity: "error",
    check: ({ app }) =>
      app &&
      podsOf(app.rollout.maxSurge, app.replicas.min, "up") === 0 &&
      podsOf(app.rollout.maxUnavailable, app.replicas.min, "down") === 0
        ? {
            key: "app.rollout",
            message: `maxSurge ${app.rollout.maxSurge} and maxUnavailable ${app.rollout.maxUnavailable} leave no pod that a rollout could replace.`,
            remedy: set("app.rollout.maxSurge", "1"),
          }
        : undefined,
  },
  {
    id: "live-colour",
    why: "With blue-green the config says which colour serves visitors.",
    severity: "error",
    check: ({ app }) =>
      app && app.rollout.strategy === "blueGreen" && app.rollout.live === undefined
        ? {
            key: "app.rollout.live",
            message: "is missing: with blueGreen it says which colour serves visitors.",
            remedy: set("app.rollout.live", "blue"),
          }
        : undefined,
  },
  {
    id: "live-image",
    why: "A colour without an image has no pods.",
    severity: "error",
    check: ({ app }) => {
      const { strategy, live, images } = app?.rollout ?? {};
      return strategy === "blueGreen" && live !== undefined && images?.[live] === undefined
        ? {
            key: `app.rollout.images.${live}`,
            message: `is missing, and app.rollout.live is ${live}: no pods would serve visitors.`,
            remedy: set(`app.rollout.images.${live}`, DIGEST_EXAMPLE),
          }
        : undefined;
    },
  },
  {
    id: "keep-old-with-rolling",
    why: "A rolling update has no second colour whose pods could stay.",
    severity: "error",
    check: ({ app }) =>
      app && app.rollout.strategy === "rolling" && app.rollout.keepOld
        ? {
            key: "app.rollout.keepOld",
            message: "true has no effect with rolling, which has no second colour to keep.",
            remedy: removeCommand("app.rollout.keepOld"),
          }
        : undefined,
  },
];

function endsTooSoon(app: CommonConfig["app"] | undefined): boolean {
  return app !== undefined && app.shutdown.preStopSeconds < LEAST_PRE_STOP;
}
