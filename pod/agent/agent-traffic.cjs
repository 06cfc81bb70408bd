"use strict";
const { performance } = require("node:perf_hooks");
const { closeWhenAnswered } = require("./agent-response.cjs");

/** Time for a request that is on its way when draining begins: it is answered with `Connection: close`. */
const IDLE_MS = 250;
/** Time for the rest of a request's head; Next.js would wait a minute. */
const UNFINISHED_HEAD_MS = 2_000;
const SWEEP_MS = 50;
/** A WebSocket close frame with code 1001, "going away": clients reconnect at once. */
const GOING_AWAY = Buffer.from([0x88, 0x02, 0x03, 0xe9]);

/** Upper bounds in seconds of the request duration histogram. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/**
 * @typedef {import("node:http").IncomingMessage} IncomingMessage
 * @typedef {import("node:http").ServerResponse} ServerResponse
 * @typedef {import("node:net").Socket} Socket
 * @typedef {{ open: number, idleSince: number, readWhenIdle: number }} Connection
 */

/** Counts requests and connections of one server, and lets them finish while draining. */
class Traffic {
  /** @type {Set<ServerResponse>} */
  requests = new Set();
  /** @type {Map<Socket, Connection>} */
  connections = new Map();
  /** @type {Map<Socket, string>} With the protocol. */
  upgraded = new Map();
  /** @type {Record<string, number>} By class of status; `aborted` had no answer yet. */
  totals = { "1xx": 0, "2xx": 0, "3xx": 0, "4xx": 0, "5xx": 0, aborted: 0 };
  durations = { bounds: BUCKETS, counts: BUCKETS.map(() => 0), sum: 0 };
  /** @type {number | undefined} */
  drainingSince;

  /** @param {import("node:http").Server} server */
  constructor(server) {
    this.server = server;
    const secure = server instanceof require("node:https").Server;
    server.prependListener(secure ? "secureConnection" : "connection", (socket) => {
      this.#connection(socket);
    });
    server.prependListener("request", (request, response) => this.#begin(request, response));
    this.#watchUpgrades(server);
  }

  get finished() {
    return Object.values(this.totals).reduce((sum, count) => sum + count, 0);
  }

  /**
   * From now on each answer closes its connection, and connections without a request are closed. Connections that Node
   * would close on `server.close()` are left to the sweep, because a request that has arrived but has not been read yet
   * would be lost.
   */
  drain() {
    this.drainingSince = performance.now();
    this.server.closeIdleConnections = () => {};
    for (const response of this.requests) closeWhenAnswered(response);
    setInterval(() => this.#sweep(), SWEEP_MS).unref();
  }

  closeUpgraded() {
    for (const [socket, protocol] of this.upgraded) {
      if (protocol === "websocket" && socket.writable) socket.write(GOING_AWAY);
      socket.destroySoon();
    }
  }

  /** @param {Socket} socket */
  #connection(socket) {
    const known = this.connections.get(socket);
    if (known) return known;
    const connection = { open: 0, idleSince: performance.now(), readWhenIdle: 0 };
    this.connections.set(socket, connection);
    socket.once("close", () => {
      this.connections.delete(socket);
      this.upgraded.delete(socket);
    });
    return connection;
  }

  /**
   * @param {IncomingMessage} request
   * @param {ServerResponse} response
   */
  #begin(request, response) {
    const began = performance.now();
    const { socket } = request;
    const connection = this.#connection(socket);
    connection.open++;
    this.requests.add(response);
    if (this.drainingSince !== undefined) closeWhenAnswered(response);
    response.once("close", () => {
      this.requests.delete(response);
      connection.open--;
      connection.idleSince = performance.now();
      connection.readWhenIdle = socket.bytesRead;
      this.#count(response, (connection.idleSince - began) / 1000);
    });
  }

  /**
   * @param {ServerResponse} response
   * @param {number} seconds
   */
  #count(response, seconds) {
    const name = response.headersSent ? `${Math.floor(response.statusCode / 100)}xx` : "aborted";
    this.totals[name] = (this.totals[name] ?? 0) + 1;
    this.durations.sum += seconds;
    const at = BUCKETS.findIndex((bound) => seconds <= bound);
    if (at >= 0) this.durations.counts[at] = (this.durations.counts[at] ?? 0) + 1;
  }

  /**
   * Node emits upgrades only if something listens for them; if only the agent listened, the app would behave
   * differently.
   *
   * @param {import("node:http").Server} server
   */
  #watchUpgrades(server) {
    /** @type {(request: IncomingMessage, socket: import("node:stream").Duplex) => void} */
    const upgrade = (request, duplex) => {
      const socket = /** @type {Socket} */ (duplex);
      this.#connection(socket);
      this.upgraded.set(socket, (request.headers.upgrade ?? "").toLowerCase());
    };
    /** @param {string | symbol} event */
    const follow = (event) => {
      if (event !== "upgrade") return;
      server.removeListener("newListener", follow);
      server.prependListener("upgrade", upgrade);
    };
    if (server.listenerCount("upgrade") > 0) follow("upgrade");
    else server.on("newListener", follow);
  }

  #sweep() {
    const now = performance.now();
    for (const [socket, connection] of this.connections) {
      if (connection.open > 0 || this.upgraded.has(socket)) continue;
      const idle = now - Math.max(connection.idleSince, this.drainingSince ?? now);
      const arriving = socket.bytesRead > connection.readWhenIdle;
      if (idle >= (arriving ? UNFINISHED_HEAD_MS : IDLE_MS)) socket.destroySoon();
    }
  }
}

module.exports = { Traffic };
