import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import type { AwsConfig } from "../config";
import { setCommand } from "../../../messages/commands";
import type { Problem } from "../../../messages/problems";
import { ROOT } from "../../../root";

/** A repository or an image, which the builder downloads. */
const ELSEWHERE = /^([a-z][a-z0-9+-]*:\/\/|git@)/;

/** Folders and files of a build that do not exist: `docker build` would say so only after the VPC has been created. */
export function missingPaths(build: NonNullable<AwsConfig["app"]>["build"]): Problem[] {
  if (!build) return [];
  const paths: [key: string, path: string][] = [
    ["app.build.context", build.context],
    ...Object.entries(build.contexts).map(([name, path]): [string, string] => [
      `app.build.contexts.${name}`,
      path,
    ]),
  ];
  const missing = paths.filter(([, path]) => isMissing(path));
  if (isMissing(build.context)) return missing.map(notFound);
  const dockerfile = build.dockerfile ?? join(build.context, "Dockerfile");
  if (!ELSEWHERE.test(build.context) && isMissing(dockerfile)) {
    missing.push(["app.build.dockerfile", dockerfile]);
  }
  return missing.map(notFound);
}

function isMissing(path: string): boolean {
  return !ELSEWHERE.test(path) && !existsSync(resolve(ROOT, path));
}

function notFound([key, path]: [key: string, path: string]): Problem {
  return {
    key,
    message: `there is no '${path}'; paths are relative to the folder of Pulumi.yaml.`,
    remedy: setCommand(key, "PATH"),
  };
}
