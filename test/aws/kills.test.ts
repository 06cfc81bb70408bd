import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { command } from "../helpers/processes";
import { account } from "./account";
import { AwsStack, type Run, type StateResource } from "./awsStack";
import { shortOf } from "./engineLog";
import { report } from "./report";
import { settings } from "./settings";
import { before as stateBefore, checkNothingLeft, type Before } from "./tidiness";

const TABLE = "The CLI killed in the middle";
const onPretence = settings.events === undefined ? it.skip : it;

/** A moment of a verb: all of this is under way. */
interface Moment {
  readonly what: string;
  /** As the CLI prints it. */
  readonly printed: readonly string[];
  /** Types for which the account takes its time, so that the CLI dies in the middle. */
  readonly slow?: readonly string[];
  readonly slice?: true;
}

/** Each needs the one before it, so that the next up, which goes on from there, comes to the next one. */
const UP: readonly Moment[] = [
  { what: "VPC", printed: ["Vpc network-vpc creating"], slow: ["aws:ec2/vpc:Vpc"] },
  {
    what: "subnet",
    printed: ["Subnet network-private-0 creating"],
    slow: ["aws:ec2/subnet:Subnet"],
  },
  {
    what: "Redis, NAT gateway and mount target at once",
    printed: [
      "ReplicationGroup pages-group creating",
      "NatGateway network-nat-0 creating",
      "MountTarget files-1 creating",
    ],
    slow: [
      "aws:elasticache/replicationGroup:ReplicationGroup",
      "aws:ec2/natGateway:NatGateway",
      "aws:efs/mountTarget:MountTarget",
    ],
    slice: true,
  },
  {
    what: "EKS",
    printed: ["Cluster cluster-eks-eksCluster creating"],
    slow: ["aws:eks/cluster:Cluster"],
  },
  {
    what: "EFS driver",
    printed: ["Addon addons-efs-driver creating"],
    slow: ["aws:eks/addon:Addon"],
  },
  {
    what: "chart and claim at once",
    printed: ["Release ingress creating", "PersistentVolumeClaim files-cache creating"],
    slice: true,
  },
  { what: "application", printed: ["Deployment web creating"] },
  { what: "static files", printed: ["Deployment static-assets creating"] },
];
const DESTROY: readonly Moment[] = [
  { what: "chart, in a destroy", printed: ["Release ingress deleting"] },
  {
    what: "EKS, in a destroy",
    printed: ["Cluster cluster-eks-eksCluster deleting"],
    slow: ["aws:eks/cluster:Cluster"],
  },
];
/** ms, for what is slow. */
const LATENCY = 6000;

describe("the CLI killed in the middle of an up", function () {
  this.bail(true);
  let stack: AwsStack;
  let was: Before;

  before(async () => {
    if (settings.events === undefined) return;
    was = await stateBefore();
    stack = await AwsStack.create("dev");
  });
  after(() => stack?.cleanUp());

  for (const moment of UP) {
    if (!settings.full && moment.slice !== true) continue;
    onPretence(`in the making: ${moment.what}`, async () => {
      const mark = account.mark();
      const died = await killed("up", moment);
      await stack.cancel();
      const ways = await wayOut(mark);
      report(TABLE, {
        killed: moment.what,
        after: `${Math.round(died.seconds)} s`,
        "the way out": ways,
      });
    });
  }

  onPretence("an up gets through, and one after it has nothing to do", async () => {
    const { code, text } = await stack.up();
    assert.equal(code, 0, text);
    const again = await stack.up("--expect-no-changes");
    assert.equal(again.code, 0, again.text);
    assert.deepEqual((await stack.state()).pending, []);
  });

  for (const moment of settings.full ? DESTROY : []) {
    onPretence(`in the taking down: ${moment.what}`, async () => {
      const died = await killed("destroy", moment);
      await stack.cancel();
      report(TABLE, {
        killed: moment.what,
        after: `${Math.round(died.seconds)} s`,
        "the way out": "pulumi cancel, pulumi destroy",
      });
    });
  }

  onPretence("and a destroy leaves nothing", async () => {
    const { code, text } = await stack.destroy();
    assert.equal(code, 0, text);
    await checkNothingLeft(stack, was);
  });

  /** SIGKILL for the CLI alone: its plugins end what they have begun, as those of AWS do. */
  async function killed(verb: string, { printed, slow = [] }: Moment): Promise<Run> {
    stack.env.STANDIN_LATENCY_MS = slow.map((type) => `${type}=${LATENCY}`).join(",") || undefined;
    let child: ChildProcess | undefined;
    let text = "";
    const there = () => printed.every((line) => text.includes(line));
    const run = stack.verb(verb, ["--yes", "--skip-preview"], {
      started: (it) => (child = it),
      printed: (more) => {
        if (there()) return;
        text += more;
        if (there())
          void sleep(slow.length === 0 ? 200 : LATENCY / 6).then(() => child?.kill("SIGKILL"));
      },
    });
    const done = await run;
    stack.env.STANDIN_LATENCY_MS = undefined;
    assert.notEqual(done.code, 0, `ended before it was killed:\n${done.text}`);
    assert.ok(there(), `never came to: ${printed.join(", ")}\n${done.text}`);
    if (slow.length > 0) await sleep(LATENCY);
    return done;
  }

  /** What was being made is in the account and not in the state: docs/operations.md, "A stuck update". */
  async function wayOut(mark: number): Promise<string> {
    const { pending } = await stack.state();
    const cleared = await stack.refresh("--clear-pending-creates");
    assert.equal(cleared.code, 0, cleared.text);
    assert.deepEqual((await stack.state()).pending, []);
    const ways = ["pulumi cancel", "pulumi refresh --clear-pending-creates"];
    for (const it of pending) {
      if (it.type.startsWith("kubernetes:") && !it.type.endsWith(":Release")) {
        if (await removeObject(it)) ways.push(`kubectl delete of ${shortOf(it.urn)}`);
        continue;
      }
      const id = await idOf(it, mark);
      if (id === undefined) continue;
      const { code, text } = await stack.import(it, id);
      assert.equal(code, 0, text);
      ways.push(`pulumi import of ${shortOf(it.urn)}`);
    }
    return ways.join(", ");
  }

  /** The id of what a plugin made after the CLI was gone. */
  async function idOf(resource: StateResource, mark: number): Promise<string | undefined> {
    const { urn, type } = resource;
    if (type.startsWith("kubernetes:")) return releaseOf(resource);
    if (!type.startsWith("aws:")) return undefined;
    const made = () =>
      account.events(mark).find((it) => it.op === "create" && it.urn === urn && it.ok);
    // The engine notes an operation before it calls the plugin: what it never called for is not in the account, and the
    // end of this suite, where nothing may be left, would tell otherwise.
    const bound = Date.now() + 2 * LATENCY;
    while (made() === undefined && Date.now() < bound) await sleep(200);
    return made()?.id;
  }
});

const kubectl = (...args: string[]) =>
  command("kubectl", [...args, "--kubeconfig", process.env.STANDIN_KUBECONFIG ?? ""]);

/** `NAMESPACE/NAME` of a chart's release, if it was made: Helm keeps it in a Secret of this name. */
async function releaseOf({ inputs = {} }: StateResource): Promise<string | undefined> {
  const { namespace, name } = inputs as Record<string, string>;
  const secret = `sh.helm.release.v1.${name}.v1`;
  const { code } = await kubectl("get", "secret", secret, "-n", String(namespace));
  return code === 0 ? `${namespace}/${name}` : undefined;
}

/** What an `up` makes anew without a loss. A volume that was bound to a claim that is gone is let go. */
async function removeObject({ type, inputs = {} }: StateResource): Promise<boolean> {
  const { namespace, name } = inputs.metadata as Record<string, string | undefined>;
  if (name === undefined) return false;
  const kind = type.split(":").pop() ?? "";
  const where = namespace === undefined ? [] : ["-n", namespace];
  const volume = await kubectl("get", kind, name, ...where, "-o", "jsonpath={.spec.volumeName}");
  if (volume.code !== 0) return false;
  const { code, text } = await kubectl("delete", kind, name, ...where);
  assert.equal(code, 0, text);
  if (volume.stdout !== "") {
    const unbound = JSON.stringify([{ op: "remove", path: "/spec/claimRef" }]);
    await kubectl("patch", "pv", volume.stdout, "--type", "json", "-p", unbound);
  }
  return true;
}
