"use strict";

/**
 * @typedef {import("node:http").ServerResponse} ServerResponse
 */

/** What an answer says of its own body, and what must not be kept with another one. */
const OF_THE_BODY =
  /^(?:accept-ranges|cache-control|content-.*|etag|last-modified|link|location|set-cookie|transfer-encoding|vary|x-nextjs-.*|x-powered-by)$/;
/** They speak of the page, not of its body. */
const OF_THE_SITE = /^content-security-policy/;

/**
 * Another answer in place of the application's own, where that has one of some statuses; else the application's goes out as
 * if nothing had been here. What it writes of its own answer is dropped, and the other one begins when it has ended, since
 * until then it may set headers. Headers that the site gives to all answers stay.
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
    // Those who look at the head (a drain does) stay in the way; those who may have changed the dropped body do not.
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
