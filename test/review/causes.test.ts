import * as assert from "node:assert/strict";
import { differenceOf } from "../../review/difference";
import { causesBy, changedKeys, takenBack } from "../../review/causes";
import { plan, recorded } from "./helpers";

const group = (nodeType: string, nodes: number) =>
  recorded("aws:elasticache/replicationGroup:ReplicationGroup", "pages", {
    inputs: { nodeType, nodes },
  });
const web = (image: string) =>
  recorded("kubernetes:apps/v1:Deployment", "web", { inputs: { spec: { image } } });

describe("review: where a change comes from", () => {
  it("is a cause without which the resource is another", () => {
    const [before, now] = [plan(group("a", 1), web("v1")), plan(group("b", 2), web("v2"))];
    const causesOf = causesBy([
      { cause: "redis.nodeType", having: now, without: plan(group("a", 2), web("v2")) },
      { cause: "redis.nodes", having: now, without: plan(group("b", 1), web("v2")) },
      { cause: "app.image", having: now, without: plan(group("b", 2), web("v1")) },
      { cause: "nothing", having: now, without: now },
    ]);
    const { changes } = differenceOf(before, now);
    assert.deepEqual(changes.map(causesOf), [["redis.nodeType", "redis.nodes"], ["app.image"]]);
  });

  it("is not one that changes another property of the resource, or what comes from elsewhere", () => {
    const [before, now] = [plan(group("a", 1)), plan(group("b", 1))];
    const { changes } = differenceOf(before, now);
    const nodes = { cause: "redis.nodes", having: now, without: plan(group("b", 2)) };
    assert.deepEqual(changes.map(causesBy([nodes])), [[]]);
  });

  it("is that of the resource that makes another change", () => {
    const gone = recorded("aws:elasticache/replicationGroup:ReplicationGroup", "sessions");
    const secret = (...sources: string[]) =>
      recorded("kubernetes:core/v1:Secret", "web", {
        inputs: { stringData: "[computed]" },
        sources: { stringData: sources },
      });
    const [before, now] = [plan(gone, secret(gone.urn)), plan(secret())];
    const { changes } = differenceOf(before, now);
    const cause = { cause: "redis.sessions", having: now, without: before };
    assert.deepEqual(changes.map(causesBy([cause])), [["redis.sessions"], ["redis.sessions"]]);
  });

  it("names keys that differ as deep as they can be told apart", () => {
    const redis = (value: object) => ({ "p:redis": JSON.stringify(value), "p:platform": "aws" });
    const old = redis({ nodeType: "a", nodes: 2 });
    assert.deepEqual(changedKeys(old, redis({ nodeType: "b", nodes: 2 })), ["p:redis.nodeType"]);
    assert.deepEqual(changedKeys(old, { ...old, "p:platform": "existing", "p:protect": "true" }), [
      "p:platform",
      "p:protect",
    ]);
    assert.deepEqual(changedKeys(old, old), []);
  });

  it("takes one key back and leaves the others", () => {
    const config = (app: object, more = {}) => ({ "p:app": JSON.stringify(app), ...more });
    const old = config({ host: "a", env: { A: "1" } });
    const now = config({ host: "b", env: { A: "2", B: "3" }, port: 1 }, { "p:protect": "true" });
    const back = (key: string) => takenBack(key, old, now);
    assert.deepEqual(
      back("p:app.env.A"),
      config({ host: "b", env: { A: "1", B: "3" }, port: 1 }, { "p:protect": "true" }),
    );
    assert.deepEqual(JSON.parse(back("p:app.port")["p:app"] ?? ""), {
      host: "b",
      env: { A: "2", B: "3" },
    });
    assert.deepEqual(back("p:protect"), config({ host: "b", env: { A: "2", B: "3" }, port: 1 }));
    assert.deepEqual(takenBack("p:app", old, {}), old);
    assert.deepEqual(back("p:unknown"), now);
  });

  it("goes through all keys: taken back one after the other, the old config is there again", () => {
    const old = { "p:app": '{"host":"a","env":{"A":"1"},"hosts":["x"]}', "p:gone": "1" };
    const now = { "p:app": '{"host":"b","env":{"B":"1"},"hosts":["y","z"]}', "p:new": "{}" };
    const keys = changedKeys(old, now);
    assert.equal(keys.length, 6);
    const last = keys.reduce<Readonly<Record<string, string>>>(
      (config, key) => takenBack(key, old, config),
      now,
    );
    assert.deepEqual(changedKeys(old, last), []);
  });
});
