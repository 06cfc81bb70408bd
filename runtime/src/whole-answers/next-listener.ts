import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { EventEmitter } from "node:events";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { get } from "../release";

export type Listener = (
  this: unknown,
  request: IncomingMessage,
  response: ServerResponse,
) => unknown;

/** Published by Node for each request, before its listeners run; with the server. */
const CHANNEL = "http.server.request.start";

/**
 * Next.js's own `request` listener of `next start` and of the standalone server: in all supported versions this function
 * of start-server.js. An app with a server of its own has another one, with code of the app in front of Next.js.
 */
export function isNextListener(listener: unknown): listener is Listener {
  return (
    typeof listener === "function" &&
    listener.name === "requestListener" &&
    /\bhandlersPromise\b/.test(Function.prototype.toString.call(listener))
  );
}

/**
 * Puts another listener in the place of Next.js's own; those before and after it stay where they are.
 * @returns false if the server does not have exactly one of Next.js's
 */
export function replaceNextListener(
  server: Server,
  wrap: (original: Listener) => Listener,
): boolean {
  const listeners = server.rawListeners("request");
  if (listeners.filter(isNextListener).length !== 1) return false;
  server.removeAllListeners("request");
  for (const listener of listeners) {
    const replaced = isNextListener(listener) ? wrap(listener) : listener;
    Reflect.apply(server.on, server, ["request", replaced]);
  }
  return true;
}

/** Whether no other one runs after it, which may set headers. */
export function isLastListener(server: unknown, listener: Listener): boolean {
  return server instanceof EventEmitter && server.listeners("request").at(-1) === listener;
}

/** Looks at each server of this process when its first request comes, until `isIt` accepts one. */
export function findServer(isIt: (server: Server) => boolean): void {
  const looked = new WeakSet<object>();
  const look = (message: unknown): void => {
    const server = get(message, "server");
    if (!isServer(server) || looked.has(server)) return;
    looked.add(server);
    if (isIt(server)) unsubscribe(CHANNEL, look);
  };
  subscribe(CHANNEL, look);
}

function isServer(value: unknown): value is Server {
  return typeof get(value, "rawListeners") === "function";
}
