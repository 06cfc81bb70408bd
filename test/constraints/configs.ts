import * as fc from "fast-check";
import { CACHE_NODE_TYPES } from "../../model/cacheNodeTypes";
import { formatCidr } from "../../model/cidr";
import { KUBERNETES_VERSIONS } from "../../model/kubernetesVersions";

/*
 * Configs of platform aws: what a user may type that reaches AWS. `usual` are values that a stack should take, `strange`
 * such as a user types by mistake, or at the edge of what AWS takes: there the config may be refused, and must not fail later.
 */

/** A stack, its region, its tags, and the groups of its config. */
export interface Drawn {
  readonly stack: string;
  readonly region: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly groups: Readonly<Record<string, unknown>>;
}

const REGIONS = ["eu-west-1", "us-east-1", "ap-southeast-2", "ca-central-1"];
const ACCOUNT = "999988887777";

const cidr = (prefixes: readonly number[], firsts: readonly number[] = [10, 172, 192, 100]) =>
  fc
    .tuple(fc.constantFrom(...prefixes), fc.constantFrom(...firsts), fc.nat(65_535))
    .map(([prefix, first, rest]) => {
      const size = 2 ** (32 - prefix);
      const address = first * 2 ** 24 + rest * 256;
      return formatCidr(address - (address % size), prefix);
    });
const label = (longest: number) =>
  fc.stringMatching(new RegExp(`^[a-z]([a-z0-9-]{0,${longest - 2}}[a-z0-9])?$`));
const moment = fc
  .tuple(fc.nat(23), fc.nat(59))
  .map((parts) => parts.map((part) => String(part).padStart(2, "0")).join(":"));
const day = fc.constantFrom("mon", "tue", "wed", "thu", "fri", "sat", "sun");
const version = (known: readonly string[]) => fc.constantFrom(...known);
const arn = fc
  .tuple(fc.constantFrom("", "ops/", "aws-reserved/sso.amazonaws.com/"), label(40))
  .map(([path, name]) => `arn:aws:iam::${ACCOUNT}:role/${path}${name}`);

/** Values by key. What is left out has its default. */
interface Kind {
  readonly usual: fc.Arbitrary<unknown>;
  readonly strange: fc.Arbitrary<unknown>;
}
const same = (usual: fc.Arbitrary<unknown>, strange: fc.Arbitrary<unknown> = usual): Kind => ({
  usual,
  strange,
});

export const NETWORK: Readonly<Record<string, Kind>> = {
  cidr: same(
    cidr([16, 17, 18, 19, 20], [10]),
    cidr([8, 12, 16, 18, 20, 24, 28], [0, 10, 100, 127, 169, 172, 192, 198, 224, 240]),
  ),
  availabilityZones: same(fc.constantFrom(2, 3), fc.integer({ min: 0, max: 5 })),
  zones: same(fc.constant(undefined), fc.constant(["eu-west-1a", "eu-west-1b"])),
  natGateways: same(fc.constantFrom("one", "perZone", undefined)),
  // What exists is asked of AWS, and nothing of it is sent there but ids; beside the keys of a new VPC it is refused.
  existing: same(
    fc.constant(undefined),
    fc.constantFrom(undefined, undefined, {
      vpcId: "vpc-0a1b2c3d4e5f67890",
      privateSubnetIds: ["subnet-0a1b2c3d4e5f67890", "subnet-0a1b2c3d4e5f67891"],
      publicSubnetIds: ["subnet-0a1b2c3d4e5f67892", "subnet-0a1b2c3d4e5f67893"],
    }),
  ),
  reservedCidrs: same(fc.constant([]), fc.array(cidr([8, 16, 24]), { maxLength: 3 })),
};

export const CLUSTER: Readonly<Record<string, Kind>> = {
  version: same(version(KUBERNETES_VERSIONS), fc.constantFrom("1.35", 1.36, "1.20", "latest")),
  addonVersions: same(
    fc.constantFrom({}, { efsDriver: "v3.4.1-eksbuild.1", metricsServer: "v0.8.1-eksbuild.10" }),
    fc.constantFrom({}, { efsDriver: "v3.4.1-eksbuild.1" }, { efsDriver: "latest" }),
  ),
  publicAccessCidrs: same(
    fc.uniqueArray(cidr([24, 28, 32], [8, 52, 151]), { maxLength: 12 }),
    fc.array(cidr([0, 8, 24, 32], [8, 10, 52, 100, 127, 172, 192, 224]), { maxLength: 50 }),
  ),
  adminRoleArns: same(
    fc.uniqueArray(arn, { maxLength: 4 }),
    fc.array(
      fc.oneof(
        arn,
        fc.constantFrom(
          `arn:aws:iam::${ACCOUNT}:user/someone`,
          `arn:aws:iam::${ACCOUNT}:root`,
          `arn:aws:iam::${ACCOUNT}:policy/admin`,
          `arn:aws-cn:iam::${ACCOUNT}:role/admin`,
          `arn:aws:iam::${ACCOUNT}:role/${"r".repeat(65)}`,
          `arn:aws:iam::${ACCOUNT}:role/a b`,
        ),
      ),
      { maxLength: 3 },
    ),
  ),
  serviceCidr: same(
    cidr([12, 16, 20, 24], [172]).filter((range) => /^172\.(1[6-9]|2\d|3[01])\./.test(range)),
    cidr([8, 12, 16, 24, 28], [10, 100, 172, 192, 203]),
  ),
  namespace: same(fc.constant("next-on-eks"), label(63)),
};

const VALKEY = ["7.2", "8.0", "8.1", "8.2", "9.0", "9.1"];
const nodeType = same(
  fc.constantFrom(...CACHE_NODE_TYPES),
  fc
    .tuple(
      fc.constantFrom("t1", "t2", "t4", "t4g", "m1", "m3", "m5", "m7g", "r3", "r6gd", "r7", "x9"),
      fc.constantFrom("nano", "micro", "small", "medium", "large", "2xlarge", "24xlarge"),
    )
    .map(([family, size]) => `cache.${family}.${size}`),
);
const engine = fc.oneof(
  fc.record({
    engine: fc.constant("redis"),
    engineVersion: fc.constantFrom(undefined, "7.0", "7.1"),
  }),
  fc.record({
    engine: fc.constant("valkey"),
    engineVersion: fc.constantFrom(undefined, ...VALKEY),
  }),
);
const strangeEngine = fc.record({
  engine: fc.constantFrom("redis", "valkey", "memcached"),
  engineVersion: fc.constantFrom(undefined, "6.2", "7.0", "7.3", "8.10", "9.9", "10.0"),
});

/** engine and engineVersion are drawn together. */
export const REDIS: Readonly<Record<string, Kind>> = {
  nodeType,
  sessionsNodeType: nodeType,
  nodes: same(fc.constantFrom(2, 3, 6, undefined), fc.integer({ min: 0, max: 8 })),
  automaticFailover: same(fc.constantFrom(undefined, false), fc.boolean()),
  sessions: same(fc.constantFrom("own", "shared", undefined)),
  snapshotRetentionDays: same(fc.integer({ min: 0, max: 35 }), fc.integer({ min: -1, max: 40 })),
  snapshotWindow: same(
    fc.constantFrom("03:00-04:00", "23:30-01:00", "00:00-02:15"),
    fc.tuple(moment, moment).map((ends) => ends.join("-")),
  ),
  maintenanceWindow: same(
    fc.constantFrom("sun:04:30-sun:05:30", "sat:10:00-sat:12:00", "wed:05:00-wed:06:00"),
    fc
      .tuple(day, moment, day, moment, fc.boolean())
      .map(([d, from, e, to, short]) => `${d}:${from}-${short ? d : e}:${to}`),
  ),
};

const site = fc.uniqueArray(label(20), { minLength: 1, maxLength: 12 });
/** Names of up to 253 characters, of labels of up to 63. */
const longNames = fc
  .array(fc.tuple(label(63), label(63), label(63)), { minLength: 1, maxLength: 6 })
  .map((names) => names.map((labels) => labels.join(".")));
const manyNames = fc
  .integer({ min: 80, max: 120 })
  .map((count) => Array.from({ length: count }, (_, index) => `n${index}`));

const tag = (longest: number, strange: boolean) =>
  fc.string({
    minLength: 1,
    maxLength: longest,
    unit: strange ? "grapheme-composite" : fc.constantFrom(..."aZ9 _.:/=+-@é".split("")),
  });
const tags = {
  usual: fc.dictionary(
    label(20).map((key) => `team/${key}`),
    tag(256, false),
    { maxKeys: 10 },
  ),
  strange: fc.oneof(
    fc.dictionary(tag(140, true), tag(270, true), { maxKeys: 3 }),
    fc.dictionary(
      fc.constantFrom("aws:owner", "AWS:owner", "Name", "name", "project", "a".repeat(128)),
      tag(20, false),
      { maxKeys: 5 },
    ),
    fc.constant(Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`tag${n}`, "1"]))),
  ),
};

function group(kinds: Readonly<Record<string, Kind>>, strange: boolean) {
  return fc.record(
    Object.fromEntries(
      Object.entries(kinds).map(([key, kind]) => [key, mostly(kind.usual, kind.strange, strange)]),
    ),
  );
}

/** Of many strange values one refuses the whole config, and nothing is learnt of the others: so few of them. */
function mostly<T, U>(
  usual: fc.Arbitrary<T>,
  odd: fc.Arbitrary<U>,
  strange: boolean,
): fc.Arbitrary<T | U> {
  return strange
    ? fc.oneof({ arbitrary: usual, weight: 12 }, { arbitrary: odd, weight: 1 })
    : usual;
}

const names = (strange: boolean) =>
  mostly(site, fc.oneof(longNames, manyNames, site), strange).map((hosts) =>
    hosts.map((host) => `${host}.shop.test`),
  );

/** @param strange also what a user types by mistake */
export function configs(strange: boolean): fc.Arbitrary<Drawn> {
  return fc
    .record({
      stack: fc.oneof(fc.constant("dev"), fc.constant("prod"), label(100)),
      region: fc.constantFrom(...REGIONS),
      tags: mostly(tags.usual, tags.strange, strange),
      network: group(NETWORK, strange),
      cluster: group(CLUSTER, strange),
      redis: fc
        .tuple(group(REDIS, strange), mostly(engine, strangeEngine, strange))
        .map(([keys, both]) => ({ ...keys, ...both })),
      cache: fc.record({ store: fc.constantFrom("redis", "redis", "redis", "files") }),
      hosts: names(strange),
      tls: fc.constantFrom("zone", "secret", "arn"),
      user: mostly(fc.integer({ min: 1, max: 65_534 }), fc.integer({ max: 2 ** 32 }), strange),
      build: fc.boolean(),
      protect: fc.boolean(),
    })
    .map(({ stack, region, tags, hosts, tls, user, build, protect, ...groups }) => ({
      stack,
      region,
      tags,
      groups: {
        ...groups,
        platform: "aws",
        protect,
        app: { host: hosts[0], user, ...(build && stack !== "prod" ? BUILD : DIGEST) },
        ingress: { extraHosts: hosts.slice(1), ...TLS[tls](region) },
      },
    }));
}

const DIGEST = { image: `registry.test/shop@sha256:${"0".repeat(64)}` };
const BUILD = { build: { context: "example", contexts: { runtime: "runtime" } } };
const TLS = {
  zone: () => ({ zone: "shop.test" }),
  secret: () => ({ tls: { secretName: "site" } }),
  arn: (region: string) => ({
    tls: { certificateArn: `arn:aws:acm:${region}:${ACCOUNT}:certificate/0a1b2c3d-4e5f` },
  }),
} as const;
