"use strict";
const http = require("node:http");

/** Answers as Next.js does, in the ways in which it does: heads by `writeHead`, by `statusCode`, in parts. */
const server = http.createServer((request, response) => {
  const path = (request.url ?? "").split("?")[0];
  response.setHeader("X-Frame-Options", "DENY");
  if (path === "/" || path === "/route") return response.end("hello");
  if (path === "/redirected") return response.writeHead(307, { location: "/login" }).end();
  if (path === "/_next/image") {
    const found = request.url.includes("logo.png");
    response.statusCode = found ? 200 : 400;
    return response.end(found ? "smaller" : "The requested resource isn't a valid image.");
  }
  response.setHeader("Cache-Control", "private, no-cache, no-store, max-age=0, must-revalidate");
  response.setHeader("Content-Type", "text/html; charset=utf-8");
  response.setHeader("ETag", '"page"');
  response.setHeader("x-nextjs-cache", "HIT");
  if (path.endsWith(".txt")) return response.writeHead(404, { vary: "rsc" }).end("not found");
  response.statusCode = 404;
  if (path.endsWith(".svg")) response.flushHeaders();
  response.write("not ");
  const ms = path === "/slow.bin" ? 1_500 : 5;
  setTimeout(() => {
    response.end("found", () => process.stdout.write("ended\n"));
  }, ms);
});
server.listen(Number(process.env.PORT), "127.0.0.1");
