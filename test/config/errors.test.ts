import * as assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { aws, changed, existing, load, ROOT, type Groups } from "../helpers/configs";
import { failureOf } from "../helpers/recording";
import { refuses, rm, set, told, type RuleCase, either } from "../helpers/refusals";

/** Lists, maps and what is missing or unknown. */
const shapes: RuleCase[] = [
  [
    "a path in place of a list of them",
    { "app.warmupPaths": "/" },
    told(
      "app.warmupPaths",
      "'/' is refused: expected a list.",
      `${rm("app.warmupPaths")} && ${set("app.warmupPaths[0]", "/")}`,
    ),
  ],
  [
    "a range in place of a list of them",
    { "cluster.publicAccessCidrs": "0.0.0.0/0" },
    told(
      "cluster.publicAccessCidrs",
      "'0.0.0.0/0' is refused: expected a list.",
      `${rm("cluster.publicAccessCidrs")} && ${set("cluster.publicAccessCidrs[0]", "0.0.0.0/0")}`,
    ),
  ],
  [
    "a zone in a list",
    { "network.zones": ["eu-west-1a", "1b"] },
    told(
      "network.zones[1]",
      "'1b' is refused: expected a zone's name.",
      set("network.zones[1]", "eu-west-1a"),
    ),
  ],
  [
    "a role in a list",
    { "cluster.adminRoleArns": ["admin"] },
    told(
      "cluster.adminRoleArns[0]",
      "'admin' is refused: expected an ARN of iam.",
      set("cluster.adminRoleArns[0]", "arn:aws:iam::111122223333:role/platform"),
    ),
  ],
  [
    "a host in a list",
    { "ingress.extraHosts": ["www"] },
    told(
      "ingress.extraHosts[0]",
      `'www' is refused: expected a DNS name in lower case, such as shop.example.com.`,
      set("ingress.extraHosts[0]", "www.example.com"),
    ),
  ],
  [
    "a pull secret in a list",
    { "app.imagePullSecrets": ["Registry"] },
    told(
      "app.imagePullSecrets[0]",
      `'Registry' is refused: expected a DNS label: a-z, 0-9 and '-', 63 at most.`,
      set("app.imagePullSecrets[0]", "registry"),
    ),
  ],
  [
    "a path without a slash",
    { "ingress.paths": [{ path: "api", service: "api-svc", port: 80 }] },
    told(
      "ingress.paths[0].path",
      "'api' is refused: expected a path that starts with /.",
      set("ingress.paths[0].path", "/api"),
    ),
  ],
  [
    "a variable that no shell could set",
    { "app.env": { "1A": "x" } },
    told("app.env.1A", "'1A' is refused: expected a variable's name.", rm("app.env.1A")),
  ],
  [
    "an application that is missing as a whole",
    { app: undefined },
    told("app.host", "is missing.", set("app.host", "shop.example.com")),
  ],
  [
    "an address in place of a host",
    { "app.host": "10.0.0.1" },
    told(
      "app.host",
      "'10.0.0.1' is refused: expected a DNS name in lower case, such as shop.example.com.",
      set("app.host", "shop.example.com"),
    ),
  ],
  [
    "a range with a leading zero",
    { "network.cidr": "010.020.0.0/16" },
    told(
      "network.cidr",
      "'010.020.0.0/16' is refused: expected an IPv4 range such as 10.20.0.0/16.",
      set("network.cidr", "10.20.0.0/16"),
    ),
  ],
  [
    "a host that is missing",
    { "app.host": undefined },
    told("app.host", "is missing.", set("app.host", "shop.example.com")),
  ],
  [
    "a build without a folder",
    { "app.image": undefined, "app.build": {} },
    told("app.build.context", "is missing.", set("app.build.context", "example")),
  ],
  [
    "a rate limit without a rate",
    { "ingress.rateLimit": { burst: 5 } },
    told(
      "ingress.rateLimit.requestsPerSecond",
      "is missing.",
      set("ingress.rateLimit.requestsPerSecond", "50"),
    ),
  ],
  [
    "memory in bytes that are meant as MiB",
    { "app.resources.memory": "512" },
    told(
      "app.resources.memory",
      "'512' is refused: 512 is bytes; did you mean 512Mi?",
      set("app.resources.memory", "512Mi"),
    ),
  ],
  [
    "memory as a number that is meant as GiB",
    { "app.resources.memory": 2 },
    told(
      "app.resources.memory",
      "'2' is refused: 2 is bytes; did you mean 2Gi?",
      set("app.resources.memory", "2Gi"),
    ),
  ],
  [
    "cores that are meant as thousandths",
    { "app.resources.cpu": 700 },
    told(
      "app.resources.cpu",
      "'700' is refused: 700 is cores; did you mean 700m?",
      set("app.resources.cpu", "700m"),
    ),
  ],
  [
    "a mistyped group",
    { ingres: {} },
    told(
      "ingres",
      "there is no such key; did you mean ingress?",
      "in Pulumi.test.yaml: rename next-on-eks:ingres to next-on-eks:ingress",
    ),
  ],
  [
    "an unknown key of a group",
    { "redis.url": "rediss://redis.test" },
    told(
      "redis.url",
      "there is no such key; redis knows engine, engineVersion, nodeType, nodes, automaticFailover, sessions, sessionsNodeType, snapshotRetentionDays, snapshotWindow, maintenanceWindow.",
      rm("redis.url"),
    ),
  ],
  [
    "an unknown key deep in a group",
    { "app.replicas.mni": 1 },
    told(
      "app.replicas.mni",
      "there is no such key; did you mean app.replicas.min?",
      `${set("app.replicas.min", "1")} && ${rm("app.replicas.mni")}`,
    ),
  ],
  [
    "an unknown group",
    { colour: "red" },
    told(
      "colour",
      "there is no such key; known are platform, production, protect, app, cache, assets, ingress, networkPolicy, timeouts, confirm, waivers, network, cluster, files, redis, usage, review.",
      rm("colour"),
    ),
  ],
];

const secrets: [name: string, base: Groups, changes: Groups][] = [
  ["a URL of another scheme", existing, { redis: { url: "http://:hush@redis.test" } }],
  ["a URL that is a map", existing, { redis: { url: { password: "hush" } } }],
  ["a session URL that is none", existing, { redis: { url: "redis://a", sessionUrl: "hush" } }],
  ["a URL in the place of its group", existing, { redis: "redis://:hush@redis.test" }],
  ["a secret variable that is no string", aws, { "app.secretEnv": { KEY: ["hush"] } }],
  ["a secret variable without a name", aws, { "app.secretEnv": { "1": "hush" } }],
  ["a secret in the place of the variables", aws, { "app.secretEnv": "hush" }],
  [
    "a secret variable that is plain too",
    aws,
    { "app.secretEnv": { KEY: "hush" }, "app.env": { KEY: "hush" } },
  ],
  ["a secret variable that the stack sets", aws, { "app.secretEnv": { REDIS_URL: "hush" } }],
  ["two Redis", existing, { "redis.url": "redis://:hush@redis.test" }],
];

describe("errors of the config", () => {
  refuses(aws, shapes);

  it("name a platform that there is none of, before all else", async () => {
    assert.equal(
      await failureOf(load(changed(aws, { platform: "azure", "app.port": 80 }))),
      `The config of stack 'test' has 1 problem:\n${told(
        "platform",
        "'azure' is refused: expected 'aws' or 'existing'.",
        either(set("platform", "aws"), set("platform", "existing")),
      )}`,
    );
  });

  it("name what a stack without config lacks", async () => {
    assert.equal(
      await failureOf(load({})),
      `The config of stack 'test' has 1 problem:\n${told("platform", "is missing.", either(set("platform", "aws"), set("platform", "existing")))}`,
    );
  });

  it("refuse what only aws has on a cluster that exists", async () => {
    assert.equal(
      await failureOf(load(changed(existing, { network: { cidr: "10.20.0.0/16" } }))),
      `The config of stack 'test' has 1 problem:\n${told(
        "network",
        "has no effect on platform existing: no AWS resource is created there.",
        either(rm("network"), set("platform", "aws")),
      )}`,
    );
  });

  it("come all at once: unknown keys, values and rules", async () => {
    const message = await failureOf(
      load(
        changed(aws, {
          colour: "red",
          "app.port": 80,
          "network.cidr": "10.0.0.0/8",
          "redis.automaticFailover": true,
          "ingress.replicas": 0,
          "timeouts.app": 1,
        }),
        { region: undefined },
      ),
    );
    const [first, ...rest] = message.split("\n");
    assert.equal(first, "The config of stack 'test' has 7 problems:");
    assert.deepEqual(
      rest.filter((_, index) => index % 2 === 0).map((line) => line.trim().split(": ")[0]),
      [
        "next-on-eks:colour",
        "next-on-eks:app.port",
        "next-on-eks:ingress.replicas",
        "next-on-eks:timeouts.app",
        "aws:region",
        "next-on-eks:network.cidr",
        "next-on-eks:redis.automaticFailover",
      ],
    );
  });

  it("are as the README shows them, its second round included", async () => {
    const readme = readFileSync(join(ROOT, "README.md"), "utf8");
    const replicas = { min: 5, max: 2 };
    const wrong = {
      "app.replicas": { ...replicas, mni: 1 },
      cluster: { publicAccessCidrs: ["54.1.2.3"] },
    };
    const message = await failureOf(load(changed(aws, wrong), { stack: "dev" }));
    assert.ok(readme.includes(`\n${message}\n`), message);
    const [, second = ""] = /here it would be `(.*)`/.exec(readme) ?? [];
    const next = await failureOf(
      load(changed(aws, { "app.replicas": replicas }), { stack: "dev" }),
    );
    assert.ok(next.includes(`next-on-eks:app.replicas: ${second}.`), next);
  });

  for (const [name, base, changes] of secrets) {
    it(`keep secrets to themselves: ${name}`, async () => {
      const message = await failureOf(load(changed(base, changes)));
      assert.doesNotMatch(message, /hush/);
    });
  }

  it("offer a command that keeps a secret a secret", async () => {
    assert.match(
      await failureOf(load(changed(aws, { "app.secretEnv": { KEY: 1 } }))),
      /pulumi config set --stack test --path 'next-on-eks:app.secretEnv.KEY' --secret VALUE$/,
    );
  });
});
