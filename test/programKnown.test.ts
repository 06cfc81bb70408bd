import * as assert from "node:assert/strict";
import { Unknown } from "../engine/engine";
import { kindOf, withNew } from "./helpers/answers";
import { prodChanges, runStack } from "./helpers/programs";
import { pathsOf, type Recording } from "./helpers/recording";

/** What may be made anew while a stack runs: routes, permissions, rules, drivers, logs. None of it holds state. */
const AROUND_STATE = [
  "AccessEntry",
  "AccessPolicyAssociation",
  "Addon",
  "BackupPolicy",
  "Eip",
  "FileSystemPolicy",
  "InternetGateway",
  "LogGroup",
  "MountTarget",
  "NatGateway",
  "NetworkPolicy",
  "RolePolicyAttachment",
  "Route",
  "RouteTable",
  "RouteTableAssociation",
  "SecurityGroupIngressRule",
  "VpcEndpoint",
];

/** What holds state, or stops serving while it is replaced. */
const STATE = [
  "AccessPoint",
  "Cluster",
  "Deployment",
  "FileSystem",
  "Key",
  "MountTarget",
  "Namespace",
  "PersistentVolume",
  "PersistentVolumeClaim",
  "RandomId",
  "RandomPassword",
  "ReplicationGroup",
  "Secret",
  "Service",
  "StorageClass",
  "Subnet",
  "SubnetGroup",
  "Vpc",
];

/** A preview of production in which all of these kinds are new. */
const previewWithNew = (kinds: readonly string[]): Promise<Recording> =>
  runStack("prod", prodChanges(), {
    preview: true,
    answers: withNew((kind) => kinds.includes(kind)),
  });

/** `Kind name: path` of the inputs that a preview would call unknown, and so perhaps replaced. */
function unknownState(planned: Recording): string[] {
  return planned.resources
    .filter(({ type }) => STATE.includes(kindOf(type)))
    .flatMap(({ type, name, inputs }) =>
      pathsOf(inputs, (value) => value instanceof Unknown).map(
        (path) => `${kindOf(type)} ${name}: ${path}`,
      ),
    );
}

describe("a preview of a running stack (mocks do not show what the engine would replace)", () => {
  it("knows every input of what holds state, whatever around it is new", async () => {
    assert.deepEqual(unknownState(await previewWithNew(AROUND_STATE)), []);
  });

  for (const kind of AROUND_STATE) {
    it(`knows them where ${kind} alone is new`, async () => {
      assert.deepEqual(unknownState(await previewWithNew([kind])), []);
    });
  }

  it("does not know them where that is the truth: a mount target of a new subnet", async () => {
    assert.deepEqual(
      unknownState(await previewWithNew(["Subnet"])).filter((input) => /^Mount/.test(input)),
      [0, 1, 2].map((zone) => `MountTarget files-${zone}: subnetId`),
    );
  });

  it("has every kind that it looks for in the plan", async () => {
    const kinds = new Set((await previewWithNew([])).resources.map(({ type }) => kindOf(type)));
    assert.deepEqual(
      [...AROUND_STATE, ...STATE].filter((kind) => !kinds.has(kind)),
      [],
    );
  });
});
