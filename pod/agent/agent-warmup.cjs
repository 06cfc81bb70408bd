"use strict";
const http = require("node:http");
const https = require("node:https");

const ANSWER_MS = 30_000;
const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 5_000;

/** @typedef {{ host: string, port: number, secure: boolean }} App */

const REMEDY_MISSING =
  "name a path that the app answers in next-on-eks:app.health.path or app.warmupPaths: a 404 says nothing about the app";

/**
 * Requests each path until it has answered once with a status below 500, one after the other because a cold server has
 * enough to do. A release whose paths never answer gets no visitors; `/readyz` and the log say why.
 *
 * @param {App} app
 * @param {string[]} paths
 * @param {() => boolean} stopped
 * @param {(event: string, fields: Record<string, unknown>) => void} log
 */
function startWarmup(app, paths, stopped, log) {
  /** @type {string | undefined} */
  let waiting = "warming up";

  const run = async () => {
    const began = Date.now();
    for (const path of paths) {
      let wait = FIRST_RETRY_MS;
      /** @type {number | string | undefined} */
      let told;
      for (;;) {
        if (stopped()) return;
        const result = await ask(app, path);
        if (result === 404)
          log("warm-up path is missing", { path, result, remedy: REMEDY_MISSING });
        if (typeof result === "number" && result < 500) break;
        waiting = `warm-up: ${path} gives ${result}`;
        // One line per kind of failure, not per attempt.
        if (result !== told) log("warm-up fails", { path, result });
        told = result;
        await new Promise((resolve) => setTimeout(resolve, wait));
        wait = Math.min(wait * 2, LONGEST_RETRY_MS);
      }
    }
    waiting = undefined;
    log("ready", { seconds: (Date.now() - began) / 1000 });
  };
  void run();

  return { waitingFor: () => waiting };
}

/**
 * @param {App} app
 * @param {string} path
 * @returns {Promise<number | string>} The status, or what went wrong.
 */
function ask({ host, port, secure }, path) {
  return new Promise((resolve) => {
    const headers = { host: `localhost:${port}`, "user-agent": "pod-agent", connection: "close" };
    const options = { host, port, path, headers, agent: false, rejectUnauthorized: false };
    const request = (secure ? https : http).get(options, (response) => {
      response.resume();
      response.on("end", () => resolve(response.statusCode ?? 0));
      response.on("error", (error) => resolve(error.message));
    });
    const timer = setTimeout(() => {
      resolve(`no answer in ${ANSWER_MS / 1000} s`);
      request.destroy();
    }, ANSWER_MS);
    request.on("error", (error) => resolve(error.message));
    request.on("close", () => clearTimeout(timer));
  });
}

module.exports = { startWarmup };
