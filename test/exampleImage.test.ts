import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const read = (name: string): string => readFileSync(join(__dirname, "../example", name), "utf8");
const lines = (text: string): string[] =>
  text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));

/** Docker's rule: the last pattern that names a file, or a folder around it, counts. */
function isIgnored(path: string): boolean {
  let ignored = false;
  for (const line of lines(read(".dockerignore"))) {
    const pattern = line
      .replace(/^!/, "")
      .replace(/[.+^${}()|[\]\\]/g, "\\$&")
      .replaceAll("**/", "(?:.{1,}/)?")
      .replaceAll("*", "[^/]*");
    if (new RegExp(`^${pattern}(/|$)`).test(path)) ignored = !line.startsWith("!");
  }
  return ignored;
}

describe("the example's Dockerfile, to be copied into apps (its builds are not run here)", () => {
  it("has a stage for each package manager, with its lock file and nothing that corepack would fetch", () => {
    const stages = new Map(
      read("Dockerfile")
        .split(/^FROM /m)
        .slice(1)
        .map((stage) => [/^\S+ AS (\S+)/.exec(stage)?.[1] ?? "", stage]),
    );
    for (const [manager, lock] of [
      ["npm", "package-lock.json"],
      ["pnpm", "pnpm-lock.yaml"],
      ["yarn", "yarn.lock"],
      ["bun", "bun.lock"],
    ] as const) {
      const stage = stages.get(`deps-${manager}`) ?? "";
      assert.match(stage, new RegExp(`^COPY package\\.json ${lock.replace(".", "\\.")}`, "m"));
      assert.match(stage, /^COPY .*\.npmrc\*/m);
      assert.match(stage, /--mount=type=secret,id=npmrc/);
    }
    assert.match(stages.get("build") ?? "", /^deps-\$\{PACKAGE_MANAGER\} AS build/);
    assert.doesNotMatch(read("Dockerfile"), /corepack/);
  });

  it("takes for the build what the build has to know of the release and of the stack", () => {
    const build =
      read("Dockerfile")
        .split(/^FROM /m)
        .find((stage) => / AS build$/m.test(stage)) ?? "";
    for (const name of ["RELEASE_ID", "NEXT_SHARED_CACHE_MAX_BODY_SIZE"]) {
      const at = build.indexOf(`\nARG ${name}\n`);
      assert.ok(at > 0 && at < build.indexOf("npm run build"), name);
    }
  });

  it("leaves an app's own data and the production variables in, secrets and what is built out", () => {
    for (const path of [
      ".env.production",
      "apps/web/.env.production",
      "data/posts.json",
      "public/a.jpg",
      "content/README.md",
    ]) {
      assert.equal(isIgnored(path), false, path);
    }
    for (const path of [
      ".env",
      ".env.local",
      ".env.production.local",
      "apps/web/.env.local",
      "node_modules/next",
      "apps/web/node_modules/next",
      ".next",
      "apps/web/.next",
    ]) {
      assert.equal(isIgnored(path), true, path);
    }
  });
});
