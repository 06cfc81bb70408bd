import * as assert from "node:assert/strict";
import { CACHE_NODE_TYPES, wrongNodeType } from "../../../../model/cacheNodeTypes";
import { minutesOf, windowsOverlap } from "../../../../model/windows";
import { aws, load, loadAws } from "../../../helpers/configs";
import { refuses, rm, set, told, type RuleCase, either } from "../../../helpers/refusals";

const tag = (key: string, why: string) =>
  `  aws:defaultTags.tags["${key}"]: the tag is refused: ${why}.\n    ${
    key.includes("'")
      ? "remove it from aws:defaultTags in the stack's file"
      : `pulumi config rm --stack test --path 'aws:defaultTags.tags["${key}"]'`
  }`;
const tagged = (tags: Record<string, string>) => ({ others: { "aws:defaultTags": { tags } } });
const many = (count: number) => Array.from({ length: count }, (_, index) => `n${index}.shop.test`);
const long = (length: number) =>
  "a"
    .repeat(60)
    .concat(".", "b".repeat(63), ".")
    .repeat(2)
    .slice(0, length - 10) + ".shop.test";
const shop = { "app.host": "www.shop.test", "ingress.zone": "shop.test" };
const INSTEAD = either(
  "a shorter name",
  `a certificate of your own:\n${set("ingress.tls.certificateArn", "ARN")}`,
);
const CHARACTERS = "letters, digits, spaces and _ . : / = + - @";

const cases: RuleCase[] = [
  [
    "addresses that no VPC has",
    { "network.cidr": "169.254.0.0/16" },
    told(
      "network.cidr",
      "'169.254.0.0/16' is refused: a VPC cannot have addresses in 169.254.0.0/16.",
      set("network.cidr", "10.20.0.0/16"),
    ),
  ],
  ...["8.8.0.0/16", "10.0.0.0/8", "172.20.0.0/28"].map((serviceCidr): RuleCase => [
    `Services in ${serviceCidr}`,
    { "network.cidr": "192.168.0.0/16", "cluster.serviceCidr": serviceCidr },
    told(
      "cluster.serviceCidr",
      `'${serviceCidr}' is refused: EKS accepts /12 to /24 inside 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16.`,
      set("cluster.serviceCidr", "172.20.0.0/16"),
    ),
  ]),
  [
    "private addresses at the public endpoint",
    { "cluster.publicAccessCidrs": ["8.8.8.8/32", "10.1.0.0/16"] },
    told(
      "cluster.publicAccessCidrs[1]",
      "'10.1.0.0/16' is refused: addresses in 10.0.0.0/8 cannot reach a public endpoint. Inside the VPC the API server answers anyway.",
      set("cluster.publicAccessCidrs[1]", "YOUR.ADDRESS/32"),
    ),
  ],
  [
    "more ranges than EKS takes",
    { "cluster.publicAccessCidrs": Array.from({ length: 41 }, (_, n) => `8.8.${n}.0/24`) },
    told(
      "cluster.publicAccessCidrs",
      "has 41 ranges; EKS accepts 40.",
      "combine neighbouring ranges into one with a shorter prefix",
    ),
  ],
  [
    "a range twice",
    { "cluster.publicAccessCidrs": ["8.8.8.8/32", "8.8.8.8/32"] },
    told(
      "cluster.publicAccessCidrs[1]",
      "'8.8.8.8/32' is listed already; EKS accepts each range once.",
      rm("cluster.publicAccessCidrs[1]"),
    ),
  ],
  [
    "an administrator twice",
    { "cluster.adminRoleArns": Array<string>(2).fill("arn:aws:iam::999988887777:role/ops") },
    told(
      "cluster.adminRoleArns[1]",
      "'arn:aws:iam::999988887777:role/ops' is listed already; EKS accepts each identity once.",
      rm("cluster.adminRoleArns[1]"),
    ),
  ],
  ...["999988887777:policy/ops", "999988887777:root", "999988887777:user/ops"].map(
    (end): RuleCase => [
      `an administrator that is no role: ${end}`,
      { "cluster.adminRoleArns": [`arn:aws:iam::${end}`] },
      told(
        "cluster.adminRoleArns[0]",
        `'arn:aws:iam::${end}' is not the ARN of an IAM role.`,
        set("cluster.adminRoleArns[0]", "arn:aws:iam::111122223333:role/platform"),
      ),
    ],
  ),
  [
    "the ARN of something else than a certificate",
    { "ingress.tls": { certificateArn: "arn:aws:acm:eu-west-1:999988887777:policy/x" } },
    told(
      "ingress.tls.certificateArn",
      "'arn:aws:acm:eu-west-1:999988887777:policy/x' is not the ARN of a certificate.",
      set("ingress.tls.certificateArn", "arn:aws:acm:eu-west-1:111122223333:certificate/ID"),
    ),
  ],
  [
    "a size that a family of nodes does not have",
    { "redis.nodeType": "cache.t4g.large" },
    told(
      "redis.nodeType",
      "'cache.t4g.large' is refused: cache.t4g has the sizes micro, small, medium.",
      set("redis.nodeType", "cache.t4g.micro"),
    ),
  ],
  [
    "a family of nodes that is no more made, or needs what the stack does not set",
    { "redis.sessionsNodeType": "cache.t1.micro" },
    told(
      "redis.sessionsNodeType",
      "'cache.t1.micro' is refused: this stack knows the families c7gn, m7g, m6g, m5, m4, r7g, r6g, r5, r4, t4g, t3, t2 (a newer one: add it to model/cacheNodeTypes.ts).",
      set("redis.sessionsNodeType", "cache.t4g.small"),
    ),
  ],
  ...["5.0", "7.3", "10.0"].map((engineVersion): RuleCase => [
    `version ${engineVersion} of Valkey`,
    { "redis.engine": "valkey", "redis.engineVersion": engineVersion },
    told(
      "redis.engineVersion",
      `'${engineVersion}' is refused: ElastiCache has valkey 7.2, 8.0, 8.1, 8.2, 9.0, 9.1.`,
      set("redis.engineVersion", "8.0"),
    ),
  ]),
  [
    "less than an hour for snapshots",
    { "redis.snapshotWindow": "03:00-03:59" },
    told(
      "redis.snapshotWindow",
      "'03:00-03:59' is refused: ElastiCache needs at least 60 minutes.",
      set("redis.snapshotWindow", "03:00-04:00"),
    ),
  ],
  [
    "less than an hour for maintenance",
    { "redis.maintenanceWindow": "sun:23:30-mon:00:15" },
    told(
      "redis.maintenanceWindow",
      "'sun:23:30-mon:00:15' is refused: ElastiCache needs at least 60 minutes.",
      set("redis.maintenanceWindow", "sun:04:30-sun:05:30"),
    ),
  ],
  [
    "snapshots while AWS may patch",
    { "redis.maintenanceWindow": "wed:02:30-wed:03:30" },
    told(
      "redis.snapshotWindow",
      "snapshotWindow '03:00-04:00' and maintenanceWindow 'wed:02:30-wed:03:30' overlap, which ElastiCache refuses.",
      set("redis.snapshotWindow", "09:00-10:00"),
    ),
  ],
  [
    "maintenance at all hours",
    { "redis.maintenanceWindow": "sun:04:30-wed:05:30" },
    told(
      "redis.maintenanceWindow",
      "snapshotWindow '03:00-04:00' and maintenanceWindow 'sun:04:30-wed:05:30' overlap, which ElastiCache refuses.",
      set("redis.maintenanceWindow", "sun:04:30-sun:05:30"),
    ),
  ],
  [
    "a first host that is too long for a common name",
    { "app.host": long(65), "ingress.zone": "shop.test" },
    told(
      "app.host",
      `'${long(65)}' has 65 characters; the first name of an ACM certificate may have at most 64.`,
      INSTEAD,
    ),
  ],
  [
    "a further host that ACM cannot prove",
    { ...shop, "ingress.extraHosts": ["shop.test", long(220)] },
    told(
      "ingress.extraHosts[1]",
      `'${long(220)}' has 220 characters; ACM validates names of at most 219 by DNS.`,
      INSTEAD,
    ),
  ],
  [
    "more names than a certificate has",
    { ...shop, "ingress.extraHosts": many(100) },
    told(
      "ingress.extraHosts",
      "has 100 names; with app.host, an ACM certificate has at most 100.",
      rm("ingress.extraHosts[99]"),
    ),
  ],
  [
    "more names than a certificate has, with the wildcard",
    { ...shop, "ingress.extraHosts": many(99), "ingress.wildcard": true },
    told(
      "ingress.extraHosts",
      "has 99 names; with app.host and *.HOST, an ACM certificate has at most 100.",
      rm("ingress.extraHosts[98]"),
    ),
  ],
  ...(
    [
      ["AWS:owner", "web", "keys that begin with aws: are reserved for AWS"],
      ["k".repeat(128), "web", "a key has 1 to 127 characters, and this one has 128"],
      ["owner", "v".repeat(257), "a value has at most 256 characters, and this one has 257"],
      ["owner's", "web", `a key may only have ${CHARACTERS}`],
      ["owner", "web & co", `a value may only have ${CHARACTERS}`],
    ] as const
  ).map(([key, value, why]): RuleCase => [
    `the tag ${key.slice(0, 9)}=${value.slice(0, 9)}`,
    {},
    tag(key, why),
    tagged({ [key]: value }),
  ]),
  [
    "tags that differ in case alone",
    {},
    tag("project", "another key differs only in case, and IAM treats them as the same"),
    tagged({ Project: "shop", project: "shop" }),
  ],
  [
    "more tags than leave room for the stack's",
    {},
    tag("t46", "there are 47, but the stack leaves room for only 46"),
    tagged(Object.fromEntries(Array.from({ length: 47 }, (_, index) => [`t${index}`, ""]))),
  ],
];

describe("config: what AWS would refuse half-way", () => {
  refuses(aws, cases);

  it("takes what is just inside", async () => {
    const { defaultTags } = await loadAws(
      {
        "app.host": long(64),
        "ingress.zone": "shop.test",
        "ingress.extraHosts": [long(219)],
        "cluster.serviceCidr": "172.16.0.0/12",
        "cluster.publicAccessCidrs": Array.from({ length: 40 }, (_, n) => `8.8.${n}.0/24`),
        "cluster.adminRoleArns": ["arn:aws:iam::999988887777:role/ops/a/b"],
        "redis.snapshotWindow": "03:30-04:30",
      },
      tagged({ ["k".repeat(127)]: "v".repeat(256), "team:owner": "straße @ 7/a" }),
    );
    assert.deepEqual(Object.keys(defaultTags), ["k".repeat(127), "team:owner"]);
  });

  it("takes long names where the certificate is somebody else's", async () => {
    await load({
      ...aws,
      app: { ...(aws.app as object), host: long(100) },
      ingress: { tls: { secretName: "site" }, extraHosts: many(120) },
    });
  });

  it("warns of names for which ACM's quota must be raised", async () => {
    const warnings = async (count: number) =>
      (await loadAws({ ...shop, "ingress.extraHosts": many(count) })).warnings.filter((text) =>
        text.includes("extraHosts"),
      );
    assert.deepEqual(await warnings(9), []);
    assert.deepEqual(await warnings(10), [
      `next-on-eks:ingress.extraHosts: 11 names in one certificate: ACM allows 10 until its quota "Number of domain names per ACM certificate" is raised. (rule certificate-name-quota)
    what it is now:
    aws service-quotas list-service-quotas --service-code acm`,
    ]);
  });

  it("leaves tags of another shape to the provider", async () => {
    const { defaultTags } = await loadAws({}, { others: { "aws:defaultTags": "none" } });
    assert.deepEqual(defaultTags, {});
  });
});

describe("windows of ElastiCache", () => {
  it("have a length, past midnight too", () => {
    assert.deepEqual(
      ["03:00-04:00", "23:30-00:45", "sun:23:00-mon:01:30", "mon:03:00-mon:03:00"].map(minutesOf),
      [60, 75, 150, 0],
    );
  });

  for (const [daily, weekly, overlap] of [
    ["03:00-04:00", "sun:04:00-sun:05:00", false],
    ["03:00-04:01", "sun:04:00-sun:05:00", true],
    ["04:59-06:00", "sun:04:00-sun:05:00", true],
    ["05:00-06:00", "sun:04:00-sun:05:00", false],
    ["23:30-00:30", "mon:00:00-mon:01:00", true],
    ["23:00-00:00", "sun:00:00-sun:01:00", false],
    ["01:00-02:00", "sun:23:00-mon:01:30", true],
    ["12:00-13:00", "sat:13:00-mon:01:00", true],
  ] as const) {
    it(`${daily} and ${weekly} ${overlap ? "overlap" : "do not"}`, () => {
      assert.equal(windowsOverlap(daily, weekly), overlap);
    });
  }
});

describe("node types of ElastiCache", () => {
  it("each is one, and so is what is proposed instead of another", () => {
    for (const type of CACHE_NODE_TYPES) assert.equal(wrongNodeType(type), undefined);
    for (const type of ["cache.m7g.small", "cache.r6gd.xlarge", "nonsense"]) {
      assert.ok(CACHE_NODE_TYPES.has(wrongNodeType(type)?.instead ?? ""), type);
    }
  });
});
