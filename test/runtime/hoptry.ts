import { NextServer } from "./lib/next";
import { Origin } from "./lib/origin";
import { RedisServer } from "./lib/redis";
import { endAll, sleep } from "./lib/processes";
import { writeFileSync } from "node:fs";
(async () => {
  const folder = process.argv[2]!;
  const b = { folder, server: folder + "/" + process.argv[3] + "/server.js", log: "" };
  const origin = await Origin.launch();
  const redis = await RedisServer.launch();
  const env = { REDIS_URL: redis.url, NEXT_SHARED_CACHE_DEBUG: "1", NEXT_SHARED_CACHE_MEMORY_MIB: "0" };
  const s = [await NextServer.launch(b, origin, env), await NextServer.launch(b, origin, env), await NextServer.launch(b, origin, env)];
  const events: string[] = [];
  let over = false;
  const rev = (async () => { for (let i = 0; !over; i++) { const t = Date.now(); await s[i % 3]!.control("path=/fast"); events.push(`${new Date(t).toISOString()} .. ${new Date().toISOString()} REVALIDATE by ${i % 3}`); await sleep(400); } })();
  let backs = 0;
  await Promise.all([0, 1, 2, 3].map(async (v) => {
    let max = 0;
    for (let i = v; i < 600 && backs < 3; i++) {
      const t = Date.now();
      const a = await s[i % 3]!.send("/fast");
      const value = a.value("fast");
      events.push(`${new Date(t).toISOString()} .. ${new Date().toISOString()} visitor ${v} server ${i % 3} value ${value} ${a.headers["x-nextjs-cache"]}${value < max ? " BACK" : ""}`);
      if (value < max) backs++;
      max = Math.max(max, value);
    }
  }));
  over = true; await rev;
  for (const [i, x] of s.entries()) for (const line of x.log.split("\n")) { try { const o = JSON.parse(line); if (o.message) events.push(`${o.time} [${i}] ${o.message} ${o.result ?? ""} ${o.from ?? ""} ${o.why ?? ""} ${o.asOf ?? ""} ${(o.key ?? "").slice(-8)} ${o.reason ?? ""}`); } catch {} }
  events.sort();
  writeFileSync("/var/tmp/rt/events.txt", events.join("\n"));
  console.log("backs", backs);
  endAll(); process.exit(0);
})();
