import assert from "node:assert/strict";
import { createServer, get, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import {
  findServer,
  isNextListener,
  replaceNextListener,
} from "../../src/whole-answers/next-listener";

/** A server with a listener as Next.js's start-server.js makes it. */
function nextServer(heard: string[]): Server {
  let handlersPromise: Promise<void> | undefined = Promise.resolve();
  const requestListener: RequestListener = (_request, response) => {
    void handlersPromise?.then(() => (handlersPromise = undefined));
    heard.push("Next.js");
    response.end("from Next.js");
  };
  return createServer(requestListener);
}

async function ask(server: Server): Promise<string> {
  if (!server.listening)
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  return new Promise((done, fail) => {
    get({ host: "127.0.0.1", port, agent: false }, (response) => {
      let body = "";
      response.on("data", (chunk: Buffer) => (body += chunk.toString()));
      response.on("end", () => done(body));
    }).on("error", fail);
  });
}

describe("Next.js's own listener", () => {
  const servers: Server[] = [];
  const opened = (server: Server): Server => {
    servers.push(server);
    return server;
  };
  after(() => servers.forEach((server) => server.close()));

  it("is told from an app's own", () => {
    const [ours] = opened(nextServer([])).rawListeners("request");
    assert.ok(isNextListener(ours));
    const requestListener = (): string => "an app's";
    assert.ok(!isNextListener(requestListener));
    assert.ok(!isNextListener(() => "handlersPromise"));
    assert.ok(!isNextListener(undefined));
  });

  it("is replaced in its place: all others run as before", async () => {
    const heard: string[] = [];
    const server = opened(nextServer(heard));
    server.prependListener("request", () => heard.push("first"));
    server.once("request", () => heard.push("once"));
    const last = (): void => void heard.push("last");
    server.on("request", last);
    const replaced = replaceNextListener(
      server,
      (original) =>
        function (request, response) {
          heard.push("in front");
          return Reflect.apply(original, this, [request, response]);
        },
    );
    assert.ok(replaced);
    assert.equal(await ask(server), "from Next.js");
    assert.deepEqual(heard.splice(0).sort(), ["Next.js", "first", "in front", "last", "once"]);
    server.removeListener("request", last);
    await ask(server);
    assert.deepEqual(heard, ["first", "in front", "Next.js"]);
  });

  it("an app's own server is left alone", async () => {
    const server = opened(createServer((_request, response) => response.end("an app's")));
    const before = server.rawListeners("request");
    assert.equal(
      replaceNextListener(server, () => assert.fail("replaced")),
      false,
    );
    assert.deepEqual(server.rawListeners("request"), before);
    assert.equal(await ask(server), "an app's");
  });

  it("the server is found by its first request, which is the first to be heard", async () => {
    const heard: string[] = [];
    const other = opened(createServer((_request, response) => response.end("other")));
    const server = opened(nextServer(heard));
    const looked: Server[] = [];
    findServer((found) => {
      looked.push(found);
      return replaceNextListener(
        found,
        (original) =>
          function (request, response) {
            heard.push("in front");
            return Reflect.apply(original, this, [request, response]);
          },
      );
    });
    await ask(other);
    await ask(other);
    assert.equal(await ask(server), "from Next.js");
    assert.equal(await ask(server), "from Next.js");
    await ask(opened(createServer((_request, response) => response.end("later"))));
    assert.deepEqual(looked, [other, server], "each once, and none after it was found");
    assert.deepEqual(heard, ["in front", "Next.js", "in front", "Next.js"]);
  });
});
