import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { POD } from "../helpers/podFolder";
import { Scratch } from "./volume";

const { middlewarePaths } = require(join(POD, "middleware-paths.cjs")) as {
  middlewarePaths(dist: string): (path: string) => boolean;
};

describe("paths of the middleware", () => {
  const scratch = new Scratch();
  after(() => scratch.clean());

  /** @param edge what the manifest says of a middleware of the Edge runtime, `node` of one of Node.js */
  const paths = (edge?: unknown, node?: unknown) => {
    const dist = scratch.folder();
    mkdirSync(join(dist, "server"));
    const write = (name: string, content: unknown) =>
      writeFileSync(
        join(dist, "server", name),
        typeof content === "string" ? content : JSON.stringify(content),
      );
    if (edge !== undefined) write("middleware-manifest.json", edge);
    if (node !== undefined) write("functions-config-manifest.json", node);
    return middlewarePaths(dist);
  };
  const matching = (...regexps: string[]) => ({
    matchers: regexps.map((regexp) => ({ regexp, has: [{ type: "cookie", key: "in" }] })),
  });

  it("are those that a matcher takes, whatever its conditions, of either runtime", () => {
    for (const is of [
      paths({ middleware: { "/": matching("^/members/.*$", "^/team$") }, functions: {} }),
      paths(
        { middleware: {} },
        { functions: { "/_middleware": matching("^/members/.*$", "^/team$") } },
      ),
    ]) {
      assert.deepEqual(
        ["/members/a.pdf", "/%6Dembers/a.pdf", "/team", "/", "/logo.png", "/%"].map(is),
        [true, true, true, false, false, false],
      );
    }
  });

  it("are found without the locale that a matcher of i18n begins with", () => {
    const is = paths({ middleware: { "/": matching("^(?:/((?!_next/)[^/.]{1,}))/members/.*$") } });
    assert.deepEqual(["/members/a.pdf", "/de/members/a.pdf", "/logo.png"].map(is), [
      true,
      true,
      false,
    ]);
  });

  it("are all without a matcher or where the build cannot be read, and none without a middleware", () => {
    assert.ok(paths({ middleware: { "/": {} } })("/logo.png"));
    assert.ok(paths({ middleware: { "/": matching() } })("/logo.png"));
    assert.ok(paths("{ torn")("/logo.png"));
    assert.ok(paths({ middleware: { "/": matching("(") } })("/logo.png"));
    assert.ok(!paths({ middleware: {} }, { functions: {} })("/logo.png"));
    assert.ok(!paths()("/logo.png"));
  });
});
