import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import { exchange, type RawAnswer } from "../lib/exchange";
import type { NextServer } from "../lib/next";
import { sleep } from "../lib/processes";
import { random } from "../lib/random";
import type { Suite } from "../lib/suite";
import { KEPT } from "./equality";
import {
  answer,
  asked,
  givenAtLeast,
  givenBy,
  isGiven,
  whole,
  type Pods,
  type Sent,
} from "./servers";

const PAGE = "/tagged/one";
const LARGE = "/special/large";

/** Lines of a request, as they are sent. */
function lines(...all: readonly string[]): string {
  return [...all, "", ""].join("\r\n");
}

const START = `GET ${PAGE} HTTP/1.1`;
const HOST = "Host: shop.example";
const CLOSE = "Connection: close";
const get = (...more: readonly string[]): string => lines(START, HOST, ...more, CLOSE);
const path = (sent: string): string => lines(`GET ${sent} HTTP/1.1`, HOST, CLOSE);
const accepts = (value: string): string => get(`Accept-Encoding: ${value}`);

/** Requests that no browser writes like this. What is made here (Brotli, zstd) none of them takes. */
const ODD: Readonly<Record<string, string>> = {
  // headers twice
  "encodings in two headers": get("Accept-Encoding: gzip;q=0", "Accept-Encoding: deflate"),
  "one encoding twice": get("Accept-Encoding: gzip", "Accept-Encoding: gzip;q=0"),
  "two hosts": lines(START, HOST, "Host: evil.example", CLOSE),
  "two cookies, one of draft mode": get("Cookie: a=b", "Cookie: __prerender_bypass=x"),
  "two ETags": get('If-None-Match: "x"', "If-None-Match: *"),
  "RSC twice": get("RSC: 1", "RSC: 1"),
  "Cache-Control twice": get("Cache-Control: max-age=0", "Cache-Control: no-cache"),
  "Next-Url twice": get("Next-Url: /a", "Next-Url: /b"),
  "X-Forwarded-Proto as proxies add to it": get("X-Forwarded-Proto: https, http"),
  // encodings
  "all but Brotli": accepts("br;q=0, *"),
  "nothing at all": accepts("identity;q=0, *;q=0"),
  "a weight of 0.000": accepts("gzip;q=0.000, deflate"),
  "spaces and tabs": accepts("  gzip \t;\t q=1 ,\tdeflate;q=0.5 "),
  "empty places": accepts(",gzip,,"),
  "a weight twice": accepts("gzip;q=1;q=0"),
  "in quotes": accepts('"gzip"'),
  "a weight that is none": accepts("gzip;q=-1, deflate;q=9"),
  "an empty one": accepts(""),
  "a thousand": accepts(Array.from({ length: 1000 }, (_, i) => `x${i}`).join(",")),
  "upper case": get("ACCEPT-ENCODING: GZIP"),
  // versions and hosts
  "HTTP/1.0 without a host": lines(`GET ${PAGE} HTTP/1.0`),
  "HTTP/1.0 that takes gzip": lines(`GET ${PAGE} HTTP/1.0`, HOST, "Accept-Encoding: gzip"),
  "HTTP/1.1 without a host": lines(START, CLOSE),
  "an empty host": lines(START, "Host:", CLOSE),
  "HTTP/2.0 in words": lines(`GET ${PAGE} HTTP/2.0`, HOST, CLOSE),
  // lines
  "line feeds only": `${START}\n${HOST}\n${CLOSE}\n\n`,
  "a header without a colon": get("Nonsense"),
  "a space before the colon": get("Accept-Encoding : gzip"),
  "a header in two lines": get("Accept-Encoding: deflate,", " gzip"),
  "a header that is not ASCII": get("Next-Url: /größe"),
  "a zero byte": get("Next-Url: /\0"),
  "a method in lower case": lines(`get ${PAGE} HTTP/1.1`, HOST, CLOSE),
  "a method that is none": lines(`GOT ${PAGE} HTTP/1.1`, HOST, CLOSE),
  // paths
  "a whole URL": path(`http://evil.example${PAGE}`),
  "two slashes": path(`/${PAGE}`),
  "two slashes inside": path("/tagged//one"),
  "a slash at the end": path(`${PAGE}/`),
  "an encoded letter": path("/tagged/%6Fne"),
  "an encoded slash": path("/tagged%2Fone"),
  "what is not UTF-8": path("/tagged/%ff"),
  "an encoded zero byte": path("/tagged/one%00"),
  "another case": path("/TAGGED/one"),
  dots: path("/tagged/../tagged/one"),
  "a backslash": path("/tagged\\one"),
  "an empty query": path(`${PAGE}?`),
  "two question marks": path(`${PAGE}?a=1?b=2`),
  "a fragment": path(`${PAGE}#a`),
  "a semicolon": path(`${PAGE};a=1`),
  "bytes that are not ASCII": path("/tagged/größe"),
  "a query of 3,000 characters": path(`${PAGE}?a=${"x".repeat(3000)}`),
  "a query of 10,000": path(`${PAGE}?a=${"x".repeat(10_000)}`),
  "a query of 20,000": path(`${PAGE}?a=${"x".repeat(20_000)}`),
  "a cookie of 10,000": get(`Cookie: a=${"x".repeat(10_000)}`),
  "headers of 20,000": get(`X-Long: ${"x".repeat(20_000)}`),
  // more than one visitor may mean
  "another method in a header": get("X-HTTP-Method-Override: POST"),
  "another path in a header": get("X-Original-URL: /static", "X-Matched-Path: /static"),
  Forwarded: get("Forwarded: host=evil.example;proto=https", "X-Forwarded-Port: 81"),
};

/** How clients use their connections, and what they get of it. */
export async function connections(suite: Suite, name: string, pods: Pods): Promise<void> {
  const { on, off, stock } = pods;
  await suite.check(
    `${name}: ${Object.keys(ODD).length} requests that no browser writes like this`,
    async () => {
      const count = await givenBy(on, async () => {
        for (const [what, request] of Object.entries(ODD)) {
          const ask = async ({ port }: NextServer): Promise<RawAnswer> =>
            (await exchange(port, request))[0] ?? assert.fail();
          // renders what is not there yet
          await ask(off);
          const expected = await ask(off);
          if (stock) assert.equal((await ask(stock)).status, expected.status, what);
          for (let i = 0; i < 4; i++)
            assert.deepEqual(whole(await ask(on)), whole(expected), `${what}, ${i}`);
        }
      });
      console.log(`        ${count} of ${4 * Object.keys(ODD).length} from memory`);
      assert.ok(count >= 40, `${count} from memory: this proves little`);
    },
  );
  await suite.check(`${name}: pipelined, in pieces of a few bytes`, () => inPieces(pods));
  await suite.check(`${name}: 1,000 connections at once`, () => atOnce(pods));
  await suite.check(`${name}: clients that read slowly, and that leave in the middle`, () =>
    slowAndLeaving(pods),
  );
}

const FORMS: readonly Sent[] = [
  {},
  { "Accept-Encoding": "gzip" },
  { "Accept-Encoding": "deflate" },
  { "If-None-Match": "*" },
];

async function inPieces({ on, off }: Pods): Promise<void> {
  const below = random(4);
  const kept = { Connection: "keep-alive" };
  const requests = [...KEPT, "/robots.txt"].flatMap((page) =>
    FORMS.map((headers) => asked(page, { ...headers, ...kept })),
  );
  const text = requests.join("") + asked(PAGE, {});
  const methods = [...requests, ""].map(() => "GET");
  const torn = async (socket: Socket): Promise<void> => {
    for (let at = 0; at < text.length;) {
      const end = at + 1 + below(60);
      socket.write(text.slice(at, end));
      at = end;
      await new Promise(setImmediate);
    }
  };
  await exchange(off.port, text, methods);
  const expected = (await exchange(off.port, text, methods)).map(whole);
  const count = await givenAtLeast(on, methods.length, async () =>
    assert.deepEqual((await exchange(on.port, text, methods, torn)).map(whole), expected),
  );
  assert.ok(count >= methods.length, `${count} of ${10 * methods.length} from memory`);
}

async function atOnce({ on, off }: Pods): Promise<void> {
  const expected = new Map<string, unknown>();
  const all = KEPT.flatMap((page) => FORMS.map((headers) => ({ page, headers })));
  const nameOf = (it: (typeof all)[number]): string => JSON.stringify(it);
  for (const it of all) {
    await answer(off, it.page, it.headers);
    expected.set(nameOf(it), whole(await answer(off, it.page, it.headers)));
    assert.ok(await isGiven(on, () => answer(on, it.page, it.headers)), nameOf(it));
  }
  const chosen = Array.from({ length: 1000 }, (_, i) => all[i % all.length] ?? assert.fail());
  const requests = chosen.map(({ page, headers }) => asked(page, headers));
  const count = await givenBy(on, async () => {
    for (const [i, got] of (await together(on.port, requests)).entries()) {
      const name = nameOf(chosen[i] ?? assert.fail());
      assert.deepEqual(whole(got), expected.get(name), name);
    }
  });
  assert.ok(count >= 300, `${count} of 1,000 from memory`);
}

/** As many may wait to be accepted: the system refuses more, for seconds. */
const AT_A_TIME = 100;

/** Each on a connection of its own, and all of them are open before the first one asks. */
async function together(port: number, requests: readonly string[]): Promise<readonly RawAnswer[]> {
  let ask = (): void => undefined;
  const areOpen = new Promise<void>((done) => (ask = done));
  const answers: Promise<readonly RawAnswer[]>[] = [];
  for (let at = 0; at < requests.length; at += AT_A_TIME)
    await Promise.all(
      requests.slice(at, at + AT_A_TIME).map(
        (request) =>
          new Promise<void>((opened) => {
            const answered = exchange(port, request, ["GET"], (socket) => {
              opened();
              return areOpen.then(() => socket.write(request));
            });
            // a connection that breaks is told of at the end
            answered.catch(() => opened());
            answers.push(answered);
          }),
      ),
    );
  ask();
  return (await Promise.all(answers)).flat();
}

/** All bytes for so many requests, of a client that takes its time for each piece. */
function slowly(port: number, times: number): Promise<string> {
  const request = asked(LARGE, { Connection: "keep-alive" }).repeat(times - 1) + asked(LARGE, {});
  return new Promise((done, fail) => {
    const chunks: Buffer[] = [];
    const socket = connect(port, "127.0.0.1", () => socket.write(request));
    socket.pause();
    setTimeout(() => socket.resume(), 500);
    socket.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      if (chunks.length % 20 !== 0) return;
      socket.pause();
      setTimeout(() => socket.resume(), 5);
    });
    socket.on("error", fail);
    socket.on("close", () => done(Buffer.concat(chunks).toString("latin1")));
  });
}

/** Goes after its first bytes. */
function leaving(port: number): Promise<void> {
  return new Promise((done) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(asked(LARGE, {}).repeat(3)));
    socket.on("data", () => socket.resetAndDestroy());
    socket.on("error", () => undefined);
    socket.on("close", () => done());
  });
}

async function slowAndLeaving({ on, off }: Pods): Promise<void> {
  const visit = (): Promise<unknown> => answer(on, LARGE, {});
  assert.ok(await isGiven(on, visit));
  const logged = on.log.length;
  const slow = Promise.all(Array.from({ length: 5 }, () => slowly(on.port, 12)));
  await sleep(100);
  await Promise.all(Array.from({ length: 50 }, () => leaving(on.port)));
  // what the slow ones still get is of before or after, and whole
  await off.control(`path=${LARGE}`);
  await Promise.all(Array.from({ length: 50 }, () => leaving(on.port)));
  for (const text of await slow) {
    assert.equal(text.match(/HTTP\/1\.1 200 OK\r\n/g)?.length, 12);
    const [starts, ends] = [/\[\[special:(\d+)\]\](?=<\/p>)/g, /\[\[end:(\d+)\]\](?=<\/p>)/g].map(
      (value) => [...text.matchAll(value)].map(([, number]) => Number(number)),
    );
    assert.equal(starts?.length, 12);
    assert.deepEqual(ends, starts, "a page of two renderings");
    assert.deepEqual(
      [...starts].sort((a, b) => a - b),
      starts,
      "an older page after a newer one",
    );
  }
  assert.ok(await isGiven(on, visit));
  assert.deepEqual(whole(await answer(on, LARGE, {})), whole(await answer(off, LARGE, {})));
  assert.doesNotMatch(on.log.slice(logged), /unhandled|uncaught|\bERR_|MaxListeners/i);
}
