import * as assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { z } from "zod";
import { groups } from "../config";
import { unwrap } from "../config/schema/tree";
import { CONFIGURATION_PAGE, configurationPage } from "../docs/generate";

/** Every key of a schema that takes a value, as the user types it. */
function keysOf(key: string, schema: z.ZodType): string[] {
  const bare = unwrap(schema);
  if (bare instanceof z.ZodObject) {
    return Object.entries(bare.shape as Record<string, z.ZodType>).flatMap(([name, child]) =>
      keysOf(`${key}.${name}`, child),
    );
  }
  if (bare instanceof z.ZodRecord) return [`${key}.NAME`];
  if (bare instanceof z.ZodArray && bare.element instanceof z.ZodObject) {
    return keysOf(`${key}[0]`, bare.element);
  }
  return [key];
}

describe("docs/configuration.md", () => {
  const page = configurationPage();
  const rows = page.split("\n").filter((line) => line.startsWith("| `"));

  it("is up to date", () => {
    const committed = readFileSync(CONFIGURATION_PAGE, "utf8");
    assert.ok(
      committed === page,
      "docs/configuration.md is not what the schema says; run: npm run docs",
    );
  });

  it("has a row for each key of each platform", () => {
    const documented = rows.map((row) => row.split("`")[1]);
    const keys = Object.values(groups).flatMap((schemas) =>
      Object.entries<z.ZodType>(schemas).flatMap(([key, schema]) => keysOf(key, schema)),
    );
    assert.ok(keys.length > 80);
    assert.deepEqual(
      keys.filter((key) => !documented.includes(key)),
      [],
    );
  });

  it("describes every key, and says its default", () => {
    for (const row of rows) {
      const cells = row.split(" | ");
      assert.equal(cells.length, 5, row);
      assert.ok(cells[2] && cells[2] !== "undefined", row);
      assert.match(cells[3] ?? "", /\.$/, row);
    }
  });

  it("sets secrets with --secret, and nothing else", () => {
    const secret = rows.filter((row) => row.includes("**secret**"));
    assert.deepEqual(
      secret.map((row) => row.split("`")[1]),
      ["app.build.secrets.NAME", "app.secretEnv.NAME", "redis.url", "redis.sessionUrl"],
    );
    assert.deepEqual(
      rows.filter((row) => / --secret /.test(row.split(" | ")[4] ?? "")),
      secret,
    );
  });
});
