import * as assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { projectStacksIn } from "../../cli/stackConfig";
import { preview, ROOT, Scratch } from "../preview/helpers";
import { problemsOf, reportOf, type CheckovWaiver, type Report } from "./judge";

/*
 * checkov, which knows nothing of this project, over the Kubernetes objects of every stack. CHECKOV names another
 * executable than the one on PATH.
 */

const CHECKOV = process.env.CHECKOV ?? "checkov";
const VERSION = "3.3.30";
const WAIVERS = join(__dirname, "waivers.yaml");

const waivers = parse(readFileSync(WAIVERS, "utf8")) as CheckovWaiver[];

/** Offline: without it checkov asks its vendor for guidelines. */
const QUIET = { ...process.env, LOG_LEVEL: "ERROR", CKV_IGNORE_HIDDEN_DIRECTORIES: "false" };

function checkov(folder: string): Report {
  const { error, stdout, stderr } = spawnSync(
    CHECKOV,
    ["--directory", folder, "--framework", "kubernetes", "--output", "json", "--skip-download"],
    { encoding: "utf8", env: QUIET, maxBuffer: 64 * 1024 * 1024 },
  );
  if (error) {
    throw new Error(
      `${CHECKOV} cannot be run (${error.message}). To install it:\n` +
        `  python3 -m venv checkov && checkov/bin/pip install checkov==${VERSION}\n` +
        "  CHECKOV=$PWD/checkov/bin/checkov npm run test:checkov",
    );
  }
  if (stdout === "") throw new Error(`checkov said nothing: ${stderr}`);
  return reportOf(stdout);
}

describe("checkov over the manifests of all stacks", () => {
  const scratch = new Scratch();
  const manifests = scratch.path("manifests");
  let report: Report;

  before(async () => {
    for (const stack of projectStacksIn(ROOT)) {
      const folder = join(manifests, stack);
      mkdirSync(folder, { recursive: true });
      const { stderr } = await preview(["--stack", stack, "--manifests", folder]);
      assert.match(stderr, /Kubernetes objects are in/);
    }
    report = checkov(manifests);
  });
  after(() => scratch.remove());

  it("finds nothing that is not waived by name, and every waiver is needed", () => {
    assert.ok(report.passed > 100, `only ${report.passed} checks were passed`);
    assert.deepEqual(problemsOf(report.failed, waivers), []);
  });

  it("would find a bad manifest", () => {
    const bad = scratch.path("bad");
    cpSync(manifests, bad, { recursive: true });
    writeFileSync(
      join(bad, "dev", "zz-pod-bad.yaml"),
      JSON.stringify({
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name: "bad", namespace: "next-on-eks" },
        spec: {
          hostNetwork: true,
          containers: [{ name: "bad", image: "bad", securityContext: { privileged: true } }],
        },
      }),
    );
    const problems = problemsOf(checkov(bad).failed, waivers).join("\n");
    for (const check of ["CKV_K8S_16", "CKV_K8S_19", "CKV_K8S_22"]) {
      assert.match(problems, new RegExp(`^${check} \\(.+\\): dev Pod bad: mend it`, "m"));
    }
  });

  it("would find a waiver that nothing needs, or that gives no reason", () => {
    const more = [
      ...waivers,
      { check: "CKV_K8S_16", on: ["* Deployment web"], reason: "of this test, for nothing" },
      { check: "CKV_K8S_11", on: ["* Deployment web"], reason: "" },
    ];
    assert.deepEqual(problemsOf(report.failed, more), [
      "the waiver of CKV_K8S_16 on '* Deployment web' is not needed",
      "the waiver of CKV_K8S_11 gives no reason",
    ]);
  });

  it("would not take an empty answer for a clean one", () => {
    const nothing = '{"passed": 0, "failed": 0, "skipped": 0}';
    assert.throws(() => reportOf(nothing), /checkov looked at nothing/);
  });
});
