import assert from "node:assert/strict";
import { readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { NextServer } from "../lib/next";
import { temporaryFolder } from "../lib/processes";
import type { Suite } from "../lib/suite";
import {
  answer,
  givenAtLeast,
  givenBy,
  whole,
  type AnswersSetup,
  type Pods,
  type Sent,
} from "./servers";

const PATHS = ["/robots.txt", "/icons/logo.svg", "/manifest.json"] as const;
const ZIP: Sent = { "Accept-Encoding": "gzip, deflate" };
const BUILT_AT = new Date("2026-01-01T00:00:00Z");
const LATER = "Fri, 01 Jan 2100 00:00:00 GMT";

/** How a file is asked for, and whether it is answered from memory. */
const FORMS: readonly (readonly [method: string, version: string, headers: Sent, kept: boolean])[] =
  [
    ["GET", "1.1", {}, true],
    ["GET", "1.1", ZIP, true],
    ["GET", "1.1", { "Accept-Encoding": "deflate" }, true],
    ["HEAD", "1.1", ZIP, true],
    ["GET", "1.0", {}, true],
    ["GET", "1.1", { "If-None-Match": "*" }, true],
    ["GET", "1.1", { "If-None-Match": '"other"' }, true],
    ["GET", "1.1", { "If-Modified-Since": LATER }, true],
    ["GET", "1.1", { "If-Modified-Since": LATER, "Cache-Control": "no-cache" }, true],
    ["GET", "1.1", { Range: "bytes=0-9" }, false],
    ["GET", "1.1", { Range: "bytes=999999-" }, false],
    ["GET", "1.1", { "If-Match": '"other"' }, false],
    ["POST", "1.1", { "Content-Length": "0" }, false],
  ];

/** Files of `public/`: the same as Next.js gives, without it. */
export async function files(
  suite: Suite,
  name: string,
  { on, off, stock, built, builtStock }: Pods,
  { origin }: AnswersSetup,
): Promise<void> {
  await suite.check(`${name}: files of public/: byte for byte, also beside stock`, async () => {
    // as in copies of one image
    for (const { server } of builtStock ? [built, builtStock] : [built])
      for (const path of PATHS)
        utimesSync(join(dirname(server), "public", path), BUILT_AT, BUILT_AT);
    for (const path of PATHS)
      for (const [method, version, headers, kept] of FORMS) {
        const what = `${method} ${version} ${path} ${JSON.stringify(headers)}`;
        const first = await answer(off, path, headers, method, version);
        const expected = whole(first);
        if (stock) {
          const plain = await answer(stock, path, headers, method, version);
          // Next.js 15 refuses with a page, which names its build
          if (first.status >= 400) assert.equal(plain.status, first.status, what);
          else assert.deepEqual(whole(plain), expected, what);
        }
        const ask = async (): Promise<void> => {
          for (let i = 0; i < 4; i++)
            assert.deepEqual(
              whole(await answer(on, path, headers, method, version)),
              expected,
              what,
            );
        };
        if (kept) assert.ok((await givenAtLeast(on, 1, ask)) >= 1, `${what}: none from memory`);
        else assert.equal(await givenBy(on, ask), 0, what);
      }
  });

  await suite.check(
    `${name}: a file of public/ that changes is never shown as before`,
    async () => {
      const file = join(dirname(built.server), "public/robots.txt");
      const [before, { atime, mtime }] = [readFileSync(file, "utf8"), statSync(file)];
      const ask = async (): Promise<string> =>
        (await answer(on, "/robots.txt", ZIP)).body.toString();
      try {
        for (let i = 0; i < 4; i++) {
          assert.ok((await givenAtLeast(on, 1, ask)) >= 1, "(control)");
          writeFileSync(file, `User-agent: ${i}\n`);
          for (let again = 0; again < 4; again++) assert.equal(await ask(), `User-agent: ${i}\n`);
        }
      } finally {
        writeFileSync(file, before);
        utimesSync(file, atime, mtime);
      }
    },
  );

  for (const [what, env, kept] of [
    ["with a shared folder", { SHARED_CACHE_DIR: temporaryFolder("shared") }, true],
    ["without any store", {}, true],
    ["with NEXT_SHARED_CACHE_MEMORY_MIB=0", { NEXT_SHARED_CACHE_MEMORY_MIB: "0" }, false],
  ] as const)
    await suite.check(`${name}: ${what}: files ${kept ? "yes" : "no"}, pages no`, async () => {
      const server = await NextServer.launch(built, origin, env);
      try {
        const times = async (path: string): Promise<void> => {
          for (let i = 0; i < 6; i++) await answer(server, path, ZIP);
        };
        assert.equal(await givenBy(server, () => times("/static")), 0);
        const count = await givenBy(server, () => times("/robots.txt"));
        assert.ok(kept ? count >= 3 : count === 0, `${count} of 6 from memory`);
      } finally {
        await server.end();
      }
    });
}
