import * as assert from "node:assert/strict";
import * as fc from "fast-check";
import { groups } from "../config";
import { ConfigError } from "../config/messages/problems";
import { CACHE_NODE_TYPES } from "../model/cacheNodeTypes";
import { knownKeys } from "../config/schema/tree";
import { CLUSTER, configs, NETWORK, REDIS, type Drawn } from "./constraints/configs";
import { MODELS, objections, patternOf } from "./constraints/models";
import { nameOf, sentToAws, violations } from "./constraints/plan";
import { RULES } from "./constraints/rules";
import { isNodeType } from "./constraints/rulesOfElastiCache";
import { SENT } from "./constraints/sent";
import type { Shape } from "./constraints/shape";
import { world } from "./constraints/world";
import { configOf, wire, type Groups } from "./helpers/configs";
import { OWN_VALUES, prodChanges, program, runStack } from "./helpers/programs";
import { record, type Recording } from "./helpers/recording";
import { forgive } from "./helpers/rejections";

/** More with CONSTRAINTS_RUNS=500, others with CONSTRAINTS_SEED=1. */
const RUNS = Number(process.env.CONSTRAINTS_RUNS ?? 12);
const SEED = Number(process.env.CONSTRAINTS_SEED ?? 2026);

const onAws = (stack: string, changes: Groups = {}): Promise<Recording> =>
  runStack(stack, { ...OWN_VALUES, ...changes }, { answers: world("eu-west-1") });
const prod = () => onAws("prod", prodChanges());
const tagsOf = (stack: string) =>
  (configOf(stack)["aws:defaultTags"] as { tags: Record<string, string> }).tags;

/** The plan of a drawn config; undefined where the config is refused. */
async function planOf({ stack, region, tags, groups }: Drawn): Promise<Recording | undefined> {
  const own = Object.entries(groups).map(([key, value]) => [`next-on-eks:${key}`, value]);
  const config = wire({
    "aws:region": region,
    "aws:defaultTags": { tags },
    ...(Object.fromEntries(own) as Groups),
  });
  try {
    return await record(program, { stack, config, answers: world(region) });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    await forgive();
    return undefined;
  }
}

describe("what goes to AWS is within AWS's own constraints (as published; no AWS was asked)", function () {
  this.timeout(20_000 + RUNS * 5_000);
  let plans: Readonly<Record<"dev" | "prod", Recording>>;
  before(async () => {
    plans = { dev: await onAws("dev"), prod: await prod() };
  });

  for (const stack of ["dev", "prod"] as const) {
    it(`in the plan of ${stack}`, () => {
      const { resources } = plans[stack];
      assert.ok(sentToAws(resources).length > 30);
      assert.deepEqual(violations(resources, { tags: tagsOf(stack) }), []);
    });
  }

  it("in the plans of valid configs, none of which is refused", () =>
    fc.assert(
      fc.asyncProperty(configs(false), async (drawn) => {
        const plan = await planOf(drawn);
        assert.ok(plan, "refused");
        assert.deepEqual(violations(plan.resources, drawn), []);
      }),
      { seed: SEED, numRuns: RUNS },
    ));

  it("in the plan of whatever a user types, or the config is refused", async () => {
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(configs(true), async (drawn) => {
        const plan = await planOf(drawn);
        if (!plan) return;
        accepted++;
        assert.deepEqual(violations(plan.resources, drawn), []);
      }),
      { seed: SEED, numRuns: 2 * RUNS },
    );
    assert.ok(accepted > 0 && accepted < 2 * RUNS, `${accepted} of ${2 * RUNS} were accepted`);
  });

  it("which the generated configs reach by every key of the groups that AWS sees", () => {
    const own = [...knownKeys(groups.aws.network), ...knownKeys(groups.aws.cluster)];
    assert.deepEqual([...Object.keys(NETWORK), ...Object.keys(CLUSTER)].sort(), own.sort());
    assert.deepEqual(
      [...Object.keys(REDIS), "engine", "engineVersion"].sort(),
      knownKeys(groups.aws.redis).sort(),
    );
  });

  it("also the names that Pulumi makes up", () => {
    for (const { type, name, inputs } of sentToAws(plans.prod.resources)) {
      const named = SENT[type]?.named;
      if (!named) continue;
      const physical = nameOf(type, name, inputs) ?? "";
      assert.match(physical, /-[0-9a-f]{7}$/);
      assert.ok(physical.length <= named.longest, physical);
    }
  });
});

describe("the constraints", () => {
  it("are there for every type of a plan", async () => {
    const types = [await onAws("dev"), await prod()].flatMap(({ resources }) =>
      sentToAws(resources).map(({ type }) => type),
    );
    const constrained = (type: string) => {
      const { by = "", tagged } = SENT[type] ?? {};
      return tagged || RULES[type] !== undefined || constrains(MODELS.operations[by]);
    };
    // A type of ids and switches alone would be listed here, with the reason. There is none.
    assert.deepEqual(
      [...new Set(types)].filter((type) => !constrained(type)),
      [],
    );
  });

  it("are extracted from a service model of a known version, and every pattern is one", () => {
    assert.match(MODELS.source, /^botocore \d+\.\d+\.\d+$/);
    assert.match(MODELS.date, /^20\d\d-\d\d-\d\d$/);
    const patterns = Object.values(MODELS.operations).flatMap(patternsOf);
    assert.ok(patterns.length > 50, `${patterns.length} patterns`);
    for (const pattern of patterns) patternOf(pattern);
  });

  it("know the same node types of ElastiCache as the config, which were read elsewhere", () => {
    assert.deepEqual(
      [...CACHE_NODE_TYPES].filter((type) => !isNodeType(type)),
      [],
    );
    assert.deepEqual(
      MODELS.nodeTypes.filter((type) => !CACHE_NODE_TYPES.has(type)),
      [],
    );
  });
});

function constrains(shape: Shape | undefined): boolean {
  if (!shape) return false;
  const { min, max, pattern, values, members, item, key, value } = shape;
  return (
    [min, max, pattern, values].some((it) => it !== undefined) ||
    [item, key, value, ...Object.values(members ?? {})].some(constrains)
  );
}

function patternsOf({ pattern, members, item, key, value }: Shape): string[] {
  const below = [item, key, value, ...Object.values(members ?? {})].filter(
    (it) => it !== undefined,
  );
  return [...(pattern === undefined ? [] : [pattern]), ...below.flatMap(patternsOf)];
}

describe("the constraints refuse (negative controls)", () => {
  /** What is wrong, in which resource, with which inputs changed, and how it is told. */
  const cases: [name: string, kind: string, resource: string, changes: object, told: RegExp][] = [
    [
      "an apostrophe in the description of a rule",
      "SecurityGroupIngressRule",
      "pages-redis-clients",
      { description: "Redis from the cluster's nodes" },
      /description: 'Redis from the cluster's nodes' is not/,
    ],
    [
      "a text that is too long",
      "SecurityGroup",
      "pages-redis",
      { description: "x".repeat(256) },
      /description: the length 256 is not 0 to 255/,
    ],
    [
      "a length of a model",
      "AccessPoint",
      "files-uploads",
      { rootDirectory: { path: `/${"u".repeat(100)}` } },
      /rootDirectory\.path: the length 101 is not 1 to 100/,
    ],
    [
      "a pattern of a model",
      "MountTarget",
      "files-0",
      { subnetId: "vpc-0a1b2c3d4e5f60718" },
      /subnetId: 'vpc-0a1b2c3d4e5f60718' is not \^subnet-/,
    ],
    [
      "a number beyond a range",
      "AccessPoint",
      "files-uploads",
      { posixUser: { uid: 4_294_967_296, gid: 1 } },
      /posixUser\.uid: the number 4294967296 is not 0 to 4294967295/,
    ],
    [
      "a word that is in no enumeration",
      "FileSystem",
      "files-efs",
      { throughputMode: "fast" },
      /throughputMode: 'fast' is none of bursting, provisioned, elastic/,
    ],
    [
      "a list that is too long",
      "FileSystem",
      "files-efs",
      { lifecyclePolicies: Array(4).fill({ transitionToIa: "AFTER_30_DAYS" }) },
      /lifecyclePolicies: 4 are not 0 to 3/,
    ],
    [
      "an input that is mapped to nothing",
      "FileSystem",
      "files-efs",
      { colour: "red" },
      /colour: no member of the API is known/,
    ],
    [
      "a rule that the models lack",
      "Key",
      "cluster-secrets",
      { deletionWindowInDays: 31 },
      /deletionWindowInDays: 31 is not 7 to 30/,
    ],
    ["a tag of AWS's own", "Vpc", "network-vpc", { tags: { "aws:x": "1" } }, /'aws:x' is refused/],
    [
      "what is no range of a VPC",
      "Vpc",
      "network-vpc",
      { cidrBlock: "10.0.0.0/8" },
      /\/8 is not \/16 to \/28/,
    ],
    [
      "a token in another alphabet",
      "ReplicationGroup",
      "pages-group",
      { authToken: "password%password" },
      /authToken: 'password%password' is not/,
    ],
    [
      "windows that overlap",
      "ReplicationGroup",
      "pages-group",
      { snapshotWindow: "04:00-05:00" },
      /'04:00-05:00' overlaps 'sun:04:30-sun:05:30'/,
    ],
    [
      "a node type that is none",
      "ReplicationGroup",
      "pages-group",
      { nodeType: "cache.t9.small" },
      /there is no cache\.t9\.small/,
    ],
    [
      "reserved addresses at the API server",
      "Cluster",
      "cluster-eks",
      { publicAccessCidrs: ["10.0.0.0/8"] },
      /'10\.0\.0\.0\/8' is reserved/,
    ],
    [
      "a common name of 65 characters",
      "Certificate",
      "site-certificate",
      { domainName: `${"a".repeat(60)}.test` },
      /domainName: the length 65 is not 0 to 64/,
    ],
    [
      "days for which no log is kept",
      "LogGroup",
      "cluster-logs",
      { retentionInDays: 15 },
      /retentionInDays: '15' is not/,
    ],
  ];
  let made: Recording;
  before(async () => {
    made = await prod();
  });

  for (const [name, kind, resource, changes, told] of cases) {
    it(name, () => {
      const one = made.one(kind, resource);
      const changed = { ...one, inputs: { ...one.inputs, ...changes } };
      const others = made.resources.filter((it) => it !== one);
      const found = violations([...others, changed]);
      assert.equal(found.length, 1, found.join("\n"));
      assert.match(found[0] ?? "", told);
    });
  }

  it("a name that Pulumi's digits make too long", () => {
    const role = made.one("Role", "addons-efs-driver");
    const found = violations([{ ...role, name: "r".repeat(57) }]);
    assert.deepEqual(found, [
      `aws:iam/role:Role ${"r".repeat(57)}: name: the length 65 is not 1 to 64`,
    ]);
  });

  it("a type that nobody mapped", () => {
    assert.deepEqual(objections("aws:s3/bucket:Bucket", {}), ["is of an unknown type"]);
  });
});
