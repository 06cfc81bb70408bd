import { staticPaths } from "../../model/staticPaths";
import type { CommonConfig } from "../commonConfig";
import { either, removeCommand, setCommand as set } from "../messages/commands";
import type { Rule } from "./rule";

/*
 * The rules about the shared files and what is built on them.
 */

export const filesRules: readonly Rule<CommonConfig>[] = [
  {
    id: "assets-need-files",
    why: "The static-assets pods serve what each release copied to the shared files.",
    severity: "error",
    check: ({ assets, files }) =>
      assets?.enabled && files?.required === false
        ? {
            key: "assets.enabled",
            message: "true needs the shared files, but files.required is false.",
            remedy: removeCommand("assets.enabled"),
          }
        : undefined,
  },
  {
    id: "cache-needs-files",
    why: "The store `files` keeps pages, data and tags on the shared files.",
    severity: "error",
    check: ({ cache, files }) =>
      cache?.store === "files" && files?.required === false
        ? {
            key: "cache.store",
            message: "'files' needs the shared files, but files.required is false.",
            remedy: set("cache.store", "redis"),
          }
        : undefined,
  },
  {
    id: "path-of-assets",
    why: "The static-assets pods already serve that path.",
    severity: "error",
    check: ({ app, assets, ingress }) => {
      const own = staticPaths(app ?? {});
      const taken = ingress?.paths.find(({ path }) => own.includes(path.replace(/\/$/, "")));
      return assets?.enabled && taken
        ? {
            key: "ingress.paths",
            message: `'${taken.path}' is the path of the static assets, but names service '${taken.service}'.`,
            remedy: either("remove it from ingress.paths", set("assets.enabled", "false")),
          }
        : undefined;
    },
  },
];
