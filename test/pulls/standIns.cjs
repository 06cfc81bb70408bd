"use strict";
/*
 * For the steps of workflows, by NODE_OPTIONS: every name is found in DNS, and pauses are a twentieth of what they are. Other runs of these
 * tests are as much faster than GitHub's. (As a module, by --import, it would have Node.js load every program as one.)
 */
require("node:dns/promises").lookup = () => Promise.resolve({ address: "127.0.0.1", family: 4 });

const { setTimeout: later } = globalThis;
globalThis.setTimeout = (then, ms = 0, ...given) => later(then, ms / 20, ...given);
