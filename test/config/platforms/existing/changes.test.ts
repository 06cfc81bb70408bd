import * as assert from "node:assert/strict";
import { factsOf } from "../../../../config/changes";
import { changes } from "../../../../config/platforms/existing/changes";
import { existing, loadExisting } from "../../../helpers/configs";
import { orAnotherStack, set } from "../../../helpers/refusals";
import { judges } from "../../changes/helpers";

const NFS = { nfs: { server: "10.0.0.5", path: "/mnt/shared" } };
const moved = (from: string, to: string) => ({
  key: "files",
  message: `uploads cannot move from ${from} to ${to}: claims and volumes cannot move, and a new claim would start without the files.`,
  remedy: orAnotherStack(`set files back to ${from}`, ", with a copy of the uploads"),
});
const empty = "so pages are rendered again and files of older releases are missing.";

describe("changes of a stack on a cluster that exists", () => {
  judges(existing, [
    { name: "none", kind: "safe" },
    {
      name: "another cluster",
      kind: "asked",
      now: { "cluster.context": "other" },
      key: "cluster.context",
      message:
        "'kind' becomes 'other': if that is another cluster, everything is created again there and deleted here, with claims and sessions. Confirm only if it is another name for the same cluster.",
      remedy: orAnotherStack(set("cluster.context", "kind")),
    },
    { name: "a context is named", kind: "safe", old: { "cluster.context": undefined } },
    {
      name: "another NFS server",
      kind: "refused",
      old: { files: NFS },
      now: { files: { nfs: { ...NFS.nfs, server: "10.0.0.6" } } },
      ...moved("nfs 10.0.0.5:/mnt/shared", "nfs 10.0.0.6:/mnt/shared"),
    },
    {
      name: "another folder of the node",
      kind: "refused",
      old: { files: { hostPath: "/a" }, cluster: { nodes: 1 } },
      now: { files: { hostPath: "/b" }, cluster: { nodes: 1 } },
      ...moved("hostPath /a", "hostPath /b"),
    },
    {
      name: "another kind of volume",
      kind: "refused",
      old: { files: NFS },
      ...moved("nfs 10.0.0.5:/mnt/shared", "storageClass shared"),
    },
    {
      name: "another class of the uploads",
      kind: "refused",
      now: { "files.uploadsStorageClass": "kept" },
      ...moved("storageClass shared", "storageClass kept"),
    },
    {
      name: "another class of the cache alone",
      kind: "warned",
      old: { "files.uploadsStorageClass": "kept" },
      now: { files: { storageClass: "fast", uploadsStorageClass: "kept" } },
      key: "files.storageClass",
      message: `'shared' becomes 'fast': the cache starts empty, ${empty}`,
    },
    {
      name: "another size of the cache",
      kind: "warned",
      now: { "files.cacheSize": "10Gi" },
      key: "files.cacheSize",
      message: `'5Gi' becomes '10Gi': a new, empty cache replaces this one, ${empty}`,
    },
    { name: "more uploads", kind: "safe", now: { "files.uploadsSize": "1Ti" } },
    {
      name: "less uploads",
      kind: "refused",
      now: { "files.uploadsSize": "19Gi" },
      key: "files.uploadsSize",
      message: "'20Gi' cannot become '19Gi': Kubernetes cannot shrink a claim.",
      remedy: set("files.uploadsSize", "20Gi"),
    },
    {
      name: "sizes that nothing enforces",
      kind: "safe",
      old: { files: NFS },
      now: { files: { ...NFS, cacheSize: "1Gi", uploadsSize: "1Gi" } },
    },
    {
      name: "another user",
      kind: "asked",
      now: { "app.user": 1001 },
      key: "app.user",
      message:
        "1000 becomes 1001: existing uploads belong to 1000. Confirm once they and their folders belong to 1001 (chown -R 1001:1001).",
      remedy: set("app.user", "1000"),
    },
    {
      name: "sessions of their own, in the cluster",
      kind: "asked",
      now: { "redis.sessions": "own" },
      key: "redis.sessions",
      message:
        "sessions move from the cluster's Redis (shared) to the cluster's Redis (own): they start empty there, and every visitor is logged out.",
    },
    {
      name: "sessions to a Redis of the user's",
      kind: "asked",
      now: { redis: { url: "redis://:secret@redis.test:6379" } },
      key: "redis.sessions",
      message:
        "sessions move from the cluster's Redis (shared) to the Redis 99f9c6a2: they start empty there, and every visitor is logged out.",
    },
    {
      name: "another password of the user's Redis",
      kind: "safe",
      old: { redis: { url: "redis://:secret@redis.test:6379" } },
      now: { redis: { url: "redis://:other@redis.test:6379" } },
    },
    {
      name: "pages to another Redis, sessions stay",
      kind: "safe",
      old: { redis: { url: "redis://a.test:6379", sessionUrl: "redis://s.test:6379" } },
      now: { redis: { url: "redis://b.test:6379", sessionUrl: "redis://s.test:6379" } },
    },
    {
      name: "another image of the Redis in the cluster",
      kind: "warned",
      now: { "redis.image": "valkey/valkey:8.1" },
      key: "redis.image",
      message:
        "'redis:7.4-bookworm' becomes 'valkey/valkey:8.1': the Redis in the cluster starts empty, and every visitor is logged out.",
    },
  ]);

  it("remember no part of a URL, and none of a placeholder", async () => {
    const redis = { url: "redis://shopkeeper:hush@redis.internal:6379/3" };
    const facts = JSON.stringify(factsOf(await loadExisting({ redis })));
    for (const part of ["hush", "shopkeeper", "redis.internal", "6379"]) {
      assert.ok(!facts.includes(part), part);
    }
    const offline = async (more: object) =>
      factsOf(await loadExisting({ redis: { url: "[secret]", ...more } }))["redis.sessions"];
    assert.equal(await offline({}), "the Redis of redis.url");
    assert.equal(
      await offline({ sessionUrl: "[another secret]" }),
      "the Redis of redis.sessionUrl",
    );
  });

  it("say nothing of an address that is encrypted in one of the two alone: offline nobody knows", () => {
    const rule = changes.find(({ key }) => key === "redis.sessions");
    assert.equal(rule?.check("the Redis 99f9c6a2", "the Redis of redis.url"), undefined);
    assert.equal(rule?.check("the Redis of redis.url", "the Redis 99f9c6a2"), undefined);
    for (const [old, now] of [
      ["the Redis 99f9c6a2", "the Redis 11111111"],
      ["the Redis of redis.url", "the Redis of redis.sessionUrl"],
      ["the cluster's Redis (own)", "the Redis of redis.url"],
    ] as const) {
      assert.match(rule?.check(old, now)?.message ?? "", /^sessions move from /);
    }
  });
});
