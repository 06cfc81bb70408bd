/* What the pods of the way-in test run: it shows what reached it, and answers with heads as pages of Next.js have them. */
import http from "node:http";
import { hostname } from "node:os";
import process from "node:process";

// As Next.js writes them for a page of many chunks, within the 6,000 bytes that it allows itself.
const preloads = Array.from(
  { length: 27 },
  (_, i) =>
    `</_next/static/chunks/${String(i).padStart(4, "0")}-${"0123456789abcdef".repeat(8)}.js?dpl=v1>; rel=preload; as="script"`,
);

http
  .createServer((request, response) => {
    const path = (request.url ?? "").split("?", 1)[0];
    if (path === "/large-head") {
      response.setHeader("Link", preloads.join(", "));
      response.setHeader("Set-Cookie", `session=${"x".repeat(5 * 1024)}; Path=/; HttpOnly`);
    }
    request.resume().on("end", () =>
      response.end(
        JSON.stringify({
          pod: hostname(),
          headers: request.rawHeaders,
          url: request.url?.length,
        }),
      ),
    );
  })
  .listen(Number(process.env.PORT));
