import assert from "node:assert/strict";
import { CommandError } from "../../sites/commands";

const LOG =
  'E1129 17:55:25.816824    2578 memcache.go:265] "Unhandled Error" err="couldn\'t get current server API group list"\n';

describe("a command that failed", () => {
  const told = (text: string): string =>
    new CommandError("kubectl", ["get", "namespaces", "-o", "json"], 1, text).message;

  it("is told in its own words, without the lines of kubectl's log", () => {
    assert.equal(
      told(`${LOG}${LOG}The connection to the server localhost:8080 was refused\n`),
      "kubectl get namespaces failed with exit code 1:\n  The connection to the server localhost:8080 was refused",
    );
  });

  it("is told with the log where there is nothing else, and with what only looks like one", () => {
    assert.match(told(LOG), /:\n {2}E1129 .*memcache\.go/);
    assert.match(told("E1129: no\nError: x\n"), /:\n {2}E1129: no\n {2}Error: x$/);
    assert.equal(told(" \n"), "kubectl get namespaces failed with exit code 1");
  });
});
