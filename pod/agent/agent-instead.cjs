"use strict";

/**
 * @typedef {import("node:http").ServerResponse} ServerResponse
 */

/** Headers that describe an answer's own body, and must not be kept with another one. */
const OF_THE_BODY =
  /^(?:accept-ranges|cache-control|content-.*|etag|last-modified|link|location|set-cookie|transfer-encoding|vary|x-nextjs-.*|x-powered-by)$/;
/** These describe the page, not its body. */
const OF_THE_SITE = /^content-security-policy/;

/**
 * Replaces the application's answer if it has one of the given statuses; otherwise the application's answer is sent
 * unchanged. A replaced answer's body is dropped, and the replacement begins when it has ended, because until then the
 * application may set headers. Headers that the site sets on all answers stay.
 *
 * @param {ServerResponse} response
 * @param {readonly number[]} statuses
 * @param {() => void} instead answers
 */
function answerInstead(response, statuses, instead) {
  const { writeHead, write, end, flushHeaders } = response;
  /** @type {"open" | "theirs" | "ours" | "ours now"} */
  let answer = "open";
  /** @param {number} status */
  const isOurs = (status) => {
    if (answer === "open") answer = statuses.includes(status) ? "ours" : "theirs";
    return answer === "ours";
  };
  const takeOver = () => {
    answer = "ours now";
    // Wrappers that look at the head (draining does) stay in place; those that may have changed the dropped body do
    // not.
    Object.assign(response, { write, end, flushHeaders });
    for (const name of response.getHeaderNames()) {
      if (OF_THE_BODY.test(name) && !OF_THE_SITE.test(name)) response.removeHeader(name);
    }
    response.statusMessage = "";
    instead();
  };
  let ended = false;

  /** @param {unknown[]} args */
  const own = {
    writeHead: (/** @type {unknown[]} */ ...args) =>
      isOurs(Number(args[0])) ? response : Reflect.apply(writeHead, response, args),
    flushHeaders: () => {
      if (!isOurs(response.statusCode)) Reflect.apply(flushHeaders, response, []);
    },
    write: (/** @type {unknown[]} */ ...args) => {
      if (!isOurs(response.statusCode)) return Reflect.apply(write, response, args);
      callback(args, (done) => process.nextTick(done));
      return true;
    },
    end: (/** @type {unknown[]} */ ...args) => {
      if (!isOurs(response.statusCode)) return Reflect.apply(end, response, args);
      callback(args, (done) => response.once("finish", done));
      if (!ended) setImmediate(takeOver);
      ended = true;
      return response;
    },
  };
  Object.assign(response, own);
}

/** @param {unknown[]} args @param {(done: () => void) => void} use */
function callback(args, use) {
  const last = args.at(-1);
  if (typeof last === "function") use(() => last());
}

module.exports = { answerInstead };
