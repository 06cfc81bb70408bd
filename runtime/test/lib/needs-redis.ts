import { requireProgram } from "./processes";

/*
 * For suites that start Redis: says at once what is missing.
 */
requireProgram("redis-server", "install it, for example with: apt-get install redis-server");
requireProgram("redis-cli", "install it, for example with: apt-get install redis-tools");
