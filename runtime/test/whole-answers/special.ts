import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { dirname, join } from "node:path";
import type { Built, NextServer } from "../lib/next";
import type { Suite } from "../lib/suite";
import { answer, asked, givenBy, isGiven, whole, type Pods, type Sent } from "./servers";

/** What a visitor of an editor's mode sees, and how to get there. */
const MODES = [
  {
    mode: "draft mode",
    page: "/draft",
    on: "/control?draft=1",
    off: "/control?draft=0",
    shows: (is: boolean) => `[[enabled:${is ? 1 : 0}]]`,
    value: "draft",
  },
  {
    mode: "preview of the pages router",
    page: "/legacy/one",
    on: "/api/preview",
    off: "/api/preview?off=1",
    shows: (is: boolean) => `[[preview:${is ? 1 : 0}]]`,
    value: "legacy",
  },
] as const;

/** Requests for something else than a visitor's page. */
export async function special(suite: Suite, name: string, pods: Pods): Promise<void> {
  for (const mode of MODES)
    await suite.check(`${name}: ${mode.mode}, on and off`, () => editors(pods.on, mode));
  await suite.check(`${name}: a body, a range, an upgrade: Next.js answers each time`, () =>
    otherRequests(pods),
  );
  await suite.check(
    `${name}: x-prerender-revalidate renders anew, and nobody sees the page before`,
    () => onDemand(pods),
  );
}

/** The names and values of the cookies that an answer sets; those that it removes are missing. */
function cookiesOf(set: string | string[] | undefined): string {
  return [set ?? []]
    .flat()
    .filter((cookie) => !/Expires=Thu, 01 Jan 1970/i.test(cookie))
    .map((cookie) => cookie.split(";")[0] ?? "")
    .join("; ");
}

async function editors(on: NextServer, mode: (typeof MODES)[number]): Promise<void> {
  const { page, shows } = mode;
  const visitor = async (): Promise<void> =>
    assert.ok((await on.send(page)).body.includes(shows(false)), "a visitor sees an editor's page");
  assert.ok(await isGiven(on, visitor), "(control)");
  const cookie = cookiesOf((await on.send(mode.on)).headers["set-cookie"]);
  assert.match(cookie, /__prerender_bypass=/);
  let last = 0;
  for (let i = 0; i < 4; i++) {
    const count = await givenBy(on, async () => {
      const seen = await on.send(page, { headers: { cookie: `theme=dark; ${cookie}` } });
      assert.ok(seen.body.includes(shows(true)), seen.body.slice(0, 500));
      assert.ok(seen.value(mode.value) > last, "an editor sees a page of before");
      last = seen.value(mode.value);
    });
    assert.equal(count, 0, "an editor's page came from memory");
    assert.ok(await isGiven(on, visitor), "(control)");
  }
  const left = cookiesOf((await on.send(mode.off, { headers: { cookie } })).headers["set-cookie"]);
  assert.doesNotMatch(left, /__prerender_bypass=[^;]/);
  assert.ok(await isGiven(on, visitor));
}

/** All bytes until the server ends the connection, but for the date. */
function bytesOf(port: number, request: string): Promise<string> {
  return new Promise((done, fail) => {
    let all = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(request));
    socket.setTimeout(30_000, () => socket.destroy(new Error("no end in 30 s")));
    socket.on("data", (chunk: Buffer) => (all += chunk.toString("latin1")));
    socket.on("error", fail);
    socket.on("close", () => done(all.replace(/^Date: .*$/gm, "").replaceAll(`:${port}`, "")));
  });
}

async function otherRequests({ on, off }: Pods): Promise<void> {
  const plain = (): Promise<unknown> => answer(on, "/tagged/one", {});
  const get = (headers: Sent): string => asked("/tagged/one", headers);
  const requests: Readonly<Record<string, string>> = {
    "a body": `${get({ "Content-Length": "3" })}abc`,
    "a body in chunks": `${get({ "Transfer-Encoding": "chunked" })}3\r\nabc\r\n0\r\n\r\n`,
    POST: `${asked("/tagged/one", { "Content-Length": "3" }, "POST")}abc`,
    OPTIONS: asked("/tagged/one", {}, "OPTIONS"),
    "a range": get({ Range: "bytes=0-9" }),
    "a range if unchanged": get({ Range: "bytes=0-9", "If-Range": '"x"' }),
    "an upgrade": get({ Connection: "Upgrade", Upgrade: "websocket", "Sec-WebSocket-Key": "x" }),
    Authorization: get({ Authorization: "Basic eDp5" }),
    "leave to send a body": get({ Expect: "100-continue" }),
    "a false key of revalidation": get({ "X-Prerender-Revalidate": "x" }),
  };
  for (const [what, request] of Object.entries(requests)) {
    const expected = await bytesOf(off.port, request);
    const count = await givenBy(on, async () => {
      for (let i = 0; i < 3; i++) assert.equal(await bytesOf(on.port, request), expected, what);
    });
    assert.equal(count, 0, `${what}: from memory`);
    assert.ok(await isGiven(on, plain), "(control)");
  }
}

/** The key that a build makes for its own requests of on-demand revalidation. */
function revalidationKey({ server }: Built): string {
  const text = readFileSync(join(dirname(server), ".next/prerender-manifest.json"), "utf8");
  return (JSON.parse(text) as { preview: { previewModeId: string } }).preview.previewModeId;
}

async function onDemand({ on, off, built }: Pods): Promise<void> {
  const headers = { "x-prerender-revalidate": revalidationKey(built) };
  for (const [page, value] of [
    ["/tagged/one", "tagged"],
    ["/legacy/one", "legacy"],
  ] as const) {
    const visitor = (): Promise<number> => on.value(page, value);
    assert.ok(await isGiven(on, visitor), "(control)");
    const before = await visitor();
    const count = await givenBy(on, () => on.send(page, { headers }));
    assert.equal(count, 0, "from memory");
    const after = await visitor();
    assert.ok(after > before, `${after} after a revalidation of ${before}`);
    assert.ok(await isGiven(on, visitor));
    assert.deepEqual(whole(await answer(on, page, {})), whole(await answer(off, page, {})));
  }
}
