// Preloaded by bench/overhead.ts into a server: switches whole answers on and off within one process, and tells its
// processor time. BENCH_TOGGLE_PORT has a server of its own for that, so nothing of it runs with the requests that count.
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { createServer } from "node:http";
import process from "node:process";

const CHANNEL = "http.server.request.start";
const { BENCH_TOGGLE_PORT } = process.env;
let site;
let nextListener;
let replacement;

function look({ server }) {
  const found = server.rawListeners("request").find(({ name }) => name === "requestListener");
  if (!found) return;
  site = server;
  nextListener = found;
  unsubscribe(CHANNEL, look);
}

/** Next.js's own listener, or the one that the package put in its place. */
function use(listener) {
  site.removeAllListeners("request");
  site.on("request", listener);
}

function answer(url) {
  if (!site) return { error: "no request came to Next.js yet" };
  const [now] = site.rawListeners("request");
  if (now !== nextListener) replacement = now;
  if (!replacement) return { error: "whole answers are off" };
  use(url === "/on" ? replacement : nextListener);
  return process.cpuUsage();
}

if (BENCH_TOGGLE_PORT) {
  subscribe(CHANNEL, look);
  createServer((request, response) => response.end(JSON.stringify(answer(request.url))))
    .listen(Number(BENCH_TOGGLE_PORT), "127.0.0.1")
    .unref();
}
