import { createRequire } from "node:module";

/*
 * Loaded before node-redis, which has one `class … extends String`. With any such class V8 (Node 20, 22 and 24) reads the
 * characters of all strings of the process five times slower, and Next.js reads every character of a page for its ETag:
 * 0.25 ms of processor time a hit for a page of 20 KB. The class stands for verbatim strings, which this package never asks
 * for: here it is loaded on its own and gets another base.
 */
const plain = globalThis.String;
try {
  const ofRedis = createRequire(require.resolve("redis"));
  globalThis.String = class {} as unknown as StringConstructor;
  ofRedis("@redis/client/dist/lib/RESP/verbatim-string");
} catch {
  // a version of node-redis that has it elsewhere: slower, but correct
} finally {
  globalThis.String = plain;
}
