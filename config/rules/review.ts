import { pullRequestOf } from "../../model/reviewSite";
import type { CommonConfig } from "../commonConfig";
import { removeCommand, setCommand as set } from "../messages/commands";
import { annotation } from "./annotations";
import { hostOfSchema } from "./chartSchema";
import type { Rule } from "./rule";

/* What works, but deserves a second look in a review. */

/** Annotations with parts of nginx's configuration, for F5's controller and for the former community controller. */
const SNIPPET = /-snippets?$/;

export const reviewRules: readonly Rule<CommonConfig>[] = [
  {
    id: "chart-schema",
    why: "Helm downloads what the schema of a chart's values refers to, and fails if it cannot.",
    severity: "warning",
    check: ({ ingress }) => {
      const asked = ingress?.install ? hostOfSchema(ingress.chart) : undefined;
      return asked === undefined
        ? undefined
        : {
            key: "ingress.chart",
            message: `the values.schema.json in '${ingress?.chart}' refers to ${asked}: Helm downloads from there, and fails if it cannot.`,
            remedy:
              "without access to that host, remove values.schema.json from the folder: docs/way-in.md",
          };
    },
  },
  {
    id: "snippets",
    why: "A snippet becomes part of the nginx configuration, and can read what the controller can.",
    severity: "warning",
    check: ({ ingress }) =>
      ingress &&
      Object.keys(ingress.annotations)
        .filter((name) => SNIPPET.test(name))
        .map((name) => ({
          key: annotation(name),
          message: `is part of nginx's configuration: whoever edits it can read what the controller can. ${whoTakesSnippets(ingress)}`,
          remedy: removeCommand(annotation(name)),
        })),
  },
  {
    id: "files-off",
    why: "Pods should run without the shared files only while the file server is down.",
    severity: "warning",
    check: ({ files }) =>
      files && !files.required && !("ephemeral" in files && files.ephemeral === true)
        ? {
            key: "files.required",
            message: "false: no uploads, no shared images, and deploys break open pages.",
            remedy: removeCommand("files.required"),
          }
        : undefined,
  },
  {
    id: "one-pod",
    why: "If the only pod is lost, the site is down, or its static files are, until the next one is up.",
    severity: "warning",
    check: ({ app, assets, stack }) => [
      // The site of a pull request is one pod, and may not be more.
      ...(app && app.replicas.min < 2 && pullRequestOf(stack) === undefined
        ? [
            {
              key: "app.replicas.min",
              message: `${app.replicas.min}: the loss of one pod is an outage until the next is up.`,
              remedy: [
                ...(app.replicas.max < 2 ? [set("app.replicas.max", "2")] : []),
                set("app.replicas.min", "2"),
              ].join("\n"),
            },
          ]
        : []),
      ...(assets?.enabled && assets.replicas < 2
        ? [
            {
              key: "assets.replicas",
              message:
                "1: if that pod is lost, no static files are served until the next one is up.",
              remedy: set("assets.replicas", "2"),
            },
          ]
        : []),
    ],
  },
];

function whoTakesSnippets({ install, nodePorts }: CommonConfig["ingress"]): string {
  if (!install) {
    return "The controller accepts it if its owner runs it with -enable-snippets; otherwise it refuses the whole Ingress.";
  }
  return nodePorts === undefined
    ? "The stack's controller accepts snippets only with ingress.nodePorts; otherwise it refuses the whole Ingress."
    : "The controller accepts it.";
}
