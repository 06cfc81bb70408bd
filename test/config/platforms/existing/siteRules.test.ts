import * as assert from "node:assert/strict";
import { changed, existing, load, loadExisting, type Groups } from "../../../helpers/configs";
import { either, refuses, rm, set, told, type RuleCase } from "../../../helpers/refusals";

const SITE: Groups = changed(existing, {
  review: { pullRequest: 12, until: "2026-12-06T10:00:00Z" },
  "cluster.namespace": "pr-12",
  files: { ephemeral: true, required: false },
  "app.replicas": { min: 1, max: 1 },
  "ingress.install": false,
});
const options = { stack: "pr-12" } as const;
const must = (
  key: string,
  value: string,
  why: string,
  remedy: string,
  needs?: Groups,
): RuleCase => [
  `a review site with ${key} ${value}`,
  { [key]: value === "true" ? true : value === "false" ? false : value, ...needs },
  told(key, `'${value}' is refused: a review site ${why}.`, set(key, remedy)),
  options,
];

const cases: RuleCase[] = [
  must("cluster.namespace", "shop", "is found by its namespace", "pr-12"),
  must("protect", "true", "must be removed without asking", "false"),
  must("files.ephemeral", "false", "leaves no volume behind", "true", {
    "files.storageClass": "shared",
  }),
  must("redis.inCluster", "false", "shares no Redis", "true", { "redis.url": "redis://r.test" }),
  must("ingress.install", "true", "is served by the controller that is there", "false"),
  must("app.service.type", "NodePort", "is reached through the controller alone", "ClusterIP"),
  [
    "the site of another pull request",
    { "review.pullRequest": 13 },
    told(
      "review",
      "is for the stack 'pr-13', and this one is 'pr-12'.",
      either(set("review.pullRequest", "12"), rm("review")),
    ),
    options,
  ],
  [
    "a site in a stack that is named otherwise",
    { "cluster.namespace": "shop" },
    told("review", "is for the stack 'pr-12', and this one is 'shop'.", rm("review")),
    { stack: "shop" },
  ],
  [
    "files that go with their pod, and must be shared",
    { "files.required": true },
    told(
      "files.required",
      "true needs shared files, but files.ephemeral is true.",
      either(set("files.required", "false"), rm("files.ephemeral")),
    ),
    options,
  ],
  [
    "several pods that do not find each other's uploads",
    { review: undefined, "app.replicas": { min: 1, max: 2 } },
    told(
      "files.ephemeral",
      "true with up to 2 pods: a pod would not find what was uploaded to another.",
      either(
        `${set("app.replicas.min", "1")} && ${set("app.replicas.max", "1")}`,
        `${rm("files.ephemeral")} && ${set("files.storageClass", "CLASS")}`,
      ),
    ),
    options,
  ],
  [
    "a time that is no time",
    { "review.until": "tomorrow" },
    told(
      "review.until",
      "'tomorrow' is refused: expected a time in UTC such as 2026-12-06T10:00:00Z.",
      set("review.until", "2026-12-06T10:00:00Z"),
    ),
    options,
  ],
];

describe("rules of a review site's config", () => {
  refuses(SITE, cases);

  it("accept one as npm run stack makes it, and every stack that is none", async () => {
    const { review, files } = (await load(SITE, options)) as Awaited<
      ReturnType<typeof loadExisting>
    >;
    assert.equal(review?.pullRequest, 12);
    assert.equal(files.ephemeral, true);
    assert.equal((await loadExisting()).review, undefined);
  });
});
