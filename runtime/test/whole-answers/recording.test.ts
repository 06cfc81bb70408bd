import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type RequestListener, type Server, type ServerResponse } from "node:http";
import { connect, type AddressInfo, type Socket } from "node:net";
import { createGzip, gunzipSync, gzipSync } from "node:zlib";
import { InProgress, OVERHEAD } from "../../src/whole-answers/in-progress";
import { record } from "../../src/whole-answers/recording";
import type { WholeAnswer } from "../../src/whole-answers/request";
import { send } from "../../src/whole-answers/send";

const LAST = "GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

/** What one connection gets for these bytes. A last request ends it, whose answer is cut off. */
function exchange(server: Server, text: string): Promise<string> {
  const { port } = server.address() as AddressInfo;
  return new Promise((done, fail) => {
    const chunks: Buffer[] = [];
    const socket = connect(port, "127.0.0.1", () => socket.write(text + LAST));
    socket.on("data", (chunk) => chunks.push(chunk));
    socket.on("error", fail);
    socket.on("close", () => {
      const all = Buffer.concat(chunks).toString("latin1");
      done(all.endsWith("the last") ? all.slice(0, all.lastIndexOf("HTTP/1.1 200")) : all);
    });
  });
}

/** A server, for as long as `use` takes. */
async function serving<T>(
  listener: RequestListener,
  use: (server: Server) => Promise<T>,
): Promise<T> {
  const server = createServer((request, response) => {
    if (request.url === "/last") response.end("the last");
    else void listener(request, response);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  try {
    return await use(server);
  } finally {
    server.close();
  }
}

// Node's, not one that the app sets
const withoutDate = (text: string): string =>
  text.replace(/^Date: (?!Mon, 01 Jan 2024).*\r\n/gm, "");

/** The bytes of the first answer, what was recorded of it, and the bytes of that. */
async function twice(
  listener: RequestListener,
  text: string,
  largest = 1000,
): Promise<{ first: string; again: string | undefined; answer: WholeAnswer | undefined }> {
  const recorded: WholeAnswer[] = [];
  const first = await serving(
    (request, response) => {
      record(response, {
        isWanted: () => true,
        largest,
        inProgress: new InProgress(OVERHEAD + 2 * largest),
        onAnswer: (answer) => recorded.push(answer),
      });
      void listener(request, response);
    },
    (server) => exchange(server, text),
  );
  const [answer] = recorded;
  const again =
    answer &&
    (await serving(
      (_request, response) => send(response, answer),
      (server) => exchange(server, text),
    ));
  return { first: withoutDate(first), again: again && withoutDate(again), answer };
}

/** Everything is recorded. */
const everything = (inProgress = new InProgress(OVERHEAD + 2000)) => ({
  isWanted: () => true,
  largest: 1000,
  inProgress,
});

const PAGE = "<p>größe</p>";
const asked = (method = "GET", version = "1.1"): string =>
  `${method} / HTTP/${version}\r\nHost: a\r\n\r\n`;

/** How Next.js and its compression answer. */
const KINDS: Readonly<Record<string, RequestListener>> = {
  "a page": (request, response) => {
    response.setHeader("X-Powered-By", "Next.js");
    response.setHeader("Link", ["</a>; rel=preload", "</b>; rel=preload"]);
    response.setHeader("Content-Length", Buffer.byteLength(PAGE));
    response.end(request.method === "HEAD" ? null : PAGE);
  },
  "a page without a length": (request, response) => {
    response.end(request.method === "HEAD" ? undefined : PAGE);
  },
  "a redirect": (_request, response) => {
    response.statusCode = 307;
    response.setHeader("Location", "/other");
    response.end();
  },
  "a page with headers that are mostly Node's": (_request, response) => {
    response.setHeader("Date", "Mon, 01 Jan 2024 00:00:00 GMT");
    response.setHeader("Connection", "close");
    response.setHeader("Content-Length", "0");
    response.end();
  },
  "a page that has not changed": (_request, response) => {
    response.statusCode = 304;
    response.setHeader("ETag", '"abc"');
    response.end();
  },
};

/** With a body that is written in pieces, or framed by hand. */
const PIECES: Readonly<Record<string, RequestListener>> = {
  "in another encoding": (_request, response) => {
    response.setHeader("Content-Length", "8");
    response.write("<p>gr\u00f6", "latin1");
    response.end("\u00dfe", "latin1");
  },
  "that is empty, in chunks": (_request, response) => {
    response.flushHeaders();
    response.end();
  },
  "compressed at once": (_request, response) => {
    response.setHeader("Content-Encoding", "gzip");
    response.removeHeader("Content-Length");
    response.end(gzipSync(PAGE));
  },
};

describe("an answer that is recorded and given again", () => {
  for (const [name, listener] of Object.entries(KINDS))
    for (const method of ["GET", "HEAD"])
      it(`${method}, ${name}: the same bytes`, async () => {
        const { first, again } = await twice(listener, asked(method));
        assert.match(first, /^HTTP\/1\.1 \d/);
        assert.equal(again, first);
      });
  for (const [name, listener] of Object.entries(PIECES))
    it(`a body ${name}: the same bytes`, async () => {
      const { first, again } = await twice(listener, asked());
      assert.match(first, /^HTTP\/1\.1 200/);
      assert.equal(again, first);
    });

  it("a streamed body: the same, but in one chunk", async () => {
    const { first, again, answer } = await twice((_request, response) => {
      response.setHeader("Content-Encoding", "gzip");
      const gzip = createGzip();
      gzip.on("data", (chunk: Buffer) => response.write(chunk));
      gzip.on("end", () => response.end());
      gzip.write("<p>");
      gzip.flush(() => gzip.end("page</p>"));
    }, asked());
    assert.ok(answer);
    assert.equal(gunzipSync(answer.body).toString(), "<p>page</p>");
    const head = (text: string | undefined): string | undefined => text?.split("\r\n\r\n")[0];
    assert.equal(head(again), head(first));
    assert.match(again ?? "", /^Transfer-Encoding: chunked\r$/m);
  });

  it("HTTP/1.0 with a length: the same bytes", async () => {
    const { first, again } = await twice(KINDS["a page"] ?? assert.fail(), asked("GET", "1.0"));
    assert.match(first, /^Connection: close\r$/m);
    assert.equal(again, first);
  });

  it("pipelined, and over one connection: the answers in order", async () => {
    const { answer } = await twice(KINDS["a page"] ?? assert.fail(), asked());
    assert.ok(answer);
    const all = await serving(
      (request, response) => {
        if (request.url === "/first") setTimeout(() => response.end("slow"), 20);
        else send(response, answer);
      },
      (server) => exchange(server, `GET /first HTTP/1.1\r\nHost: a\r\n\r\n${asked().repeat(3)}`),
    );
    assert.equal(all.match(/HTTP\/1\.1 200/g)?.length, 4);
    assert.ok(all.indexOf("slow") < all.indexOf("<p>"));
  });

  it("what others set on the response stays", async () => {
    const { answer } = await twice(KINDS["a page"] ?? assert.fail(), asked());
    assert.ok(answer);
    const closing = await serving(
      (_request, response) => {
        response.setHeader("Connection", "close");
        send(response, answer);
      },
      (server) => exchange(server, asked()),
    );
    assert.match(closing, /^Connection: close\r$/m);
  });

  it("what others make of it below is not part of it", async () => {
    const recorded: WholeAnswer[] = [];
    const first = await serving(
      (request, response) => {
        const { writeHead } = response;
        response.writeHead = (): typeof response => {
          response.setHeader("x-trace", "1");
          return writeHead.call(response, 203);
        };
        const onAnswer = (answer: WholeAnswer): void => void recorded.push(answer);
        record(response, { ...everything(), onAnswer });
        void KINDS["a page"]?.(request, response);
      },
      (server) => exchange(server, asked()),
    );
    assert.match(first, /^HTTP\/1\.1 203 .*^x-trace: 1/ms);
    assert.equal(recorded[0]?.status, 200);
    assert.ok(!recorded[0].headers.some(([name]) => name === "x-trace"));
  });

  const not: Readonly<Record<string, RequestListener>> = {
    "that is larger": (_request, response) => {
      response.end("x".repeat(1001));
    },
    "whose connection breaks": (_request, response) => {
      response.write("x");
      response.destroy();
    },
    "whose headers went to writeHead": (_request, response) => {
      response.writeHead(307, { Location: "/other" });
      response.end();
    },
    "that HTTP/1.0 ends by closing the connection": (_request, response) => {
      response.removeHeader("Content-Length");
      response.end(PAGE);
    },
  };
  for (const [name, listener] of Object.entries(not))
    it(`not one ${name}`, async () => {
      const { answer } = await twice(listener, asked("GET", name.includes("1.0") ? "1.0" : "1.1"));
      assert.equal(answer, undefined);
    });

  it("nothing is copied of what is not wanted", async () => {
    let answers = 0;
    await serving(
      (_request, response) => {
        const onAnswer = (): void => void answers++;
        record(response, { ...everything(), isWanted: () => false, onAnswer });
        response.end(PAGE);
      },
      (server) => exchange(server, asked()),
    );
    assert.equal(answers, 0);
  });

  it("of answers that take long together no more than the limit, the longest goes first", async () => {
    const inProgress = new InProgress(2 * OVERHEAD + 2000);
    const recorded: string[] = [];
    const open: (() => void)[] = [];
    let most = 0;
    const text = await serving(
      (request, response) => {
        const onAnswer = (): void => void recorded.push(request.url ?? "");
        record(response, { ...everything(inProgress), onAnswer });
        response.write("x".repeat(900));
        most = Math.max(most, inProgress.bytes);
        open.push(() => response.end());
        if (open.length === 3) for (const end of open) end();
      },
      async (server) => {
        const get = (path: string) => exchange(server, `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
        return (await Promise.all(["/1", "/2", "/3"].map(get))).join("");
      },
    );
    assert.equal(text.match(/x{900}/g)?.length, 3, "all are answered");
    assert.equal(recorded.length, 2);
    assert.equal(most, 2 * OVERHEAD + 1800);
    assert.equal(inProgress.bytes, 0);
  });

  it("nothing is left of visitors who leave, and of what was not recorded to its end", async () => {
    const inProgress = new InProgress(OVERHEAD + 2000);
    const ends: readonly ((response: ServerResponse) => void)[] = [
      (response) => response.destroy(),
      (response) => response.end("x".repeat(1000)),
      (response) => response.end(),
    ];
    let counted = 0;
    for (const end of ends)
      await serving(
        (_request, response) => {
          record(response, { ...everything(inProgress), onAnswer: () => undefined });
          response.write("x");
          counted += inProgress.bytes;
          setImmediate(() => end(response));
        },
        (server) => exchange(server, asked()),
      );
    assert.equal(counted, 3 * (OVERHEAD + 1), "(control)");
    assert.equal(inProgress.bytes, 0);
  });

  for (const [what, before] of [
    ["before the first byte", ""],
    ["while another answer is before theirs", "GET /first HTTP/1.1\r\nHost: a\r\n\r\n"],
  ] as const)
    it(`nothing is recorded for visitors who leave ${what}`, async () => {
      const inProgress = new InProgress(OVERHEAD + 2000);
      let answered = 0;
      let arrived = (): void => undefined;
      const arrives = new Promise<void>((done) => (arrived = done));
      await serving(
        (request, response) => {
          if (request.url === "/first") return;
          record(response, { ...everything(inProgress), onAnswer: () => undefined });
          request.socket.once("close", () => {
            answered += 1;
            response.write("x");
            response.end("y");
          });
          arrived();
        },
        async (server) => {
          const { port } = server.address() as AddressInfo;
          const text = `${before}GET / HTTP/1.1\r\nHost: a\r\n\r\n`;
          const socket = connect(port, "127.0.0.1", () => socket.write(text));
          const [there] = (await once(server, "connection")) as [Socket];
          await arrives;
          socket.destroy();
          await once(there, "close");
        },
      );
      assert.equal(answered, 1, "(control) Next.js answers all the same");
      assert.equal(inProgress.bytes, 0);
    });
});
