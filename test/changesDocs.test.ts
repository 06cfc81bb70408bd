import * as assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { z } from "zod";
import { groups } from "../config";
import { changeRules, harmlessChanges } from "../config/changes";
import { unwrap } from "../config/schema/tree";
import { CHANGES_PAGE, changesPage } from "../docs/changes";

function keysOf(key: string, schema: z.ZodType): string[] {
  const bare = unwrap(schema);
  return bare instanceof z.ZodObject
    ? Object.entries(bare.shape as Record<string, z.ZodType>).flatMap(([name, child]) =>
        keysOf(`${key}.${name}`, child),
      )
    : [key];
}

const within = (key: string, whole: string) => key === whole || key.startsWith(`${whole}.`);
const ruled = Object.values(changeRules).flatMap((rules) => rules.map(({ key }) => key));
/** Keys whose change a rule of another key, or of their group, speaks of. */
const SPOKEN_OF: Readonly<Record<string, string>> = {
  "ingress.extraHosts": "app.host",
  "files.nfs": "files",
  "files.hostPath": "files",
  "files.ephemeral": "files",
  "files.storageClass": "files",
  "files.uploadsStorageClass": "files",
  "redis.url": "redis.sessions",
  "redis.sessionUrl": "redis.sessions",
  "redis.inCluster": "redis.sessions",
};

const harmless = harmlessChanges.flatMap(([keys]) => keys.split(", "));

describe("docs/changes.md", () => {
  it("is up to date", () => {
    assert.ok(
      readFileSync(CHANGES_PAGE, "utf8") === changesPage(),
      "docs/changes.md is not what the rules say; run: npm run docs",
    );
  });

  it("says of every key of the config what its change does", () => {
    const told = [
      ...harmless,
      ...ruled.filter((key) => key !== "files"),
      ...Object.keys(SPOKEN_OF),
    ];
    const keys = Object.values(groups).flatMap((schemas) =>
      Object.entries<z.ZodType>(schemas).flatMap(([key, schema]) => keysOf(key, schema)),
    );
    assert.ok(keys.length > 80);
    const untold = keys.filter((key) => !told.some((whole) => within(key, whole)));
    assert.deepEqual(
      untold,
      [],
      `say in config/changes/harmless.ts, or with a rule, what a change does of ${untold.join(", ")}`,
    );
    for (const key of Object.values(SPOKEN_OF)) assert.ok(ruled.includes(key), key);
  });

  it("says what a change does once, or which change it speaks of", () => {
    const twice = harmless.filter((key) => ruled.includes(key));
    // Each of these rows says for which value or on which storage it holds.
    assert.deepEqual(twice, ["ingress.tls", "files.cacheSize", "files.uploadsSize"]);
  });
});
