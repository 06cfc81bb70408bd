"use strict";
/*
 * A preload that breaks calls of a process to the shared volume.
 *   FAULT_AT=K      the K-th call is the one
 *   FAULT=kill      the process is killed before it
 *   FAULT=torn      it writes half of the file and the process is killed
 *   FAULT=CODE      it fails with that code
 *   FAULT=full      every call that needs room fails, as on a full volume
 *   FAULT_FILLER=P  the volume is full only as long as P is there
 *   FAULT_WITH=S    calls count whose paths have that in them, and no others
 *   FAULT_DELAY=MS  every call takes that long
 *   FAULT_TRASH=SH  a shell command, run with `before` and `after` as a release is moved to the trash
 *   FAULT_COUNT=F   writes the number of calls to that file at the end
 */
const { execFileSync } = require("node:child_process");
const fs = require("node:fs");
const { syncBuiltinESMExports } = require("node:module");

const { FAULT, FAULT_DELAY, FAULT_COUNT, FAULT_FILLER, FAULT_TRASH, FAULT_WITH = "" } = process.env;
const volume = process.env.SHARED_CACHE_DIR;
const at = Number(process.env.FAULT_AT ?? 0);
let calls = 0;

const kill = () => {
  process.kill(process.pid, "SIGKILL");
  // The signal arrives before the next call.
  for (;;);
};

const isFull = () => FAULT === "full" && (!FAULT_FILLER || fs.existsSync(FAULT_FILLER));

const needsRoom = (name, [path, content]) =>
  (name === "mkdir" && !fs.existsSync(path)) ||
  (name === "writeFile" && content !== "") ||
  ["copyFile", "link", "symlink"].includes(name);

const WRITES = { writeFile: 0, copyFile: 1 };
const names = [
  ["access", "copyFile", "link", "lstat", "mkdir", "readdir", "readFile", "readlink", "rename"],
  ["rm", "rmdir", "stat", "symlink", "unlink", "writeFile"],
].flat();

for (const name of names) {
  const real = fs.promises[name];
  fs.promises[name] = async (...args) => {
    const concerned = args
      .slice(name === "symlink" ? 1 : 0)
      .some((arg) => typeof arg === "string" && arg.startsWith(volume) && arg.includes(FAULT_WITH));
    if (!concerned) return real.apply(fs.promises, args);
    calls += 1;
    if (isFull() && needsRoom(name, args)) {
      throw Object.assign(new Error(`ENOSPC: no space left on device, ${name}`), {
        code: "ENOSPC",
      });
    }
    if (calls === at) {
      if (FAULT === "kill") kill();
      if (FAULT === "torn") {
        if (name in WRITES) {
          const bytes = name === "copyFile" ? fs.readFileSync(args[0]) : Buffer.from(args[1] ?? "");
          fs.writeFileSync(args[WRITES[name]], bytes.subarray(0, bytes.length >> 1));
        }
        kill();
      }
      throw Object.assign(new Error(`${FAULT}: injected, ${name} '${args[0]}'`), { code: FAULT });
    }
    if (FAULT_DELAY) await new Promise((done) => setTimeout(done, Number(FAULT_DELAY)));
    const trashed = FAULT_TRASH && name === "rename" && args[1].includes("/.trash/");
    if (trashed) execFileSync("sh", ["-c", FAULT_TRASH, "sh", "before"]);
    const result = await real.apply(fs.promises, args);
    if (trashed) execFileSync("sh", ["-c", FAULT_TRASH, "sh", "after"]);
    return result;
  };
}
syncBuiltinESMExports();

if (FAULT_COUNT) process.on("exit", () => fs.writeFileSync(FAULT_COUNT, String(calls)));
