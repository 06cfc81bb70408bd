import * as assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { ROOT } from "./helpers/configs";

interface Job {
  readonly if?: string;
  readonly uses?: string;
  readonly environment?: string;
  readonly concurrency?: unknown;
  readonly "timeout-minutes"?: number;
  readonly steps?: readonly Step[];
}
interface Step {
  readonly id?: string;
  readonly if?: string;
  readonly name?: string;
  readonly run?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}
interface Workflow {
  readonly concurrency?: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}

const workflow = (name: string) =>
  parse(readFileSync(join(ROOT, ".github/workflows", `${name}.yml`), "utf8")) as Workflow;

describe("the deployment by GitHub (nothing here proves what GitHub makes of it)", () => {
  const steps = workflow("up").jobs.up?.steps ?? [];

  it("asks for the environment's variables where there is an environment", () => {
    const { up } = workflow("up").jobs;
    assert.equal(up?.environment, "${{ inputs.stack }}");
    for (const [name, job] of Object.entries(workflow("deploy").jobs)) {
      assert.doesNotMatch(job.if ?? "", /vars\.|secrets\./, name);
    }
  });

  it("holds up one stack for another's approval never", () => {
    assert.equal(workflow("deploy").concurrency, undefined);
    assert.deepEqual(workflow("up").jobs.up?.concurrency, {
      group: "up-${{ inputs.stack }}",
      "cancel-in-progress": false,
    });
  });

  it("makes nothing of an environment that is not set up", () => {
    const [check, ...others] = steps;
    assert.equal(check?.id, "check");
    assert.ok(others.some(({ uses }) => uses?.startsWith("pulumi/actions")));
    for (const step of others.filter((other) => other !== explanation)) {
      assert.equal(step.if, "steps.check.outputs.ready");
    }
  });

  const explanation = steps.find(({ name }) => name === "Why are there no credentials?");

  it("asks for credentials that live as long as the job (an hour is what OIDC gives)", () => {
    const [, asked] =
      /^\$\{\{ vars\.AWS_SESSION_SECONDS \|\| (\d+) \}\}$/.exec(
        String(steps.find(({ id }) => id === "credentials")?.with?.["role-duration-seconds"]),
      ) ?? [];
    assert.ok(Number(asked) >= 60 * (workflow("up").jobs.up?.["timeout-minutes"] ?? Infinity));
    assert.ok(Number(asked) <= 12 * 3600, "no role allows more than 12 hours");
  });

  it("says what to do where the role allows no session of that length", () => {
    assert.equal(explanation?.if, "failure() && steps.credentials.outcome == 'failure'");
    const role = "arn:aws:iam::111122223333:role/ci/deploy";
    const [, title, message] =
      /^::error title=(.*?)::(.*)\n$/.exec(
        runOf(explanation, { ROLE: role, ASKED: "21600" }).told,
      ) ?? [];
    assert.equal(title, "No credentials of AWS");
    assert.match(
      message ?? "",
      /aws iam update-role --role-name deploy --max-session-duration 21600 .*AWS_SESSION_SECONDS/,
    );
  });

  const runOf = (step: Step | undefined, env: Record<string, string>) => {
    const folder = mkdtempSync(join(tmpdir(), "workflow-"));
    try {
      const output = join(folder, "output");
      writeFileSync(output, "");
      const run = spawnSync("bash", ["-e", "-c", step?.run ?? "exit 9"], {
        encoding: "utf8",
        env: { PATH: process.env.PATH, GITHUB_OUTPUT: output, STACK: "prod", ...env },
      });
      assert.equal(run.status, 0, run.stderr);
      return { output: readFileSync(output, "utf8"), told: run.stdout };
    } finally {
      rmSync(folder, { recursive: true });
    }
  };
  const outcome = (env: Record<string, string>) => runOf(steps[0], env);

  it("goes on with a role and a backend", () => {
    assert.deepEqual(outcome({ ROLE: "arn:aws:iam::1:role/deploy", STATE: "s3://state" }), {
      output: "ready=true\n",
      told: "",
    });
  });

  for (const missing of ["ROLE", "STATE"]) {
    it(`says what is missing, and goes no further, without ${missing}`, () => {
      const { output, told } = outcome({ ROLE: "arn", STATE: "s3://state", [missing]: "" });
      assert.equal(output, "");
      assert.match(
        told,
        /^::notice title=prod is not deployed::.*AWS_DEPLOY_ROLE.*docs\/github-actions\.md\.\n$/,
      );
    });
  }
});
