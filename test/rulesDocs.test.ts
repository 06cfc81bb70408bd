import * as assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { severities } from "../config/rules";
import { RULES_PAGE, rulesPage, ruleParts } from "../docs/rules";

const rules = Object.values(ruleParts).flat();

describe("docs/rules.md", () => {
  it("is up to date", () => {
    assert.ok(
      readFileSync(RULES_PAGE, "utf8") === rulesPage(),
      "docs/rules.md is not what the rules say; run: npm run docs",
    );
  });

  it("names each rule once, in words with hyphens", () => {
    assert.ok(rules.length > 80);
    const names = rules.map(({ id }) => id);
    assert.deepEqual([...new Set(names)], names);
    for (const name of names) assert.match(name, /^[a-z]+(-[a-z]+)*$/);
  });

  it("says in one sentence why each rule is there", () => {
    for (const { id, why } of rules) assert.match(why, /^[A-Z`].*\.$/, id);
  });

  it("tells apart what production refuses and others are warned of", () => {
    const stricter = rules.filter((rule) => {
      const { production, elsewhere } = severities(rule);
      return production === "error" && elsewhere === "warning";
    });
    assert.deepEqual(
      stricter.map(({ id }) => id),
      ["image-digest", "pre-stop", "https", "api-server-open", "context"],
    );
  });
});
