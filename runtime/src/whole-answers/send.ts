import type { ServerResponse } from "node:http";
import type { WholeAnswer } from "./request";

/**
 * Gives a kept answer through the response's own methods, so that what others set on it or changed of it (the agent while
 * it drains, an instrumentation) works as with Next.js.
 */
export function send(response: ServerResponse, answer: WholeAnswer): void {
  response.statusCode = answer.status;
  for (const [name, value] of answer.headers)
    response.setHeader(name, typeof value === "string" ? value : [...value]);
  // once removed, Node does not add it, and frames the body as the first time
  if (answer.chunked) response.removeHeader("Content-Length");
  if (answer.body.length === 0) response.end();
  else response.end(answer.body);
}
