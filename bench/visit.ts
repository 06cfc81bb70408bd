import { request, type Agent } from "node:http";
import { BROWSER } from "./load";

/**
 * Asks for a page once, compressed as browsers ask, and reads all of it.
 * @throws for an answer other than 200
 */
export function visit(
  port: number,
  path: string,
  agent: Agent,
  more: Readonly<Record<string, string>> = {},
): Promise<void> {
  return new Promise((done, fail) => {
    const headers = { "Accept-Encoding": BROWSER, ...more };
    request({ host: "127.0.0.1", port, path, agent, headers }, (response) => {
      response.resume();
      response.on("error", fail);
      response.on("end", () => {
        if (response.statusCode === 200) done();
        else fail(new Error(`${path}: status ${response.statusCode}`));
      });
    })
      .on("error", fail)
      .end();
  });
}
