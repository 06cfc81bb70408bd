import * as assert from "node:assert/strict";
import { Expressions } from "./pulls/expressions";
import { needsOf, readWorkflow, workflowText } from "./pulls/workflow";

const jobsOf = (name: string) => readWorkflow(name).jobs;
const NAMES = ["review-site", "review-site-remove", "review-sites-reconcile"];

describe("the workflows of review sites (nothing here proves what GitHub makes of them)", () => {
  let expressions: Expressions;
  before(async () => {
    expressions = await Expressions.load();
  });
  /** Whether a job starts with these values, where no job before it has failed unless they say so. */
  const holds = (condition: string, values: object) =>
    expressions.condition(condition, values, "success");
  const site = jobsOf("review-site");
  const all = NAMES.flatMap((name) =>
    Object.entries(jobsOf(name)).map(([job, value]) => [`${name} ${job}`, value] as const),
  );

  describe("start", () => {
    const starts = (
      action: string,
      label: string | undefined,
      labels: string[],
      from = "acme/shop",
    ) =>
      holds(site.decide?.if ?? "", {
        github: {
          repository: "acme/shop",
          event: {
            action,
            label: { name: label },
            pull_request: {
              head: { repo: { full_name: from } },
              labels: labels.map((name) => ({ name })),
            },
          },
        },
      });

    it("for pull requests with the label, and where it comes or goes", () => {
      assert.ok(starts("labeled", "preview", ["preview"]));
      assert.ok(starts("unlabeled", "preview", []));
      for (const action of ["synchronize", "reopened", "closed"]) {
        assert.ok(starts(action, undefined, ["bug", "preview"]), action);
        assert.ok(!starts(action, undefined, ["bug"]), action);
      }
      assert.ok(!starts("labeled", "bug", ["bug", "preview"]), "another label");
    });

    it("never for a fork, and no job without the one that says so", () => {
      for (const from of ["mallory/shop", undefined as unknown as string]) {
        assert.ok(!starts("labeled", "preview", ["preview"], from ?? null));
      }
      for (const [name, job] of Object.entries(site)) {
        if (name !== "decide") assert.ok(needsOf(job).includes("decide"), name);
      }
    });
  });

  describe("deploy", () => {
    const decided = (action: string, approval: string) => ({
      result: "success",
      outputs: { action, approval },
    });
    const deploys = (approval: string, approve: string, action = "deploy") =>
      holds(site.deploy?.if ?? "", {
        needs: { decide: decided(action, approval), approve: { result: approve } },
      });

    it("what is approved, or need not be", () => {
      assert.ok(deploys("true", "success"));
      assert.ok(deploys("false", "skipped"));
      for (const result of ["skipped", "failure", "cancelled"])
        assert.ok(!deploys("true", result), result);
      assert.ok(!deploys("false", "skipped", "remove"));
      assert.ok(!deploys("", "skipped"), "nobody has decided");
    });

    it("asks for approval in an environment of its own, which gives nothing, and again for a newer commit", () => {
      const { approve } = site;
      assert.equal(approve?.environment, "review-approval");
      assert.equal(approve?.permissions, undefined, "those of the workflow: none");
      assert.deepEqual(readWorkflow("review-site").permissions, {});
      assert.equal(approve?.concurrency?.["cancel-in-progress"], true);
      for (const action of ["deploy", "remove", "nothing"])
        for (const approval of ["true", "false"])
          assert.equal(
            holds(approve?.if ?? "", { needs: { decide: decided(action, approval) } }),
            action === "deploy" && approval === "true",
          );
    });

    it("checks out the pull request in no other job, and only what was decided on", () => {
      const refs = all.flatMap(([name, { steps = [] }]) =>
        steps.flatMap(({ with: inputs }) =>
          inputs?.ref === undefined ? [] : [`${name}: ${String(inputs.ref)}`],
        ),
      );
      const others = refs.filter(
        (ref) => !ref.endsWith(": ${{ github.event.repository.default_branch }}"),
      );
      assert.deepEqual(others, ["review-site deploy: ${{ needs.decide.outputs.commit }}"]);
      assert.ok(refs.length >= 8);
    });

    it("does not read what the author of a pull request writes", () => {
      for (const name of NAMES)
        assert.doesNotMatch(
          workflowText(name),
          /head_ref|head\.(ref|label)|\.title|\.body|\.message|user\.login/,
        );
    });
  });

  describe("remove", () => {
    const removes = (action: string, late?: string) =>
      holds(site.remove?.if ?? "", {
        needs: { decide: { outputs: { action } }, late: { outputs: { late } } },
      });

    it("on close, and what was deployed too late; it never is cancelled half-way, nor runs beside a deployment", () => {
      assert.ok(removes("remove") && removes("deploy", "true"));
      assert.ok(!removes("deploy", "false") && !removes("nothing") && !removes(""));
      const { remove } = jobsOf("review-site-remove");
      assert.equal(remove?.concurrency?.group, "review-site-${{ inputs.pull_request }}");
      assert.equal(
        site.deploy?.concurrency?.group,
        "review-site-${{ github.event.pull_request.number }}",
      );
      for (const job of [remove, site.deploy])
        assert.equal(job?.concurrency?.["cancel-in-progress"], false);
    });

    it("runs main's program, which looks again whether the site has to go", () => {
      const runs =
        jobsOf("review-site-remove").remove?.steps?.flatMap(({ run }) => run ?? []) ?? [];
      const at = (part: string) => runs.findIndex((run) => run.includes(part));
      assert.ok(at("stack -- list") >= 0 && at("stack -- list") < at("sitesToRemove.mjs"));
      assert.ok(at("sitesToRemove.mjs") < at("stack -- remove"));
    });

    it("comes from the schedule too, without an event", () => {
      const { remove } = jobsOf("review-sites-reconcile");
      assert.equal(remove?.uses, "./.github/workflows/review-site-remove.yml");
      const comes = (list: string | undefined) =>
        holds(remove?.if ?? "", { needs: { look: { outputs: { remove: list } } } });
      assert.ok(comes("[7]"));
      assert.ok(!comes("[]") && !comes("") && !comes(undefined));
    });
  });

  describe("what comes after the pull request's code", () => {
    const looks = (result: string, go?: string) =>
      holds(site.late?.if ?? "", { needs: { deploy: { result, outputs: { go } } } });

    it("asks GitHub again whether the site is wanted, however the deployment ended", () => {
      for (const result of ["success", "failure", "cancelled"]) {
        assert.ok(looks(result, "true"), result);
        assert.ok(looks(result), `${result}, and it lost its outputs`);
      }
      assert.ok(!looks("skipped") && !looks("success", "false"));
    });

    it("is in no job with it, and takes no more of it than an address and a time", () => {
      const runs = site.deploy?.steps?.flatMap(({ run }) => run ?? []) ?? [];
      const from = runs.indexOf("npm ci");
      assert.ok(from > 0);
      assert.ok(!runs.slice(from).some((run) => run.includes("siteStill")));
      const { deploy, ...others } = site;
      assert.deepEqual(Object.keys(deploy?.outputs ?? {}), ["go", "url", "until"]);
      const taken = Object.entries(others).flatMap(([name, job]) =>
        JSON.stringify(job)
          .match(/needs\.deploy\.outputs\.\w+/g)
          ?.map((output) => `${name} ${output.split(".").at(-1)}`),
      );
      const each = [...new Set(taken.filter(Boolean))];
      assert.deepEqual(each.sort(), ["late go", "say go", "say until", "say url"]);
    });

    it("says that a removal failed, also where it ran out of time, and not where another one has its place", () => {
      const { say } = jobsOf("review-site-remove");
      const told = (result: string, outputs: object = {}) =>
        holds(say?.if ?? "", { needs: { remove: { result, outputs } } });
      assert.ok(told("failure") && told("failure", { begun: "success" }));
      assert.ok(told("cancelled", { begun: "success" }), "out of time");
      assert.ok(!told("cancelled") && !told("cancelled", { begun: "" }), "it never had its turn");
      assert.ok(told("success", { go: "true" }) && told("success", { there: "false" }));
      assert.ok(!told("success", { go: "false", there: "true" }));
    });
  });

  describe("say", () => {
    const says = (
      approve: string,
      deploy: object,
      decide = "success",
      action = "deploy",
      late = "false",
    ) =>
      holds(site.say?.if ?? "", {
        needs: {
          decide: { result: decide, outputs: { action } },
          approve: { result: approve },
          deploy: { outputs: {}, ...deploy },
          late: { outputs: { late } },
        },
      });

    it("what became of it, and nothing where another run says more", () => {
      assert.ok(says("skipped", { result: "success", outputs: { go: "true" } }));
      assert.ok(says("failure", { result: "skipped" }), "not approved");
      assert.ok(says("skipped", { result: "failure", outputs: { go: "true" } }));
      assert.ok(says("skipped", { result: "skipped" }, "failure", ""), "not set up");
      assert.ok(!says("cancelled", { result: "skipped" }), "a newer commit waits");
      assert.ok(!says("skipped", { result: "cancelled" }), "a newer one has its turn");
      assert.ok(says("skipped", { result: "cancelled", outputs: { go: "true" } }), "out of time");
      assert.ok(!says("success", { result: "success", outputs: { go: "false" } }), "outdated");
      const there = { result: "success", outputs: { go: "true" } };
      assert.ok(!says("success", there, "success", "deploy", "true"), "it goes again");
      assert.ok(says("skipped", { result: "skipped" }, "cancelled", ""), "out of time");
      assert.ok(!says("skipped", { result: "skipped" }, "success", "remove"));
      assert.ok(!says("skipped", { result: "skipped" }, "skipped", ""), "a fork");
    });
  });

  it("enter an environment wherever they have credentials, and no other", () => {
    for (const [name, { environment, permissions, uses }] of all) {
      if (uses !== undefined) continue;
      const expected =
        permissions?.["id-token"] === "write"
          ? "review"
          : name.endsWith(" approve")
            ? "review-approval"
            : undefined;
      assert.equal(environment, expected, name);
    }
  });
});
