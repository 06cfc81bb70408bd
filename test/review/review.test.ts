import * as assert from "node:assert/strict";
import type { Plan } from "../../plan/plan";
import { countsOf, headline, sentenceOf } from "../../review/headline";
import { isUnchanged, reviewOf } from "../../review/review";
import { plan, planned, recorded } from "./helpers";

const key = (name: string) => `next-on-eks:${name}`;

/** The headline of a change of config. */
async function told(stack: string, changes: Record<string, unknown>, first = {}): Promise<string> {
  return headline(
    reviewOf(await planned(stack, first), await planned(stack, { ...first, ...changes })),
  );
}

describe("review: what a change does", function () {
  this.timeout(60_000);

  it("says the worst consequence first, in plain words", async () => {
    const zone = "next-on-eks:network.cidr";
    assert.equal(
      await told("prod", { [zone]: "10.50.0.0/16" }),
      "prod: the network is REPLACED: the cluster, Redis and the file system are in it: all of them are made again (pulumi up refuses this as it is)",
    );
    assert.equal(
      await told("dev", { [key("redis.engine")]: "redis" }, { [key("redis.engine")]: "valkey" }),
      "dev: the Redis for sessions and pages is REPLACED: all visitors are logged out, and all pages are rendered again (pulumi up refuses this as it is)",
    );
    assert.equal(
      await told("dev", { [key("cluster.publicAccessCidrs")]: ["0.0.0.0/0"] }),
      "dev: cluster-eks is opened to the whole internet (publicAccessCidrs)",
    );
    assert.equal(
      await told("prod", { [key("redis.sessions")]: "shared" }),
      "prod: the sessions' Redis is DELETED: all visitors are logged out (pulumi up refuses this as it is)",
    );
    assert.equal(
      await told("dev", { [key("app.env")]: { FEATURE: "on" } }),
      "dev: pods of web are replaced, new ones ready before old ones stop",
    );
    assert.equal(
      await told("dev", { [key("app.replicas")]: { min: 3, max: 4 } }),
      "dev: web has 3 to 4 pods, and had 2 to 4",
    );
    assert.equal(
      await told("prod", { [key("network.natGateways")]: "one" }),
      "prod: network.natGateways: 'perZone' becomes 'one': pods in all zones except the first get other outgoing addresses, which must be allowed wherever the stack is let in by address, and their open connections break",
    );
    assert.equal(
      await told("prod", { [key("ingress.replicas")]: 5 }),
      "prod: updated Release ingress (values.controller.replicaCount: 3 -> 5)",
    );
  });

  it("says what pulumi up refuses, and what the config confirms", async () => {
    const sessions = { [key("redis.sessions")]: "shared" };
    const [before, after] = [await planned("prod"), await planned("prod", sessions)];
    const { refusal } = reviewOf(before, after);
    assert.match(refusal ?? "", /next-on-eks:redis\.sessions: /);
    assert.match(
      refusal ?? "",
      /pulumi config set --stack prod --path 'next-on-eks:confirm\[0\]' redis\.sessions/,
    );
    const confirmed = reviewOf(before, after, { confirmed: ["redis.sessions"] });
    assert.equal(confirmed.refusal, undefined);
    assert.ok(confirmed.warnings.some((warning) => warning.includes("redis.sessions")));
    assert.equal(reviewOf(before, before).refusal, undefined);
    assert.equal(reviewOf(undefined, after).refusal, undefined);
  });

  it("takes for no new warning what a rule has told of the key before, in other words", () => {
    const of = (...warnings: string[]): Plan => ({ ...plan(), warnings });
    const https = (host: string) =>
      `next-on-eks:ingress.tls: is not set: ${host} is served by plain HTTP. (rule https)`;
    const image = "next-on-eks:app.image: 'web:v1' is a tag. (rule image-digest)";
    const other = "Pulumi.dev.yaml: environment is from Pulumi ESC";
    const { warnings } = reviewOf(of(https("a.example.com")), of(https("b.example.com"), image));
    assert.deepEqual(warnings, [image]);
    assert.deepEqual(reviewOf(of(other), of(other, `${other}.`)).warnings, [`${other}.`]);
  });

  it("knows parts that hold something by what they are, whatever they are called", () => {
    const group = (name: string, policy: string) => {
      const parent = `urn:pulumi:test::next-on-eks::next-on-eks:aws:RedisCache::${name}`;
      const more = { parent, inputs: { parameters: [{ value: policy }] } };
      return [
        recorded("aws:elasticache/parameterGroup:ParameterGroup", `${name}-p`, more),
        recorded("aws:elasticache/replicationGroup:ReplicationGroup", `${name}-g`, { parent }),
      ];
    };
    const volumes = { parent: "urn:pulumi:test::next-on-eks::next-on-eks:kubernetes:X::v" };
    const claim = (name: string, role: string) =>
      recorded("kubernetes:core/v1:PersistentVolumeClaim", name, {
        ...volumes,
        inputs: { metadata: { labels: { "app.kubernetes.io/name": role } } },
      });
    const aws = { parent: "urn:pulumi:test::next-on-eks::next-on-eks:aws:EksCluster::k" };
    const space = "next-on-eks:kubernetes:AppNamespace";
    const before = plan(
      ...group("visitors", "noeviction"),
      ...group("content", "volatile-lru"),
      claim("one", "uploads"),
      claim("two", "cache"),
      recorded("kubernetes:core/v1:PersistentVolume", "three", volumes),
      recorded("aws:kms/key:Key", "four", aws),
      recorded("eks:index:Cluster", "five", aws),
      recorded("aws:kms/key:Key", "of-something-else"),
      recorded("kubernetes:core/v1:Namespace", "six", {
        parent: `urn:pulumi:test::next-on-eks::${space}::n`,
      }),
    );
    const told = reviewOf(before, plan()).rows.flatMap(({ section, says, changes }) =>
      section === "state" ? [`${changes[0]?.name}: ${says?.split(" is ")[0]}`] : [],
    );
    assert.deepEqual(told, [
      "one: the uploads' folder",
      "three: the uploads' folder",
      "five: the cluster",
      "four: the key of the cluster's secrets",
      "six: the application's namespace",
      "visitors-g: the sessions' Redis",
      "content-g: the Redis for pages",
      "two: the shared cache",
    ]);
  });

  it("says what a change of who reaches whom does", () => {
    const says = (before: Plan, after: Plan) =>
      reviewOf(before, after).rows.map((row) => sentenceOf(row));
    const policy = (name: string) =>
      recorded("kubernetes:networking.k8s.io/v1:NetworkPolicy", name);
    assert.deepEqual(says(plan(policy("a")), plan()), [
      "no network policy is left: pods reach everything, and everything reaches them",
    ]);
    const others = ["pods reach others, or are reached by others, than before"];
    assert.deepEqual(says(plan(policy("a"), policy("b")), plan(policy("a"))), others);
    // One more can only allow more.
    assert.deepEqual(says(plan(policy("a")), plan(policy("a"), policy("b"))), others);
    assert.deepEqual(says(plan(), plan(policy("a"))), [
      "connections of pods that no policy allows are refused from now on",
    ]);
    const site = (...hosts: string[]) =>
      plan(
        recorded("kubernetes:networking.k8s.io/v1:Ingress", "site", {
          inputs: { spec: { rules: hosts.map((host) => ({ host })) } },
        }),
      );
    assert.deepEqual(says(site("a.test"), site("b.test")), [
      "the site answers at b.test too; the site no longer answers at a.test",
    ]);
    const cluster = (inputs: Record<string, unknown>) =>
      plan(recorded("eks:index:Cluster", "c", { inputs }));
    assert.deepEqual(says(cluster({ version: "1.35" }), cluster({ version: "1.36" })), [
      "Kubernetes goes from 1.35 to 1.36, which cannot be undone; nodes are replaced one by one",
    ]);
    assert.deepEqual(
      says(cluster({ publicAccessCidrs: ["1.2.3.4/32"] }), cluster({ publicAccessCidrs: [] })),
      ["other addresses than before reach the cluster's API server"],
    );
  });

  it("says first who is let in past the ingress controller", async () => {
    const open = { [key("app.service.type")]: "LoadBalancer" };
    const past =
      "dev: web is reached at a load balancer of its own too, by plain HTTP and past the ingress controller";
    assert.equal(await told("dev", open), past);
    assert.equal(
      await told("dev", { [key("app.service.type")]: "NodePort" }),
      "dev: web is reached at a port of every node too, by plain HTTP and past the ingress controller",
    );
    const { rows } = reviewOf(await planned("dev", open), await planned("dev"));
    assert.ok(
      rows.some(
        (row) => sentenceOf(row) === "web is no longer reached past the ingress controller",
      ),
    );
    // What a rule of changes only warns of comes after it.
    assert.equal(await told("dev", { ...open, [key("app.host")]: "other.example.com" }), past);
    const unprotected = { [key("protect")]: false, [key("network.natGateways")]: "one" };
    assert.match(await told("prod", unprotected), /^prod: Pulumi no longer refuses to delete /);
    const outside = (path: string) => {
      const group = (range: string) =>
        recorded("aws:ec2/securityGroup:SecurityGroup", "g", {
          inputs: { [path]: [{ cidrBlocks: [range] }] },
        });
      const review = reviewOf(plan(group("10.0.0.0/8")), plan(group("0.0.0.0/0")));
      return review.rows.map((row) => sentenceOf(row)).join();
    };
    assert.match(outside("ingress"), /^g is opened to the whole internet/);
    assert.equal(outside("egress"), "", "who goes out lets nobody in");
  });

  it("counts a single pod as one", async () => {
    assert.equal(
      await told("dev", { [key("app.replicas")]: { min: 1, max: 1 } }),
      "dev: web has 1 pod, and had 2 to 4",
    );
  });

  it("says what another address of Redis may mean: whether it is another Redis is not known", () => {
    const encrypted = [{ key: "next-on-eks:redis.url", change: "changed" as const }];
    assert.equal(
      headline(reviewOf(plan(), plan(), { encrypted })),
      "test: redis.url: if that is another Redis, it has nothing of what is in the old one: sessions, pages",
    );
  });

  it("says when a small Redis in the cluster is restarted", async () => {
    const deployment = (image: string) =>
      plan(
        recorded("kubernetes:apps/v1:Deployment", "pages-redis", {
          parent: "urn:pulumi:test::next-on-eks::next-on-eks:kubernetes:InClusterRedis::pages",
          inputs: { spec: { template: { spec: { image } } } },
        }),
      );
    assert.equal(
      headline(reviewOf(deployment("redis:7"), deployment("redis:8"))),
      "test: the Redis for sessions and pages is restarted and empty after that: all visitors are logged out, and all pages are rendered again",
    );
    // Its configuration is in a Secret that may get another name.
    assert.equal(
      headline(reviewOf(deployment("redis:7"), deployment("[computed]"))),
      "test: the Redis for sessions and pages is perhaps restarted and empty after that: all visitors are logged out, and all pages are rendered again",
    );
  });

  it("knows a stack without changes, and a new one", async () => {
    const dev = await planned("dev");
    const same = reviewOf(dev, await planned("dev"));
    assert.ok(isUnchanged(same));
    assert.equal(headline(same), "dev: no change");
    const fresh = reviewOf(undefined, dev);
    assert.ok(!isUnchanged(fresh));
    assert.match(headline(fresh), /^dev: new stack, \d+ created$/);
    assert.deepEqual(reviewOf(undefined, { ...dev, warnings: ["a"] }).warnings, ["a"]);
  });

  it("orders by danger, and counts by what becomes of resources", async () => {
    const review = reviewOf(
      await planned("prod"),
      await planned("prod", {
        [key("app.replicas")]: { min: 4, max: 20 },
        [key("app.env")]: { FEATURE: "on" },
        [key("redis.sessions")]: "shared",
        [key("protect")]: false,
        [key("cluster.publicAccessCidrs")]: ["198.51.100.0/24"],
      }),
    );
    const sections = review.rows.map(({ section }) => section);
    const seen = sections.filter((section, index) => section !== sections[index - 1]);
    assert.deepEqual(seen, ["state", "protection", "reach", "capacity", "release", "rest"]);
    assert.match(countsOf(review), /^\d deleted, .*\d+ updated/);
  });

  it("folds the same change in many objects, and keeps what is lost apart", () => {
    const objects = (label: string, more = "same") =>
      plan(
        ...["a", "b", "c"].map((name) =>
          recorded("kubernetes:core/v1:Service", name, {
            inputs: {
              metadata: { labels: { release: label } },
              spec: { type: name === "a" ? more : 1 },
            },
          }),
        ),
      );
    const { rows } = reviewOf(objects("1"), objects("2", "other"));
    assert.deepEqual(
      rows.map(({ changes, properties }) => [
        changes.map(({ name }) => name).join(" "),
        properties.map(({ path }) => path).join(" "),
      ]),
      [
        ["a b c", "metadata.labels.release"],
        ["a", "spec.type"],
      ],
    );
    const gone = reviewOf(objects("1"), plan()).rows;
    assert.deepEqual(
      gone.map(({ changes }) => changes.length),
      [1, 1, 1],
    );
  });
});
