import * as assert from "node:assert/strict";
import { Secret } from "../../engine/engine";
import type { Plan } from "../../plan/plan";
import { differenceOf } from "../../review/difference";
import { reviewOf } from "../../review/review";
import { unknown } from "../preview/helpers";
import { lines, plan, planned, recorded } from "./helpers";

const VPC = "aws:ec2/vpc:Vpc";
const SUBNET = "aws:ec2/subnet:Subnet";
const urn = (type: string, name: string) => recorded(type, name).urn;
const vpc = (cidrBlock: string, more = {}) =>
  recorded(VPC, "network", { inputs: { cidrBlock }, ...more });
const subnet = recorded(SUBNET, "private-0", {
  inputs: { vpcId: unknown, cidrBlock: "10.0.0.0/24" },
  sources: { vpcId: [urn(VPC, "network")] },
});

describe("review: what differs between two plans", () => {
  it("is nothing between a plan and itself", async () => {
    for (const stack of ["dev", "local"]) {
      const [one, other] = [await planned(stack), await planned(stack)];
      assert.deepEqual(lines(one, other), []);
      assert.ok(differenceOf(one, other).unchanged > 20);
    }
  });

  it("says what becomes of a resource", () => {
    const before = plan(vpc("10.0.0.0/16"), recorded(SUBNET, "gone"));
    const after = plan(vpc("10.1.0.0/16"), recorded(SUBNET, "new", { inputs: { a: 1 } }));
    assert.deepEqual(lines(before, after), [
      "deleted Subnet gone",
      "replaced Vpc network: cidrBlock",
      "created Subnet new",
    ]);
    const tagged = plan(
      vpc("10.0.0.0/16", { inputs: { cidrBlock: "10.0.0.0/16", tags: { a: "b" } } }),
    );
    assert.deepEqual(lines(plan(vpc("10.0.0.0/16")), tagged), ["updated Vpc network: tags"]);
  });

  it("sees that protection goes, and secrets that change", () => {
    const [on, off] = [plan(vpc("a", { protect: true })), plan(vpc("a"))];
    const { changes } = differenceOf(on, off);
    assert.deepEqual(
      changes.map(({ fate, protection }) => [fate, protection]),
      [["updated", "removed"]],
    );
    const secret = (value: string) =>
      plan(
        recorded("kubernetes:core/v1:Secret", "web", { inputs: { stringData: new Secret(value) } }),
      );
    assert.deepEqual(lines(secret("a"), secret("b")), ["replaced Secret web: stringData?"]);
    assert.deepEqual(lines(secret("a"), secret("a")), []);
  });

  it("says of what comes from a replaced resource that it may change, through all that follows", () => {
    const target = recorded("aws:efs/mountTarget:MountTarget", "files-0", {
      inputs: { subnetId: unknown },
      sources: { subnetId: [subnet.urn] },
    });
    const [before, after] = [vpc("10.0.0.0/16"), vpc("10.1.0.0/16")].map((it) =>
      plan(it, subnet, target),
    );
    assert.deepEqual(lines(before as Plan, after as Plan), [
      "replaced Vpc network: cidrBlock",
      "perhaps replaced Subnet private-0: vpcId?",
      "perhaps replaced MountTarget files-0: subnetId?",
    ]);
    // What is updated in place keeps its id.
    const tagged = plan(
      vpc("10.0.0.0/16", { inputs: { cidrBlock: "10.0.0.0/16", tags: {} } }),
      subnet,
    );
    assert.deepEqual(lines(plan(vpc("10.0.0.0/16"), subnet), tagged), [
      "updated Vpc network: tags",
    ]);
  });

  it("sees that a computed value comes from another resource than before", () => {
    const other = vpc("b", { name: "other", urn: urn(VPC, "other") });
    const moved = { ...subnet, sources: { vpcId: [other.urn] } };
    assert.deepEqual(lines(plan(vpc("a"), other, subnet), plan(vpc("a"), other, moved)), [
      "perhaps replaced Subnet private-0: vpcId?",
    ]);
  });

  it("sees that a secret comes from another resource than before, and who uses it by its name", () => {
    const of = (...sources: string[]) => {
      const secret = recorded("kubernetes:core/v1:Secret", "web-redis", {
        inputs: { stringData: new Secret({ url: unknown }) },
        sources: { stringData: sources },
      });
      const pods = recorded("kubernetes:apps/v1:Deployment", "web", {
        inputs: {
          spec: {
            env: [
              { name: "URL", secret: "web-redis-…" },
              { name: "A", value: "b" },
            ],
          },
        },
        sources: { spec: [secret.urn] },
      });
      return plan(secret, pods);
    };
    assert.deepEqual(lines(of("urn:a", "urn:b"), of("urn:a")), [
      "perhaps replaced Secret web-redis: stringData?",
      "may change Deployment web: spec.env[URL].secret?",
    ]);
    assert.deepEqual(lines(of("urn:a"), of("urn:a")), []);
  });

  it("leaves out what is on the list of noise, counts it, and never a replacement", () => {
    const facts = (value: string) =>
      recorded("pulumi:index:Stash", "facts", { inputs: { input: { a: value } } });
    const { changes, noise } = differenceOf(plan(facts("1")), plan(facts("2")));
    assert.deepEqual(changes, []);
    assert.deepEqual(noise, [{ reason: "records that the stack keeps about itself", count: 1 }]);
    assert.deepEqual(lines(plan(facts("1")), plan()), ["deleted Stash facts"]);
  });

  it("recognises a rename by the inputs, and does not take another resource for one", () => {
    const group = (name: string, description: string) =>
      plan(
        recorded("aws:ec2/securityGroup:SecurityGroup", name, {
          inputs: { description, tags: { Name: `${name}-sg` } },
        }),
      );
    const { renames } = differenceOf(group("files", "NFS"), group("shared", "NFS"));
    assert.deepEqual(
      renames.map(({ names }) => names),
      [["files", "shared"]],
    );
    assert.deepEqual(differenceOf(group("files", "NFS"), group("shared", "Redis")).renames, []);
    const secret = (name: string, value: string) =>
      plan(
        recorded("kubernetes:core/v1:Secret", name, { inputs: { stringData: new Secret(value) } }),
      );
    assert.equal(differenceOf(secret("a", "x"), secret("b", "x")).renames.length, 1);
    assert.equal(differenceOf(secret("a", "x"), secret("b", "y")).renames.length, 0);
  });

  it("says which option keeps what is renamed: that of the component, where it counts for all in it", () => {
    const project = "urn:pulumi:test::next-on-eks::";
    const component = "next-on-eks:kubernetes:SharedVolumes";
    const volumes = (name: string, child = name, parent = component) =>
      plan(
        recorded(parent, name),
        ...["uploads", "cache"].map((role) =>
          recorded("kubernetes:core/v1:PersistentVolumeClaim", `${child}-${role}`, {
            urn: `${project}${parent}$kubernetes:core/v1:PersistentVolumeClaim::${child}-${role}`,
            parent: `${project}${parent}::${name}`,
            inputs: { spec: { volumeName: role } },
          }),
        ),
      );
    const keeps = (before: Plan, after: Plan) =>
      differenceOf(before, after).renames.map(({ keep: { on, option } }) => `${on}: ${option}`);
    const whole = 'SharedVolumes disks: aliases: [{ name: "files" }]';
    assert.deepEqual(keeps(volumes("files"), volumes("disks")), [whole, whole]);
    // The component is the same: each child needs its own.
    assert.deepEqual(keeps(volumes("files", "a"), volumes("files", "b")), [
      'PersistentVolumeClaim b-uploads: aliases: [{ name: "a-uploads" }]',
      'PersistentVolumeClaim b-cache: aliases: [{ name: "a-cache" }]',
    ]);
    // Another parent: an alias by the whole URN.
    const moved = keeps(
      volumes("files"),
      volumes("files", "files", "next-on-eks:kubernetes:Other"),
    );
    assert.equal(
      moved[0],
      `PersistentVolumeClaim files-uploads: aliases: ["${project}${component}$kubernetes:core/v1:PersistentVolumeClaim::files-uploads"]`,
    );
  });

  it("takes what has an alias for the same, with the name that it has", () => {
    const claim = (name: string, aliases: string[] = []) =>
      recorded("kubernetes:core/v1:PersistentVolumeClaim", name, { inputs: { a: 1 }, aliases });
    const pods = (name: string, urn: string) =>
      recorded("kubernetes:apps/v1:Deployment", "web", {
        inputs: { spec: { claimName: `${name}-…` } },
        sources: { spec: [urn] },
      });
    const old = claim("files-uploads");
    const now = claim("disks-uploads", [old.urn]);
    const before = plan(old, pods(old.name, old.urn));
    assert.deepEqual(lines(before, plan(now, pods(now.name, now.urn))), []);
    // Without it, both.
    const bare = claim("disks-uploads");
    assert.deepEqual(lines(before, plan(bare, pods(bare.name, bare.urn))), [
      "deleted PersistentVolumeClaim files-uploads",
      "created PersistentVolumeClaim disks-uploads",
      "updated Deployment web: spec.claimName",
    ]);
    // What is still there is not taken over.
    assert.deepEqual(lines(plan(old), plan(old, now)), [
      "created PersistentVolumeClaim disks-uploads",
    ]);
  });

  it("takes time in proportion to what changes", function () {
    this.timeout(60_000);
    const types = ["Deployment", "Service", "ConfigMap"].map(
      (kind) => `kubernetes:core/v1:${kind}`,
    );
    const many = (count: number, of: string, value: number) =>
      plan(
        ...Array.from({ length: count }, (_, index) =>
          recorded(types[index % types.length] ?? "", `${of}-${index}`, {
            inputs: { metadata: { labels: { name: `${of}-${index}` } }, spec: { value } },
          }),
        ),
      );
    const time = (count: number) => {
      const pairs = [
        [many(count, "a", 1), many(count, "b", 1)],
        [many(count, "a", 1), many(count, "a", 2)],
      ] as const;
      const start = process.cpuUsage();
      for (const [before, after] of pairs) reviewOf(before, after);
      return process.cpuUsage(start).user;
    };
    time(400);
    const best = (count: number) => Math.min(...Array.from({ length: 3 }, () => time(count)));
    // Four times as many: by squares it would be sixteen times as long, each time. A busy machine disturbs some.
    let ratio = Infinity;
    for (let attempt = 0; attempt < 5 && ratio >= 9; attempt++) ratio = best(1600) / best(400);
    assert.ok(ratio < 9, `${ratio.toFixed(1)} times as long`);
  });

  it("goes by what the program says about changes of a resource", () => {
    const claim = (storage: string, more = {}) =>
      plan(
        recorded("kubernetes:core/v1:PersistentVolumeClaim", "cache", {
          inputs: { spec: { resources: { requests: { storage } } } },
          ...more,
        }),
      );
    const ignore = { ignoreChanges: ["spec.resources"] };
    const replace = { replaceOnChanges: ["spec.resources"] };
    const path = "spec.resources.requests.storage";
    assert.deepEqual(lines(claim("1Gi"), claim("2Gi", ignore)), []);
    assert.deepEqual(lines(claim("1Gi"), claim("2Gi", replace)), [
      `replaced PersistentVolumeClaim cache: ${path}`,
    ]);
    assert.deepEqual(lines(claim("1Gi"), claim("2Gi")), [
      `updated PersistentVolumeClaim cache: ${path}`,
    ]);
  });

  it("leaves components and what is read alone", () => {
    const component = recorded("next-on-eks:aws:Network", "network");
    const read = recorded("kubernetes:core/v1:Namespace", "context", { read: true });
    assert.deepEqual(lines(plan(), plan(component, read)), []);
    assert.deepEqual(lines(plan(read), plan({ ...read, read: false })), [
      "created Namespace context",
    ]);
  });

  it("shows what changes of config do to whole stacks", async () => {
    const replicas = { "next-on-eks:app.replicas": { min: 3, max: 4 } };
    assert.deepEqual(lines(await planned("dev"), await planned("dev", replicas)), [
      "updated HorizontalPodAutoscaler web: spec.minReplicas",
    ]);
    const engine = { "next-on-eks:redis.nodeType": "cache.m7g.large" };
    assert.deepEqual(lines(await planned("dev"), await planned("dev", engine)), [
      "updated ReplicationGroup pages-group: nodeType",
    ]);
    const env = { "next-on-eks:app.env": { FEATURE: "on" } };
    assert.deepEqual(lines(await planned("local"), await planned("local", env)), [
      "updated Deployment web: spec.template.spec.containers[next].env[FEATURE]",
    ]);
  });
});
