import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { until } from "../helpers/processes";
import { account } from "./account";
import { AwsStack, type Run, type StateResource } from "./awsStack";
import { shortOf } from "./engineLog";
import { report } from "./report";
import { settings } from "./settings";
import { before as stateBefore, checkNothingLeft, type Before } from "./tidiness";

const TABLE = "The CLI killed in the middle";
const onPretence = settings.events === undefined ? it.skip : it;

/** A moment of an up: this resource is being made. */
interface Moment {
  readonly what: string;
  /** As the CLI prints it. */
  readonly printed: string;
  /** How long the account takes for it, so that the CLI dies in the middle. */
  readonly latency?: string;
  readonly slice?: true;
}

/** In the order of a first up: each goes on from where the last one was killed. */
const MOMENTS: readonly Moment[] = [
  { what: "VPC", printed: "Vpc network-vpc creating", latency: "aws:ec2/vpc:Vpc" },
  {
    what: "NAT gateway",
    printed: "NatGateway network-nat-0 creating",
    latency: "aws:ec2/natGateway:NatGateway",
  },
  {
    what: "mount target",
    printed: "MountTarget files-1 creating",
    latency: "aws:efs/mountTarget:MountTarget",
  },
  {
    what: "Redis",
    printed: "ReplicationGroup pages-group creating",
    latency: "aws:elasticache/replicationGroup:ReplicationGroup",
    slice: true,
  },
  {
    what: "EKS",
    printed: "Cluster cluster-eks-eksCluster creating",
    latency: "aws:eks/cluster:Cluster",
    slice: true,
  },
  {
    what: "EFS driver",
    printed: "Addon addons-efs-driver creating",
    latency: "aws:eks/addon:Addon",
  },
  { what: "claim", printed: "PersistentVolumeClaim files-cache creating" },
  { what: "chart", printed: "Release ingress creating", slice: true },
  { what: "application", printed: "Deployment web creating" },
];
const LATENCY = 4000;

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

  for (const moment of MOMENTS) {
    if (!settings.full && moment.slice !== true) continue;
    onPretence(`while ${moment.what} is being made`, async () => {
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

  if (settings.full) {
    onPretence("while EKS is being deleted", async () => {
      await killed("destroy", {
        what: "EKS",
        printed: "Cluster cluster-eks-eksCluster deleting",
        latency: "aws:eks/cluster:Cluster",
      });
      await stack.cancel();
      report(TABLE, {
        killed: "EKS, in a destroy",
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
  async function killed(verb: string, { printed, latency }: Moment): Promise<Run> {
    stack.env.STANDIN_LATENCY_MS = latency && `${latency}=${LATENCY}`;
    let child: ChildProcess | undefined;
    let text = "";
    const run = stack.verb(verb, ["--yes", "--skip-preview"], {
      started: (it) => (child = it),
      printed: (more) => {
        text += more;
        if (!text.includes(printed)) return;
        text = "";
        void sleep(latency === undefined ? 200 : LATENCY / 4).then(() => child?.kill("SIGKILL"));
      },
    });
    const done = await run;
    stack.env.STANDIN_LATENCY_MS = undefined;
    assert.notEqual(done.code, 0, `ended before it was killed:\n${done.text}`);
    assert.ok(done.text.includes(printed), `never came to: ${printed}\n${done.text}`);
    if (latency !== undefined) await sleep(LATENCY);
    return done;
  }

  /** What was being made is in the account and not in the state: docs/operations.md, "A stuck update". */
  async function wayOut(mark: number): Promise<string> {
    const { pending } = await stack.state();
    const imports: string[] = [];
    for (const it of pending) {
      const id = await idOf(it, mark);
      if (id !== undefined) imports.push(it.urn, id);
    }
    const args = imports.flatMap((it) => ["--import-pending-creates", it]);
    const { code, text } = await stack.refresh(...args, "--clear-pending-creates");
    assert.equal(code, 0, text);
    assert.deepEqual((await stack.state()).pending, []);
    const taken = pending.filter(({ urn }) => imports.includes(urn)).map(({ urn }) => shortOf(urn));
    return taken.length === 0
      ? "pulumi cancel, pulumi refresh --clear-pending-creates"
      : `pulumi cancel, pulumi refresh --import-pending-creates: ${taken.join(", ")}`;
  }

  /** The id of what a plugin made after the CLI was gone. */
  async function idOf({ urn, type }: StateResource, mark: number): Promise<string | undefined> {
    if (!type.startsWith("aws:")) return undefined;
    const made = () =>
      account.events(mark).find((it) => it.op === "create" && it.urn === urn && it.ok);
    await until(`${shortOf(urn)} is made`, 20, () => made() !== undefined);
    return made()?.id;
  }
});
