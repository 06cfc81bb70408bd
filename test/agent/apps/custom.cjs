"use strict";
const http = require("node:http");

/** A server as teams write it around Next.js: a slow path, WebSockets, perhaps a handler of its own. */
const server = http.createServer((request, response) => {
  if (request.url === "/slow") setTimeout(() => response.end("slow answer"), 1_000);
  else response.end("hello");
});
server.on("upgrade", (_request, socket) => {
  socket.write(
    "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
  );
  socket.on("data", (data) => socket.write(data));
  socket.on("end", () => socket.end());
});
if (process.env.OWN_HANDLER) {
  process.on("SIGTERM", () => {
    setTimeout(() => process.exit(Number(process.env.OWN_HANDLER)), 1_500);
  });
}
// Something that keeps the process alive, as a client of Redis does.
setInterval(() => {}, 10_000);
server.listen(Number(process.env.PORT), "127.0.0.1", () => {
  // An exporter of metrics that starts after the agent, on the same port, and swallows that it is taken.
  const port = Number(process.env.AGENT_PORT);
  const exporter = http.createServer().on("error", () => {});
  const afterAgent = () => {
    const again = () => setTimeout(afterAgent, 100);
    http
      .get({ port, path: "/livez", agent: false }, () => exporter.listen(port))
      .on("error", again);
  };
  if (process.env.SECOND_SERVER) afterAgent();
});
