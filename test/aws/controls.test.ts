import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { copyProject, PROGRAM_PARTS } from "../helpers/copies";
import { account } from "./account";
import { AwsStack } from "./awsStack";
import { checkNeeds, orderOf } from "./order";
import { report } from "./report";
import { checkSecrets } from "./secrets";
import { settings } from "./settings";
import { planned } from "./plan";
import { checkParents } from "./tidiness";

const TABLE = "Controls: the program with a fault put in";
const onPretence = settings.events === undefined ? it.skip : it;

/** A program that is wrong in one place, and what of the suite says so. */
interface Control {
  readonly name: string;
  readonly file: string;
  readonly from: RegExp;
  readonly to: string;
  /** What the suite does with it. */
  readonly check: (stack: AwsStack, mark: number) => Promise<void>;
  readonly fails: RegExp;
  /** Left out of the slice of CI: its up goes on until time limits end it. */
  readonly slow?: true;
}

const up = async (stack: AwsStack): Promise<void> => {
  const { code, text } = await stack.up();
  assert.equal(code, 0, text);
};

const controls: readonly Control[] = [
  {
    name: "an apostrophe in the description of a security group's rule",
    file: "components/sharedFileSystem.ts",
    from: /"NFS from [^"]*"/,
    to: `"NFS from the cluster's nodes"`,
    check: up,
    fails: /description/i,
  },
  {
    name: "public subnets for nodes",
    file: "platforms/aws/index.ts",
    from: /^( +)privateSubnetIds,$/m,
    to: "$1privateSubnetIds: (network.before[0] as Network).publicSubnetIds,",
    check: up,
    fails: /has no public address and never joined/,
    slow: true,
  },
  {
    name: "volumes that do not wait for the mount targets",
    file: "platforms/aws/index.ts",
    from: /beforeVolumes: \[files, /,
    to: "beforeVolumes: [",
    check: async (stack) =>
      checkNeeds(planned((await stack.verb("preview", ["--json"])).stdout), orderOf("dev")),
    fails: /Deployment web does not depend on MountTarget files/,
  },
  {
    name: "a secret in a plain environment variable",
    file: "components/nextApp/podTemplate.ts",
    from: /^ {4}podName,$/m,
    to: `    ...Object.entries(args.secretEnv).map(([name, value]) => ({ name: \`\${name}_COPY\`, value })),\n    podName,`,
    check: async (stack, mark) => {
      await up(stack);
      await checkSecrets(stack, mark);
    },
    fails: /SESSION_SECRET is in clear in the objects of the cluster/,
  },
  {
    name: "a resource without its parent",
    file: "components/sharedFileSystem.ts",
    from: /(backupPolicy: \{ status: "ENABLED" \} \},\n +)parent,/,
    to: "$1{},",
    check: async (stack) => checkParents(planned((await stack.verb("preview", ["--json"])).stdout)),
    fails: /BackupPolicy files-backup belongs to no component/,
  },
];

describe("controls: a fault in the program fails the suite", () => {
  for (const control of controls.filter(({ slow }) => settings.full || slow !== true)) {
    onPretence(control.name, async () => {
      const program = faulty(control);
      const mark = account.mark();
      const stack = await AwsStack.create("dev", { program });
      // A pod that never starts is told of after this time.
      stack.configure({ "timeouts.app": 20, "timeouts.claims": 20, "timeouts.controller": 20 });
      try {
        const failure = await control.check(stack, mark).then(
          () => undefined,
          (error: Error) => error,
        );
        assert.ok(failure, "the suite finds nothing wrong");
        assert.match(`${failure.message}\n${account.text(mark)}`, control.fails);
        report(TABLE, {
          fault: control.name,
          "the suite says": told(control, failure.message, mark),
        });
      } finally {
        await stack.cleanUp();
        rmSync(program, { recursive: true, force: true });
      }
    });
  }
});

/** A copy of the program with the fault in it. */
function faulty({ file, from, to }: Control): string {
  const copy = mkdtempSync(join(tmpdir(), "next-on-eks-faulty-"));
  copyProject([...PROGRAM_PARTS, "Pulumi.dev.yaml", "example", "runtime"], copy);
  const path = join(copy, file);
  const right = readFileSync(path, "utf8");
  const wrong = right.replace(from, to);
  assert.notEqual(wrong, right, `${file} has nothing like ${from}`);
  writeFileSync(path, wrong);
  return copy;
}

/** The line that gives the fault away. */
function told({ fails }: Control, message: string, mark: number): string {
  const lines = `${message}\n${account.text(mark)}`.split("\n");
  return (lines.find((line) => fails.test(line)) ?? "").trim().slice(0, 200);
}
