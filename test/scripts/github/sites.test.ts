import assert from "node:assert/strict";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  load,
  type SiteCluster,
  type SiteDecide,
  type SiteSetUp,
  type SiteStill,
  type SitesToRemove,
  type SiteText,
} from "./load";
import { ENVIRONMENTS, pull, ReviewJob } from "./reviewJob";

type Site = import("../../../scripts/github/sitesToRemove.mjs").Site;

const COMMIT = pull(1).commit;

describe("review sites: the scripts of their workflows", () => {
  const job = new ReviewJob();
  let decider: SiteDecide;
  let stiller: SiteStill;
  let remover: SitesToRemove;
  let texts: SiteText;
  let setUp: SiteSetUp;
  let cluster: SiteCluster;
  before(async () => {
    decider = await load<SiteDecide>("siteDecide.mjs");
    stiller = await load<SiteStill>("siteStill.mjs");
    remover = await load<SitesToRemove>("sitesToRemove.mjs");
    texts = await load<SiteText>("siteText.mjs");
    setUp = await load<SiteSetUp>("siteSetUp.mjs");
    cluster = await load<SiteCluster>("siteCluster.mjs");
  });
  beforeEach(() => job.start());
  afterEach(() => job.stop());
  after(() => job.clean());

  const place = () => job.place(7);

  describe("siteDecide.mjs", () => {
    const deployers = new Set(["ada", "grace"]);
    const decide = (sender = "ada", commit = COMMIT) =>
      decider.decide(place(), { commit, sender }, deployers);

    for (const [what, more, sender, approval] of [
      ["deploys what a deployer of dev pushes to their own pull request", {}, "ada", false],
      ["takes logins as GitHub does, in any case", { author: "Ada" }, "GRACE", false],
      ["asks where another pushes to it", {}, "mallory", true],
      ["asks where another has opened it", { author: "mallory" }, "ada", true],
      ["asks for a bot", { author: "renovate[bot]" }, "renovate[bot]", true],
      ["asks for what Dependabot has pushed", { author: "dependabot[bot]" }, "ada", true],
      [
        "asks where another has pushed, and a deployer sets the label or opens it again",
        { pushedBy: ["mallory"] },
        "ada",
        true,
      ],
      ["asks where another has pushed before", { pushedBy: ["mallory", "ada"] }, "ada", true],
      ["does not where only deployers have", { pushedBy: ["Grace", "ada"] }, "ada", false],
      ["asks where nobody knows who has pushed", { pushedBy: [] }, "ada", true],
      ["takes a label in any case", { labels: ["Preview"] }, "ada", false],
    ] as const) {
      it(what, async () => {
        job.pulls = [pull(7, more)];
        const { action, commit, approval: asked } = await decide(sender);
        assert.deepEqual([action, commit, asked], ["deploy", COMMIT, approval]);
      });
    }

    it("asks where GitHub does not say who has pushed", async () => {
      job.pulls = [pull(7)];
      const before = job.github.before;
      job.github.before = (asked) =>
        asked.path.endsWith("/activity") ? { status: 403, body: { message: "no" } } : before(asked);
      const { approval, why } = await decide();
      assert.equal(approval, true);
      assert.match(why, /^GitHub does not say who has pushed to its branch \(.* 403 no\)/);
    });

    it("leaves a run of Dependabot's alone, which has no secrets: it could neither deploy nor remove", async () => {
      for (const state of ["open", "closed"] as const) {
        job.pulls = [pull(7, { author: "dependabot[bot]", state })];
        const { action, why } = await decide("dependabot[bot]");
        assert.equal(action, "nothing");
        assert.match(why, /^Dependabot's runs have no secrets/);
      }
    });

    for (const [what, more, action] of [
      ["makes nothing of a fork", { from: "mallory/shop" }, "nothing"],
      ["makes nothing of a fork that is deleted", { from: null }, "nothing"],
      ["makes nothing of a fork that is closed", { from: null, state: "closed" }, "nothing"],
      ["removes where it is closed meanwhile", { state: "closed" }, "remove"],
      ["removes where the label is gone meanwhile", { labels: ["keep"] }, "remove"],
      ["leaves a commit that came later to its own run", { commit: "f".repeat(40) }, "nothing"],
    ] as const) {
      it(what, async () => {
        job.pulls = [pull(7, more)];
        assert.equal((await decide()).action, action);
      });
    }

    it("needs no reviewers for what needs no approval: private repositories of most plans have none", async () => {
      job.pulls = [pull(7)];
      for (const approval of [undefined, { protection_rules: [] }]) {
        job.environments = { ...ENVIRONMENTS, "review-approval": approval };
        assert.equal((await decide()).approval, false);
        await assert.rejects(decide("mallory"), /review-approval/);
      }
    });

    for (const [what, environments, message, sender] of [
      ["without an environment", {}, /^there is no environment 'review' .*create it in Settings/],
      [
        "whose rights every branch could take",
        { ...ENVIRONMENTS, review: { deployment_branch_policy: null } },
        /^every branch may enter the environment 'review'.*select main alone/,
      ],
      [
        "whose rights every protected branch could take",
        { ...ENVIRONMENTS, review: { deployment_branch_policy: { protected_branches: true } } },
        /^every protected branch may enter the environment 'review'/,
      ],
      ...(["mai*", "feature/**"] as const).map(
        (name) =>
          [
            `whose rights ${name} could take`,
            {
              ...ENVIRONMENTS,
              "review/deployment-branch-policies": {
                branch_policies: [{ name: "main" }, { name }],
              },
            },
            new RegExp(
              `^branch '${name.replaceAll("*", "\\*")}' may enter the environment 'review'`,
            ),
          ] as const,
      ),
      [
        "whose rights a tag could take",
        {
          ...ENVIRONMENTS,
          "review/deployment-branch-policies": { branch_policies: [{ name: "main", type: "tag" }] },
        },
        /^tag 'main' may enter/,
      ],
      [
        "whose approval GitHub would have to make up",
        { ...ENVIRONMENTS, "review-approval": undefined },
        /^there is no environment 'review-approval'/,
        "mallory",
      ],
      [
        "that nobody approves",
        { ...ENVIRONMENTS, "review-approval": { protection_rules: [{ type: "branch_policy" }] } },
        /^'mallory' is not in .*, and nobody has to approve .*Required reviewers/,
        "mallory",
      ],
    ] as const) {
      it(`refuses a repository ${what}`, async () => {
        job.pulls = [pull(7)];
        job.environments = environments;
        await assert.rejects(decide(sender), { message });
      });
    }

    it("reads who may deploy dev: a login on a line, and comments", () => {
      const committed = readFileSync(join(__dirname, "../../../.github/dev-deployers"), "utf8");
      assert.deepEqual([...decider.deployersIn(committed)], []);
      assert.deepEqual([...decider.deployersIn("# all\nAda # she\n\n grace\n")], ["ada", "grace"]);
    });

    it("is a step that has outputs", async () => {
      job.pulls = [pull(7)];
      const event = job.file("event.json", {
        pull_request: { number: 7, head: { sha: COMMIT } },
        sender: { login: "ada" },
      });
      const env = { GITHUB_EVENT_PATH: event };
      assert.match((await job.run("siteDecide", [], env)).told, /^::error::.*dev-deployers/);
      mkdirSync(join(job.folder, ".github"), { recursive: true });
      job.file(".github/dev-deployers", "");
      const { code, told, outputs } = await job.run("siteDecide", [], env);
      assert.equal(code, 0, told);
      assert.deepEqual(outputs, { action: "deploy", commit: COMMIT, approval: "true" });
      assert.match(told, /^::notice::pull request 7: deploy: 'ada' is not in/);
    });
  });

  describe("siteStill.mjs", () => {
    for (const [what, more, go, late] of [
      ["nothing has happened", {}, true, false],
      ["it was closed", { state: "closed" }, false, true],
      ["it lost its label", { labels: [] }, false, true],
      ["it lost its label, and is to be kept", { labels: ["keep"] }, false, false],
      ["it was closed, with keep", { state: "closed", labels: ["keep"] }, false, true],
      ["it got a newer commit", { commit: "f".repeat(40) }, false, false],
    ] as const) {
      it(`while somebody approved, or while it was deployed: ${what}`, async () => {
        job.pulls = [pull(7, more)];
        const answer = await stiller.still(place(), COMMIT);
        assert.deepEqual([answer.go, answer.late], [go, late]);
      });
    }

    it("is a step before and after, and no answer where GitHub has none", async () => {
      const step = (when: string) => job.run("siteStill", [when, COMMIT], { PULL_REQUEST: "7" });
      job.pulls = [pull(7, { state: "closed" })];
      assert.deepEqual((await step("before")).outputs, { go: "false" });
      const late = await step("after");
      assert.deepEqual(late.outputs, { late: "true" });
      assert.match(late.told, /^::notice::the site goes again: its pull request wants no site/);
      job.github.before = () => ({ status: 404, body: { message: "Not Found" } });
      const { code, outputs } = await step("after");
      assert.deepEqual([code, outputs], [1, {}]);
    });
  });

  describe("sitesToRemove.mjs", () => {
    const NOW = Date.parse("2026-12-08T10:00:00Z");
    const day = 24 * 60 * 60 * 1000;
    const site = (number: number, more: Partial<Site> = {}): Site => ({
      number,
      until: NOW + number * day,
      going: false,
      stack: true,
      ...more,
    });
    const as = (number: number, more: object = {}) => ({
      number,
      open: true,
      fork: false,
      labels: ["preview"],
      commit: COMMIT,
      author: "ada",
      branch: "fix",
      ...more,
    });
    const removed = (sites: Site[], pulls: ReturnType<typeof as>[], most = 10) =>
      remover.toRemove({ now: NOW, sites }, pulls, most);

    it("removes stacks without an open pull request, and no other", () => {
      assert.deepEqual(removed([site(1), site(2)], [as(2), as(3)]), [
        { number: 1, why: "its pull request is not open" },
      ]);
      assert.deepEqual(removed([], [as(1)]), []);
    });

    it("removes what has lost its label, or has come from a fork, or whose days are over", () => {
      const sites = [site(1), site(2), site(3, { until: NOW }), site(4, { until: NOW + 1 })];
      const pulls = [as(1, { labels: [] }), as(2, { fork: true }), as(3), as(4)];
      assert.deepEqual(
        removed(sites, pulls).map(({ number, why }) => `${number} ${why}`),
        [
          "1 its pull request has no label 'preview'",
          "2 its pull request comes from a fork",
          "3 its days were over at 2026-12-08T10:00:00.000Z",
        ],
      );
    });

    it("keeps what has the label keep, as long as its pull request is open", () => {
      const keep = { labels: ["keep"] };
      assert.deepEqual(removed([site(1, { until: 0 })], [as(1, keep)]), []);
      assert.equal(removed([site(1, { until: 0 })], []).length, 1);
    });

    it("removes those that end first where there are too many, and none that is kept", () => {
      const sites = [1, 2, 3, 4].map((number) => site(number, { until: NOW + (5 - number) * day }));
      const pulls = [as(1), as(2), as(3), as(4, { labels: ["preview", "keep"] })];
      const [first, ...others] = removed(sites, pulls, 2);
      assert.deepEqual(
        [first?.number, others.map(({ number }) => number)],
        [2, [3]],
        "4 ends before both, but is kept",
      );
      assert.match(first?.why ?? "", /there are 4 sites, 2 at most/);
      assert.deepEqual(removed(sites, pulls, 4), []);
    });

    it("knows the sites of Pulumi's state, of the cluster, and of one of both", () => {
      const stack = (pullRequest: number) => ({ name: `pr-${pullRequest}`, pullRequest });
      const { sites } = remover.sitesIn(
        JSON.stringify({
          now: "2026-12-08T10:00:00.000Z",
          stacks: [stack(2), stack(1), stack(5)],
          namespaces: [
            { ...stack(1), until: "2026-12-09T10:00:00.000Z" },
            { ...stack(3) },
            { ...stack(4), goingSince: "2026-12-08T09:59:00.000Z" },
            { ...stack(5), goingSince: "2026-12-08T09:59:00.000Z" },
          ],
        }),
      );
      assert.deepEqual(
        sites.map(({ number, until, going, stack: known }) => [number, until, going, known]),
        [
          [1, NOW + day, false, true],
          [2, undefined, false, true],
          [3, undefined, false, false],
          [4, undefined, true, false],
          [5, undefined, true, true],
        ],
      );
      // All but 4, which goes already, and of which Pulumi knows nothing.
      assert.deepEqual(
        removed(sites, []).map(({ number }) => number),
        [1, 2, 3, 5],
      );
    });

    it("is a step for all, and for one, and an error where GitHub gives no list", async () => {
      const file = job.file("sites.json", {
        now: "2026-12-08T10:00:00.000Z",
        stacks: [1, 2].map((pullRequest) => ({ pullRequest })),
        namespaces: [],
      });
      job.pulls = [pull(1), pull(2, { state: "closed" })];
      const all = await job.run("sitesToRemove", [file]);
      assert.deepEqual(all.outputs, { remove: "[2]" });
      assert.match(all.told, /2 review sites, 10 at most\n\npr-2: its pull request is not open/);
      const one = async (number: string) =>
        (await job.run("sitesToRemove", [file, number])).outputs;
      assert.deepEqual(
        [await one("1"), await one("2"), await one("3")],
        [
          { there: "true", go: "false" },
          { there: "true", go: "true" },
          { there: "false", go: "false" },
        ],
      );
      const many = await job.run("sitesToRemove", [file], { MAX_SITES: "many" });
      assert.match(many.told, /^::error::MAX_SITES: 'many' is refused/);
      job.github.before = () => ({ status: 404, body: { message: "Not Found" } });
      const { code, outputs } = await job.run("sitesToRemove", [file]);
      assert.deepEqual([code, outputs], [1, {}]);
    });
  });

  it("does not remove a site whose pull request a list of GitHub's lacks, as between two pages", async () => {
    const file = job.file("sites.json", {
      now: "2026-12-08T10:00:00.000Z",
      stacks: [1, 2, 3].map((pullRequest) => ({ pullRequest })),
      namespaces: [],
    });
    job.pulls = [pull(1), pull(2, { state: "closed" })];
    const before = job.github.before;
    job.github.before = (asked) =>
      asked.path.endsWith("/pulls") ? { status: 200, body: [] } : before(asked);
    assert.deepEqual((await job.run("sitesToRemove", [file])).outputs, { remove: "[2,3]" });
    job.github.before = (asked) =>
      asked.path.endsWith("/pulls/1") ? { status: 403, body: { message: "no" } } : before(asked);
    job.pulls = [];
    const { code, outputs } = await job.run("sitesToRemove", [file]);
    assert.deepEqual([code, outputs], [1, {}]);
  });

  describe("siteText.mjs", () => {
    const values = {
      commit: "c0ffee1",
      run: "https://github.test/acme/shop/actions/runs/42",
      url: "https://pr-7.dev.example.com",
      until: "2026-12-08T10:05:00Z",
      pull: 7,
      hosts: ["dev.example.com"],
    };

    it("says where it answers and for how long", () => {
      assert.match(
        texts.siteText("made", values),
        /^\*\*\[pr-7\.dev\.example\.com\]\(https:\/\/pr-7\.dev\.example\.com\)\*\* runs c0ffee1, until 8 December 2026, 10:05 UTC or until .* closed/,
      );
    });

    it("is short, and leads to the run where there is something to read there", () => {
      for (const what of ["waiting", "failed", "refused", "stuck"] as const)
        assert.ok(texts.siteText(what, values).includes(values.run), what);
      assert.equal(texts.siteText("none", values), "", "which empties the slot");
      for (const what of ["waiting", "made", "failed", "refused", "removed", "stuck"] as const)
        assert.ok(Buffer.byteLength(texts.siteText(what, values)) < 400, what);
    });

    it("takes no address that is none, and no time that is none", () => {
      for (const url of [
        "",
        "javascript:alert(1)",
        "https://a.test/](https://b.test)",
        "https://a b",
        "https://pr-7.dev.example.org",
        "https://pr-8.dev.example.com",
        "https://pr-7.evil.dev.example.com",
        "https://pr-7.dev.example.com.evil.test",
        "https://pr-7.dev.example.com/login",
        "https://pr-7.dev.example.com@evil.test",
        "https://dev.example.com",
      ])
        assert.throws(() => texts.siteText("made", { ...values, url }), /SITE_URL: .* is refused/);
      for (const url of ["http://pr-7.dev.example.com", "http://pr-7.dev.example.com:30080"])
        assert.ok(texts.siteText("made", { ...values, url }).includes(`(${url})`));
      assert.throws(() => texts.siteText("made", { ...values, hosts: [] }), /\(none there\)/);
      assert.throws(() => texts.siteText("made", { ...values, until: "x" }), /SITE_UNTIL: 'x'/);
    });

    it("knows by how the jobs ended what to say", () => {
      for (const [env, what] of [
        [{ APPROVE: "skipped", DEPLOY: "success" }, "made"],
        [{ APPROVE: "success", DEPLOY: "failure" }, "failed"],
        [{ APPROVE: "failure", DEPLOY: "skipped" }, "refused"],
        [{ APPROVE: "skipped", DEPLOY: "skipped" }, "failed"],
        [{ WHAT: "waiting", DEPLOY: "success" }, "waiting"],
      ] as const)
        assert.equal(texts.whatOf(env), what);
      assert.throws(
        () => texts.whatOf({ WHAT: "gone" }),
        /WHAT: 'gone' is refused: expected waiting/,
      );
    });

    it("finds the host of main's dev, however that is written", () => {
      const found = texts.hostsIn(
        "  next-on-eks:app:\n    host: a.test # ours\n    env: { APP_HOST: x.test, host: b.test }\n" +
          `    "host": 'c.test'\n    app.host: y.test\n    hosts: z.test\n    host: "d.test"`,
      );
      assert.deepEqual(found, ["a.test", "b.test", "c.test", "d.test"]);
      const dev = readFileSync(join(__dirname, "../../../Pulumi.dev.yaml"), "utf8");
      assert.deepEqual(texts.hostsIn(dev), ["dev.shop.example.com"]);
    });

    it("writes a file for slot.mjs, from what npm run stack wrote", async () => {
      const site = job.file("site.json", { url: `${values.url}\n`, until: values.until });
      const { outputs } = await job.run("siteOutputs", [site]);
      assert.deepEqual(outputs, { url: values.url, until: values.until });
      job.file("Pulumi.dev.yaml", "config:\n  next-on-eks:app: { host: dev.example.com }\n");
      const say = (url = "") =>
        job.run("siteText", ["site.md"], {
          GITHUB_EVENT_PATH: job.file("event.json", { pull_request: { number: 7 } }),
          DEPLOY: "success",
          COMMIT: COMMIT,
          SITE_URL: url,
          SITE_UNTIL: outputs.until ?? "",
        });
      const { code, told } = await say(outputs.url);
      assert.equal(code, 0, told);
      assert.equal(job.read("site.md"), texts.siteText("made", values));
      const lied = await say("https://evil.test");
      assert.match(lied.told, /^::error::SITE_URL: 'https:\/\/evil\.test' is refused/);
      assert.equal(job.read("site.md"), texts.siteText("failed", values));
    });
  });

  describe("siteSetUp.mjs and siteCluster.mjs", () => {
    const all = { STATE: "s3://state", DEV_CLUSTER: "dev", AWS_ROLE: "arn" };

    it("name what is missing, and what else would do", () => {
      assert.deepEqual(setUp.missing(all), []);
      assert.deepEqual(setUp.missing({ STATE: "s3://state", DEV_KUBECONFIG: "set" }), []);
      assert.match(setUp.missing({ ...all, STATE: "" }).join(), /PULUMI_BACKEND_URL or/);
      assert.match(setUp.missing({ ...all, AWS_ROLE: "" }).join(), /AWS_REVIEW_ROLE/);
      assert.match(
        setUp.missing({ ...all, DEV_CLUSTER: "" }).join(),
        /DEV_CLUSTER .*DEV_KUBECONFIG/,
      );
    });

    it("make a notice of a new repository, and an error of a site that is asked for", async () => {
      const quiet = await job.run("siteSetUp", []);
      assert.deepEqual([quiet.code, quiet.outputs], [0, {}]);
      assert.match(quiet.told, /^::notice title=there are no review sites::.*review-sites\.md/);
      assert.equal((await job.run("siteSetUp", ["required"])).code, 1);
      assert.deepEqual((await job.run("siteSetUp", ["required"], all)).outputs, { ready: "true" });
    });

    /** Commands that write down how they are called. */
    const commands = () => {
      for (const name of ["aws", "docker", "kubectl"]) {
        const text = `#!/bin/sh\necho "${name} $*" >> ${job.folder}/called\ncat >> ${job.folder}/called\n[ "$4" != current-context ] || echo kind-dev\n`;
        writeFileSync(join(job.folder, name), text);
        chmodSync(join(job.folder, name), 0o700);
      }
      job.file("called", "");
      return { PATH: `${job.folder}:${process.env.PATH}` };
    };

    it("sign in to EKS and ECR by the role", async () => {
      const { code, told } = await job.run("siteCluster", [], {
        ...commands(),
        DEV_CLUSTER: "dev-1",
        AWS_REGION: "eu-west-1",
        REVIEW_IMAGES: "111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop",
      });
      assert.equal(code, 0, told);
      assert.equal(
        job.read("called"),
        `aws eks update-kubeconfig --region eu-west-1 --name dev-1 --alias dev --kubeconfig ${job.folder}/kubeconfig\n` +
          "aws ecr get-login-password --region eu-west-1\n" +
          "docker login --username AWS --password-stdin 111122223333.dkr.ecr.eu-west-1.amazonaws.com\n",
      );
    });

    it("use the kubeconfig of a cluster elsewhere, and a registry's password by standard input", async () => {
      const { code, told } = await job.run("siteCluster", [], {
        ...commands(),
        DEV_KUBECONFIG: "apiVersion: v1",
        REVIEW_IMAGES: "registry.test/shop",
        REGISTRY_USER: "ci",
        REGISTRY_PASSWORD: "hush",
      });
      assert.equal(code, 0, told);
      assert.equal(job.read("kubeconfig"), "apiVersion: v1");
      assert.equal(
        job.read("called"),
        `kubectl config --kubeconfig ${job.folder}/kubeconfig current-context\n` +
          `kubectl config --kubeconfig ${job.folder}/kubeconfig rename-context kind-dev dev\n` +
          "docker login --username ci --password-stdin registry.test\nhush",
      );
      assert.match(job.read("env"), new RegExp(`^KUBECONFIG=${job.folder}/kubeconfig$`, "m"));
      const env = { RUNNER_TEMP: job.folder };
      assert.throws(() => cluster.useCluster(env), /neither DEV_CLUSTER nor DEV_KUBECONFIG/);
    });

    it("say what a command says that fails", async () => {
      const { code, told } = await job.run("siteCluster", [], {
        PATH: "/nowhere",
        DEV_CLUSTER: "d",
      });
      assert.deepEqual([code, /aws cannot be started/.test(told)], [1, true]);
    });
  });
});
