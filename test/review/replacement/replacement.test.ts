import * as assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isComponent } from "../../../plan/typeNames";
import { effectOf, replacements } from "../../../review/replacement";
import { differencesOf } from "../../../review/values";
import { ROOT, STACKS } from "../../helpers/configs";
import { previewStack } from "../../helpers/programs";

const effects = (type: string, old: object, now: object) =>
  differencesOf(old, now).map((change) => `${change.path}: ${effectOf(type, change)}`);

const GROUP = "aws:elasticache/replicationGroup:ReplicationGroup";
const CLAIM = "kubernetes:core/v1:PersistentVolumeClaim";
const VOLUME = "kubernetes:core/v1:PersistentVolume";

/** Stacks that between them make every type. */
const MORE: readonly [stack: string, changes: Record<string, unknown>][] = [
  ["local", { "next-on-eks:files": { storageClass: "shared" } }],
  ["local", { "next-on-eks:files": { nfs: { server: "10.0.0.5", path: "/mnt" } } }],
  ["dev", { "next-on-eks:ingress": { zone: "example.com" } }],
];

describe("review: replaced or updated in place", () => {
  it("knows every type of our plans", async () => {
    const plans = [...STACKS.map((stack) => [stack, {}] as const), ...MORE];
    const types = new Set<string>();
    for (const [stack, changes] of plans) {
      const { resources } = await previewStack(stack, changes);
      for (const { type } of resources) if (!isComponent(type)) types.add(type);
    }
    types.delete("pulumi:pulumi:Stack");
    assert.ok(types.size > 40, `${types.size} types`);
    const missing = [...types].filter((type) => !(type in replacements));
    assert.deepEqual(missing, [], "say in review/replacement/ what replaces them, with a source");
  });

  it("names properties that the SDK has", () => {
    for (const [type, { by, perhaps = {} }] of Object.entries(replacements)) {
      const [, file] = /^aws:(.*):/.exec(type) ?? [];
      if (file === undefined) continue;
      const text = readFileSync(join(ROOT, "node_modules/@pulumi/aws", `${file}.d.ts`), "utf8");
      const args = text.slice(text.search(/export interface \w+Args \{/));
      for (const property of [...by, ...Object.keys(perhaps)]) {
        assert.match(args, new RegExp(`^ {4}${property}\\??:`, "m"), `${type} ${property}`);
      }
    }
  });

  it("has a source for each type", () => {
    for (const [type, { source }] of Object.entries(replacements)) {
      assert.match(source, /^(terraform-provider-\w+|pulumi[\w-]*): \S+\.go/, type);
    }
  });

  it("says of a type that it does not know that it is perhaps replaced", () => {
    for (const type of ["aws:sqs/queue:Queue", "toString"]) {
      assert.deepEqual(effects(type, { a: 1 }, { a: 2 }), ["a: perhaps replaced"]);
    }
  });

  it("goes by the property, at it and below it", () => {
    const template = { spec: { selector: { matchLabels: { app: "web" } }, replicas: 2 } };
    const other = { spec: { selector: { matchLabels: { app: "shop" } }, replicas: 3 } };
    assert.deepEqual(effects("kubernetes:apps/v1:Deployment", template, other), [
      "spec.replicas: updated",
      "spec.selector.matchLabels.app: replaced",
    ]);
    assert.deepEqual(effects("aws:ec2/vpc:Vpc", { cidrBlock: "a" }, { cidrBlock: "b" }), [
      "cidrBlock: replaced",
    ]);
    // Not every name that begins alike is below it.
    const [old, now] = [{ descriptions: 1 }, { descriptions: 2 }];
    assert.deepEqual(effects("aws:ec2/securityGroup:SecurityGroup", old, now), [
      "descriptions: updated",
    ]);
  });

  it("sees what replaces in a larger part that appears", () => {
    assert.deepEqual(effects("kubernetes:apps/v1:Deployment", {}, { spec: { selector: {} } }), [
      "spec: replaced",
    ]);
    assert.deepEqual(
      effects("kubernetes:autoscaling/v2:HorizontalPodAutoscaler", {}, { spec: {} }),
      ["spec: updated"],
    );
  });

  it("lets the longest entry count", () => {
    const spec = (storage: string, volumeName: string) => ({
      spec: { resources: { requests: { storage } }, volumeName },
    });
    assert.deepEqual(effects(CLAIM, spec("1Gi", "a"), spec("2Gi", "b")), [
      "spec.resources.requests.storage: updated",
      "spec.volumeName: replaced",
    ]);
    const volume = (storage: string, handle: string, mode: string) => ({
      spec: { capacity: { storage }, csi: { volumeHandle: handle }, volumeMode: mode },
    });
    assert.deepEqual(effects(VOLUME, volume("1", "a", "x"), volume("2", "b", "y")), [
      "spec.capacity.storage: updated",
      "spec.csi.volumeHandle: replaced",
      "spec.volumeMode: perhaps replaced",
    ]);
    assert.deepEqual(
      effects(
        "tls:index/selfSignedCert:SelfSignedCert",
        { earlyRenewalHours: 1, dnsNames: ["a"] },
        { earlyRenewalHours: 2, dnsNames: ["b"] },
      ),
      ["dnsNames: replaced", "earlyRenewalHours: perhaps replaced"],
    );
  });

  it("replaces a Redis for an older engine, and not for a newer one", () => {
    const cases: [old: object, now: object, effect: string][] = [
      [{ engineVersion: "7.0" }, { engineVersion: "7.1" }, "engineVersion: updated"],
      [{ engineVersion: "7.1" }, { engineVersion: "7.0" }, "engineVersion: replaced"],
      [{ engineVersion: "7.9" }, { engineVersion: "7.10" }, "engineVersion: updated"],
      [{ engineVersion: "7.1" }, {}, "engineVersion: perhaps replaced"],
      [{ engine: "redis" }, { engine: "valkey" }, "engine: updated"],
      [{ engine: "valkey" }, { engine: "redis" }, "engine: replaced"],
      [{ nodeType: "a" }, { nodeType: "b" }, "nodeType: updated"],
      [
        { subnetGroupName: "a" },
        { subnetGroupName: "[computed]" },
        "subnetGroupName: perhaps replaced",
      ],
      [{ transitEncryptionEnabled: true }, {}, "transitEncryptionEnabled: perhaps replaced"],
    ];
    for (const [old, now, effect] of cases) assert.deepEqual(effects(GROUP, old, now), [effect]);
  });

  it("replaces a rule of a security group where its source is of another kind", () => {
    const type = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
    const group = { referencedSecurityGroupId: "sg-1" };
    assert.deepEqual(effects(type, { cidrIpv4: "a" }, { cidrIpv4: "b" }), ["cidrIpv4: updated"]);
    assert.deepEqual(effects(type, group, { cidrIpv4: "b" }), [
      "cidrIpv4: replaced",
      "referencedSecurityGroupId: replaced",
    ]);
  });
});
