"use strict";

/**
 * @typedef {import("node:http").ServerResponse} ServerResponse
 * @typedef {import("node:http").OutgoingHttpHeaders | import("node:http").OutgoingHttpHeader[]} Headers
 */

/**
 * @param {unknown} headers What an app passes to `writeHead`: an object, or alternating names and values.
 * @returns {unknown}
 */
function withoutConnection(headers) {
  if (Array.isArray(headers)) {
    return headers.flatMap((name, at) => {
      if (at % 2 === 1 || String(name).toLowerCase() === "connection") return [];
      return [name, headers[at + 1]];
    });
  }
  if (typeof headers !== "object" || headers === null) return headers;
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => name.toLowerCase() !== "connection"),
  );
}

/**
 * Makes the answer say `Connection: close`, even if the app asks for `keep-alive`, as many examples of server-sent
 * events do. Node then closes the connection after the answer.
 *
 * @param {ServerResponse} response
 */
function closeWhenAnswered(response) {
  if (response.headersSent) return;
  const writeHead = response.writeHead;
  /**
   * @param {unknown[]} args
   * @returns {ServerResponse}
   */
  const closing = (...args) => {
    response.setHeader("Connection", "close");
    return Reflect.apply(writeHead, response, args.map(withoutConnection));
  };
  response.writeHead = closing;
}

module.exports = { closeWhenAnswered };
