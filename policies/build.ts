import { setCommand } from "../config/messages/commands";
import { asInConfig } from "./configRules";
import type { Policy } from "./policy";

/*
 * What goes into an image that the stack builds.
 */

const actionKey: Policy = {
  ...asInConfig("server-actions-key"),
  scanners: {},
  check: ({ plan }) =>
    plan.resources
      .filter(({ type }) => type === "docker-build:index:Image")
      .filter(({ options: { secretMaps } }) => {
        const names = secretMaps?.secrets;
        return names !== undefined && !names.includes("server_actions_key");
      })
      .map((resource) => ({
        resource,
        key: "app.build.secrets",
        message:
          "is built without server_actions_key: each build creates its own key, and forms in open pages fail after the next build.",
        remedy: `npm run --silent action-key -- server-actions.key\n${setCommand("app.build.secrets.server_actions_key", '"$(cat server-actions.key)"', "--secret ", plan.stack)}`,
      })),
};

export const buildPolicies: readonly Policy[] = [actionKey];
