"use strict";
const http = require("node:http");
const { parentPort, workerData } = require("node:worker_threads");
const { boundConnections } = require("./agent-connections.cjs");
const shared = require("./agent-shared.cjs");
const { startWarmup } = require("./agent-warmup.cjs");
const { AGENT_PATHS } = require("./pod-contract.cjs");

const RETRY_LISTEN_MS = 1_000;
const METRICS_WAIT_MS = 2_000;

/**
 * @typedef {object} ThreadData
 * @property {import("./agent-shared.cjs").Memory} memory
 * @property {import("./agent-settings.cjs").Settings} settings
 * @property {import("./agent-warmup.cjs").App} app
 *
 * @typedef {{ status: number, body: string, type?: string }} Answer
 */

const { memory, settings, app } = /** @type {ThreadData} */ (workerData);
const main = /** @type {import("node:worker_threads").MessagePort} */ (parentPort);

/** @type {(event: string, fields: Record<string, unknown>) => void} */
const log = (event, fields) => main.postMessage({ type: "log", event, fields });

const warmup = startWarmup(app, settings.warmupPaths, () => shared.isDraining(memory), log);

if (settings.warmupSeconds > 0) {
  setTimeout(() => {
    const reason = warmup.waitingFor();
    if (reason === undefined || shared.isDraining(memory)) return;
    main.postMessage({ type: "not warm", reason });
  }, settings.warmupSeconds * 1000);
}

/** @returns {Answer} */
function livez() {
  const stalled = shared.stalledSeconds(memory);
  if (stalled <= settings.livenessSeconds) return { status: 200, body: "ok\n" };
  return { status: 503, body: `event loop blocked for ${stalled.toFixed(1)} s\n` };
}

/** @returns {Answer} */
function readyz() {
  if (shared.isDraining(memory)) return { status: 503, body: "draining\n" };
  const waiting = warmup.waitingFor();
  if (waiting !== undefined) return { status: 503, body: `${waiting}\n` };
  // Other pods should get its visitors long before the container is restarted.
  const stalled = shared.stalledSeconds(memory);
  if (stalled <= settings.livenessSeconds / 3) return { status: 200, body: "ready\n" };
  return { status: 503, body: `event loop blocked for ${stalled.toFixed(1)} s\n` };
}

/** @type {Map<number, (text: string) => void>} */
const asked = new Map();
let lastId = 0;

main.on("message", (/** @type {{ id: number, text: string }} */ message) => {
  const answer = asked.get(message.id);
  if (!answer) return;
  answer(message.text);
  main.postMessage({ type: "delivered" });
});

/** @returns {Promise<Answer>} */
async function metrics() {
  const id = ++lastId;
  const stalled = shared.stalledSeconds(memory);
  const fromApp = await new Promise((resolve) => {
    asked.set(id, resolve);
    // A blocked loop cannot answer, and then the reader wants to know how long it has been blocked.
    setTimeout(resolve, METRICS_WAIT_MS, "");
    main.postMessage({ type: "metrics", id });
  });
  asked.delete(id);
  const own = [
    "# HELP nextjs_ready Whether /readyz answers 200",
    "# TYPE nextjs_ready gauge",
    `nextjs_ready ${readyz().status === 200 ? 1 : 0}`,
    "# HELP nextjs_eventloop_stalled_seconds Time since the event loop turned, measured from another thread",
    "# TYPE nextjs_eventloop_stalled_seconds gauge",
    `nextjs_eventloop_stalled_seconds ${stalled.toFixed(3)}`,
  ];
  return {
    status: 200,
    body: `${own.join("\n")}\n${fromApp}`,
    type: "text/plain; version=0.0.4; charset=utf-8",
  };
}

/** @type {Record<string, () => Answer | Promise<Answer>>} */
const routes = {
  [AGENT_PATHS.live]: livez,
  [AGENT_PATHS.ready]: readyz,
  [AGENT_PATHS.metrics]: metrics,
};

/**
 * @param {http.IncomingMessage} request
 * @returns {Promise<Answer>}
 */
async function answer(request) {
  const route = routes[(request.url ?? "").split("?", 1)[0] ?? ""];
  if (!route) return { status: 404, body: "not found\n" };
  if (request.method !== "GET" && request.method !== "HEAD") {
    return { status: 405, body: "only GET\n" };
  }
  return route();
}

const server = http.createServer((request, response) => {
  void answer(request).then(({ status, body, type }) => {
    response.writeHead(status, {
      "content-type": type ?? "text/plain; charset=utf-8",
      "cache-control": "no-store",
    });
    response.end(body);
  });
});
boundConnections(server);
server.requestTimeout = 5_000;
server.headersTimeout = 5_000;

let complained = false;
server.on("error", (error) => {
  if (!complained) {
    log("admin port unavailable", {
      port: settings.adminPort,
      error: error.message,
      remedy: shared.OTHER_PORT,
    });
  }
  complained = true;
  setTimeout(() => server.listen(settings.adminPort, "0.0.0.0"), RETRY_LISTEN_MS);
});
server.listen(settings.adminPort, "0.0.0.0");
