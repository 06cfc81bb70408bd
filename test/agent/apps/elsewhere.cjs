"use strict";
const http = require("node:http");
const { Worker } = require("node:worker_threads");

/** Listens on a port that is not PORT, has a thread that also gets the preload, and reports on itself. */
const server = http.createServer((_request, response) => response.end());
server.listen(0, "127.0.0.1", () => {
  const worker = new Worker("setTimeout(() => {}, 300)", { eval: true });
  worker.once("exit", () => {
    process.stdout.write(
      JSON.stringify({
        signals: process.listenerCount("SIGTERM") + process.listenerCount("SIGINT"),
        workers: process.getActiveResourcesInfo().filter((name) => name === "MessagePort").length,
        listening: process.getActiveResourcesInfo().filter((name) => name === "TCPServerWrap")
          .length,
        requestListeners: server.listenerCount("request"),
      }) + "\n",
    );
  });
});
