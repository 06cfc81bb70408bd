import * as assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { ROOT } from "./helpers/configs";

interface Job {
  readonly name?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly environment?: string;
  readonly concurrency?: unknown;
  readonly "timeout-minutes"?: number;
  readonly permissions?: string | Readonly<Record<string, string>>;
  readonly steps?: readonly Step[];
}
interface Step {
  readonly id?: string;
  readonly if?: string;
  readonly name?: string;
  readonly run?: string;
  readonly uses?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly with?: Readonly<Record<string, unknown>>;
}
interface Workflow {
  readonly on: string | Readonly<Record<string, unknown>>;
  readonly permissions?: Readonly<Record<string, string>>;
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
    const at = steps.indexOf(check ?? {});
    const others = steps.slice(at + 1);
    assert.ok(others.some(({ uses }) => uses?.startsWith("pulumi/actions")));
    for (const step of others.filter((other) => other !== explanation)) {
      assert.equal(step.if, "steps.check.outputs.ready");
    }
  });

  const check = steps.find(({ id }) => id === "check");
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
    assert.deepEqual(Object.keys(explanation?.env ?? {}), ["ROLE", "ASKED"]);
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
        cwd: ROOT,
        env: { PATH: process.env.PATH, GITHUB_OUTPUT: output, ...env },
      });
      assert.equal(run.status, 0, run.stderr);
      return { output: readFileSync(output, "utf8"), told: run.stdout };
    } finally {
      rmSync(folder, { recursive: true });
    }
  };
  const outcome = (env: Record<string, string>) => {
    const more = {
      WHAT: "prod is not deployed",
      ENVIRONMENT: "prod",
      ROLE_NAME: "AWS_DEPLOY_ROLE",
    };
    assert.deepEqual(Object.keys(check?.env ?? {}).sort(), [
      ...["ENVIRONMENT", "ROLE", "ROLE_NAME", "STATE", "WHAT"],
    ]);
    return runOf(check, { ...more, ...env });
  };

  it("goes on with a role and a backend", () => {
    assert.deepEqual(outcome({ ROLE: "arn:aws:iam::1:role/deploy", STATE: "s3://state" }), {
      output: "ready=true\n",
      told: "",
    });
  });

  for (const [variable, missing] of [
    ["ROLE", "AWS_DEPLOY_ROLE"],
    ["STATE", "PULUMI_BACKEND_URL or PULUMI_ACCESS_TOKEN"],
  ] as const) {
    it(`says what is missing, and goes no further, without ${variable}`, () => {
      const { output, told } = outcome({ ROLE: "arn", STATE: "s3://state", [variable]: "" });
      assert.equal(output, "");
      assert.equal(
        told,
        `::notice title=prod is not deployed::The environment 'prod' has no ${missing}: see docs/github-actions.md.\n`,
      );
    });
  }
});

/** `uses:` by commit, with the version in a comment that Dependabot keeps. */
const PINNED = /^\s*(?:- )?uses: [\w.-]+\/[\w./-]+@[0-9a-f]{40} # v\d+(\.\d+)*$/;
const LOCAL = /^\s*(?:- )?uses: \.\/\.github\/workflows\/[\w-]+\.yml$/;

function unpinned(text: string): string[] {
  return text
    .split("\n")
    .filter((line) => /^\s*(- )?(["']?)uses\2\s*:/.test(line))
    .filter((line) => !PINNED.test(line) && !LOCAL.test(line));
}

/** Scripts of steps that are more than one command: what they do belongs into a file that a test can run. */
function scripts({ jobs }: Workflow): string[] {
  return Object.values(jobs)
    .flatMap(({ steps }) => steps ?? [])
    .flatMap(({ run }) => run ?? [])
    .filter((run) => /[\n;|&<>`]|\$\(|\$\{\{/.test(run.trim()));
}

const eventsOf = ({ on }: Workflow) => (typeof on === "string" ? [on] : Object.keys(on));
/** Versions that whoever opens a pull request has not written. */
const BASE = "${{ github.event.pull_request.base.sha }}";
const MAIN = "${{ github.event.repository.default_branch }}";

/** Whether a checkout has the pull request's files: on this event also where it does not ask for them. */
function hasPullRequest(workflow: Workflow, ref: unknown): boolean {
  if (ref === undefined) return eventsOf(workflow).includes("pull_request");
  return ref !== BASE && ref !== MAIN;
}

/** A script of the checkout, or a text that a person has written here. */
const HARMLESS = /^(node scripts\/github\/\w+\.mjs\b|echo '[^'$]*'$)/;

/** actions/setup-node keeps npm's cache by itself where package.json names a package manager. */
function restoresCache(uses = "", inputs: Step["with"] = {}): boolean {
  if (uses.startsWith("actions/cache")) return true;
  if (!uses.startsWith("actions/setup-")) return false;
  return inputs.cache !== undefined || inputs["package-manager-cache"] !== false;
}

/** Jobs whose token can write, or that hold secrets, and what they do beyond it. */
function overreaching(workflow: Workflow): string[] {
  return Object.entries(workflow.jobs).flatMap(([name, job]) => {
    const found: string[] = [];
    // Another workflow, whose jobs say it each for itself.
    if (job.uses !== undefined && job.permissions !== undefined) return found;
    const rights = job.permissions ?? workflow.permissions;
    if (rights === undefined || typeof rights === "string") {
      return [`${name} does not say what its token may do`];
    }
    const writes = Object.entries(rights).filter(
      ([what, right]) => right === "write" && what !== "id-token",
    );
    const steps = job.steps ?? [];
    const runs = steps.flatMap(({ run }) => run ?? []);
    const trusted = Object.values(rights).includes("write") || job.environment !== undefined;
    if (writes.length > 0) {
      if (rights["id-token"] === "write") found.push(`${name} writes and has credentials`);
      for (const run of runs.filter((it) => !HARMLESS.test(it))) {
        found.push(`${name} writes and runs: ${run}`);
      }
    }
    if (rights["id-token"] === "write" && job.environment === undefined) {
      found.push(`${name} has credentials and no environment`);
    }
    for (const { uses, with: inputs } of steps) {
      const checksOut = uses?.startsWith("actions/checkout@") ?? false;
      if (checksOut && writes.length > 0 && hasPullRequest(workflow, inputs?.ref)) {
        found.push(`${name} writes and has the files of the pull request`);
      }
      if (checksOut && inputs?.["persist-credentials"] !== false) {
        found.push(`${name} leaves its token in .git`);
      }
      if (trusted && restoresCache(uses, inputs)) {
        found.push(`${name} has more than reading and restores a cache, which others can fill`);
      }
    }
    return found;
  });
}

const TARGET = ["pull_request_target"];
/** All of its jobs come after one that a fork does not start: test/reviewWorkflows.test.ts. */
const FORKS_START_NOTHING = "review-site";

describe("all workflows", () => {
  const folder = join(ROOT, ".github/workflows");
  const names = readdirSync(folder).map((file) => file.replace(/\.yml$/, ""));
  const textOf = (name: string) => readFileSync(join(folder, `${name}.yml`), "utf8");

  for (const name of names) {
    it(`${name}: uses actions by commit`, () => assert.deepEqual(unpinned(textOf(name)), []));

    it(`${name}: has no script that is not a file`, () => {
      assert.deepEqual(scripts(workflow(name)), []);
      for (const [, file] of textOf(name).matchAll(/run: node (\S+)/g)) {
        assert.ok(existsSync(join(ROOT, file ?? "")), `there is no ${file}`);
      }
    });

    it(`${name}: a token that writes runs nobody else's code, and nothing keeps it`, () => {
      assert.deepEqual(overreaching(workflow(name)), []);
    });

    it(`${name}: no event gives a fork's code more than reading`, () => {
      const events = eventsOf(workflow(name));
      const refused = ["workflow_run", ...(name === FORKS_START_NOTHING ? [] : TARGET)];
      assert.deepEqual(
        events.filter((event) => refused.includes(event)),
        [],
      );
    });
  }

  it("use one version of each action", () => {
    const all = names.flatMap((name) => textOf(name).match(/\buses: [\w.-]+\/.*$/gm) ?? []);
    const byAction = new Map<string, Set<string>>();
    for (const line of all) {
      const [action = "", version = ""] = line.replace("uses: ", "").split("@");
      byAction.set(action, (byAction.get(action) ?? new Set()).add(version));
    }
    assert.ok(byAction.size >= 6);
    for (const [action, versions] of byAction) assert.equal(versions.size, 1, action);
  });

  it("that break these rules are found (control)", () => {
    const commit = "3d3c42e5aac5ba805825da76410c181273ba90b1";
    for (const uses of ["a/b@v5", `a/b@${commit}`, `a/b@${commit} # main`, "a/b@3d3c42e # v1"]) {
      assert.equal(unpinned(`      - uses: ${uses}`).length, 1, uses);
      assert.equal(unpinned(`        "uses" : ${uses}`).length, 1, uses);
    }
    assert.deepEqual(
      unpinned(`  - uses: a/b/c@${commit} # v1.2.3\n    uses: ./.github/workflows/up.yml`),
      [],
    );
    const step = (run: string): Workflow => ({ on: "push", jobs: { a: { steps: [{ run }] } } });
    for (const run of ["a\nb", "a && b", "echo $(b)", "a > b", "echo ${{ github.head_ref }}"]) {
      assert.equal(scripts(step(run)).length, 1, run);
    }
    assert.deepEqual(scripts(step('node scripts/x.mjs "$STACK" y')), []);
    const environment = "e";
    const job = (permissions: Job["permissions"], ...steps: Step[]) =>
      overreaching({ on: "push", jobs: { a: { permissions, steps, environment } } });
    const bare = { a: { permissions: { "id-token": "write" } } };
    assert.deepEqual(overreaching({ on: "push", jobs: bare }), [
      "a has credentials and no environment",
    ]);
    const checkout = (on: Workflow["on"], ref?: string, right = "write") =>
      overreaching({
        on,
        jobs: {
          a: {
            permissions: { contents: "read", issues: right },
            steps: [
              { uses: "actions/checkout@x", with: { "persist-credentials": false, ref } },
              { run: "node scripts/github/x.mjs" },
            ],
          },
        },
      });
    const taken = ["a writes and has the files of the pull request"];
    assert.deepEqual(checkout("pull_request"), taken);
    assert.deepEqual(checkout({ pull_request: { types: ["opened"] } }), taken);
    for (const ref of ["${{ github.sha }}", "${{ github.event.pull_request.head.sha }}"])
      for (const on of ["pull_request", "pull_request_target"])
        assert.deepEqual(checkout(on, ref), taken, `${on} ${ref}`);
    for (const ref of [BASE, MAIN]) assert.deepEqual(checkout("pull_request", ref), []);
    assert.deepEqual(checkout("schedule"), []);
    assert.deepEqual(checkout("pull_request", undefined, "read"), []);
    assert.deepEqual(job({ issues: "write", "id-token": "write" }), [
      "a writes and has credentials",
    ]);
    for (const run of ["npm ci", "node site/scripts/github/x.mjs", "echo '$X'", "echo 'a' b"])
      assert.deepEqual(job({ issues: "write" }, { run }), [`a writes and runs: ${run}`]);
    assert.deepEqual(job({ issues: "write" }, { run: "echo '::notice::a'" }), []);
    assert.deepEqual(job({ "id-token": "write" }, { run: "npm ci" }), []);
    const caches = ["a has more than reading and restores a cache, which others can fill"];
    const node = (inputs: Step["with"], right: Job["permissions"] = { "id-token": "write" }) =>
      job(right, { uses: "actions/setup-node@x", with: inputs });
    for (const inputs of [{ cache: "npm" }, { "node-version": 24 }])
      assert.deepEqual(node(inputs), caches);
    assert.deepEqual(node({ "package-manager-cache": false }), []);
    assert.deepEqual(node({ cache: "npm" }, {}), caches, "an environment has secrets");
    assert.deepEqual(job({ issues: "write" }, { uses: "actions/cache/restore@x" }), caches);
    assert.equal(job("write-all").length, 1);
    assert.equal(job({}, { uses: "actions/checkout@x" }).length, 1);
  });
});

interface Dependabot {
  readonly version: number;
  readonly updates: readonly {
    readonly "package-ecosystem": string;
    readonly directory?: string;
    readonly directories?: readonly string[];
    readonly schedule: { readonly interval: string };
    readonly groups?: object;
    readonly cooldown?: { readonly "default-days": number };
  }[];
}

describe("what Dependabot keeps new", () => {
  const { version, updates } = parse(
    readFileSync(join(ROOT, ".github/dependabot.yml"), "utf8"),
  ) as Dependabot;
  const of = (ecosystem: string) =>
    updates
      .filter((update) => update["package-ecosystem"] === ecosystem)
      .flatMap(({ directory = [], directories = [] }) => [directory, directories].flat());

  it("is each action, and each folder whose packages are locked", () => {
    assert.equal(version, 2);
    assert.deepEqual(of("github-actions"), ["/"]);
    const { stdout } = spawnSync(
      "git",
      ["ls-files", "--", "package-lock.json", "*/package-lock.json"],
      {
        cwd: ROOT,
        encoding: "utf8",
      },
    );
    const locked = stdout
      .trim()
      .split("\n")
      .map((file) => `/${file}`.replace(/\/[^/]*$/, "") || "/");
    assert.ok(locked.length >= 3);
    assert.deepEqual([...of("npm")].sort(), locked.sort());
  });

  it("comes in few pull requests, once a month, and not on a version's first day", () => {
    for (const { schedule, groups, cooldown } of updates) {
      assert.equal(schedule.interval, "monthly");
      assert.ok(groups !== undefined);
      assert.ok((cooldown?.["default-days"] ?? 0) >= 7);
    }
  });
});

describe("a run of Dependabot's, which has the environment's variables and none of its secrets", () => {
  const ready = (env: Record<string, string>) => {
    const folder = mkdtempSync(join(tmpdir(), "workflow-"));
    const output = join(folder, "output");
    writeFileSync(output, "");
    const set = {
      ENVIRONMENT: "preview",
      WHAT: "dev is not previewed",
      ROLE_NAME: "ROLE",
      ROLE: "r",
    };
    const { stdout } = spawnSync(process.execPath, ["scripts/github/setUp.mjs"], {
      cwd: ROOT,
      encoding: "utf8",
      env: { ...set, STATE: "s3://state", GITHUB_OUTPUT: output, ...env },
    });
    const told = stdout + readFileSync(output, "utf8");
    rmSync(folder, { recursive: true });
    return told;
  };

  it("is told what to set, and does not fail for it", () => {
    const GITHUB_ACTOR = "dependabot[bot]";
    assert.match(
      ready({ GITHUB_ACTOR, SECRET: "" }),
      /^::notice title=dev is not previewed::Dependabot's runs have secrets of their own/,
    );
    const others: Record<string, string>[] = [
      { GITHUB_ACTOR, SECRET: "set" },
      { GITHUB_ACTOR },
      { GITHUB_ACTOR: "ada", SECRET: "" },
    ];
    for (const env of others) assert.equal(ready(env), "ready=true\n", JSON.stringify(env));
  });
});

describe("what a pull request starts", () => {
  const { on, jobs } = workflow("preview");

  /*
   * GitHub looks for a required check in the newest run of the workflow that reports it. A run in which the job is skipped has it under its
   * expression for a name, so the check is "expected" until the next push; under its own name it would count as passed.
   */
  it("has its required checks from one workflow, each run of which has them", () => {
    const docs = readFileSync(join(ROOT, "docs/pull-requests.md"), "utf8");
    const [, ...required] = /require the checks `(\w+)` and `(\w+)`/.exec(docs) ?? [];
    assert.deepEqual(required, ["test", "compare"]);
    const types = ["opened", "synchronize", "reopened"];
    assert.deepEqual(on, { pull_request: { types } }, "events after which there is another commit");
    for (const name of required) {
      const job = jobs[name];
      assert.deepEqual([job?.if, job?.name], [undefined, undefined], name);
    }
    const folder = join(ROOT, ".github/workflows");
    const others = readdirSync(folder)
      .map((file) => file.replace(/\.yml$/, ""))
      .filter((name) => name !== "preview")
      .filter((name) => eventsOf(workflow(name)).some((event) => event.startsWith("pull_request")));
    assert.ok(others.length >= 2);
    for (const name of others)
      for (const [id, job] of Object.entries(workflow(name).jobs))
        assert.ok(!required.includes(job.name ?? id), `${name}: ${id}`);
  });

  it("is allowed by the policy that docs/review-sites.md names, with all that starts a workflow here", () => {
    const docs = readFileSync(join(ROOT, "docs/review-sites.md"), "utf8");
    const [, named = ""] = /allows the events\s([^]*?), which are all/.exec(docs) ?? [];
    const events = readdirSync(join(ROOT, ".github/workflows"))
      .flatMap((file) => eventsOf(workflow(file.replace(/\.yml$/, ""))))
      .filter((event) => event !== "workflow_call"); // as the workflow that calls
    assert.deepEqual(named.match(/\w+(?=`)/g), [...new Set(events)].sort());
  });

  it("gives secrets and credentials to no job that a fork starts", () => {
    const text = readFileSync(join(ROOT, ".github/workflows/preview.yml"), "utf8");
    const { engine, ...others } = jobs;
    assert.match(
      engine?.if ?? "",
      /&& github\.event\.pull_request\.head\.repo\.full_name == github\.repository }}$/,
    );
    for (const [name, job] of Object.entries(others)) {
      assert.doesNotMatch(JSON.stringify(job), /secrets\.|id-token/, name);
      assert.equal(job.environment, undefined, name);
    }
    assert.match(text, /secrets\./);
  });
});
