import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Suite } from "../lib/suite";
import { answer, type Pods } from "./servers";
import { buildIdOf } from "./stock";

/** What Next.js shows of a page with `fallback: true` that nobody has asked for: the file that the build made. */
export async function shells(suite: Suite, name: string, { on, off, built }: Pods): Promise<void> {
  const dist = join(dirname(built.server), ".next");
  const buildId = buildIdOf(built);
  for (const locale of ["en", "fr"])
    await suite.check(`${name}: the shell of the build, in ${locale}`, async () => {
      const shell = readFileSync(join(dist, "server/pages", locale, "later/[slug].html"), "utf8");
      assert.ok(shell.includes("[[shell]]"));
      for (const [at, server] of [on, off].entries()) {
        const path = `/base/${locale}/later/${at}`;
        for (let i = 0; i < 2; i++)
          assert.equal((await answer(server, path, {})).body.toString(), shell, `${path}, ${i}`);
        await answer(server, `/base/_next/data/${buildId}/${locale}/later/${at}.json`, {});
        const page = (await answer(server, path, {})).body.toString();
        assert.ok(page.includes(`[[later ${at} ${locale}]]`), `(control) ${page.slice(0, 500)}`);
      }
    });
}
