import * as assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BOT } from "../scripts/github/fakeGithub";
import { load, type BodyModule } from "../scripts/github/load";
import { pull, ReviewJob, type FakePull } from "../scripts/github/reviewJob";
import { Expressions } from "./expressions";
import { Repository } from "./repository";
import { Runner, type RunEnded, type Start } from "./runner";
import { SiteTools } from "./siteTools";

const VARS = {
  AWS_REVIEW_ROLE: "arn:aws:iam::111122223333:role/review",
  DEV_CLUSTER: "dev-cluster",
  REVIEW_IMAGES: "111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop",
  PULUMI_BACKEND_URL: "s3://state",
};
const THERE = ["stack", "namespace"];

/** The three workflows of review sites, from an event to what the cluster and the comment have: one story, whose steps build on each other. */
describe("a review site, by the steps of its workflows", function () {
  this.timeout(300_000);
  const job = new ReviewJob();
  const { github } = job;
  const tools = new SiteTools();
  let runner: Runner;
  let repository: Repository;
  let body: BodyModule;
  let number = 0;
  /** What the environment `review` has set. */
  let vars: Record<string, string> = VARS;

  before(async () => {
    await job.start();
    await tools.start();
    github.pulls.add(8);
    runner = new Runner(await Expressions.load(), github);
    repository = new Repository();
    body = await load<BodyModule>("body.mjs");
    repository.git("checkout", "--quiet", "main");
    mkdirSync(join(repository.folder, ".github"), { recursive: true });
    writeFileSync(join(repository.folder, ".github/dev-deployers"), "# who\nada # dev\n");
    repository.commit("deployers");
    repository.git("checkout", "--quiet", "-B", "change");
    tools.fake.stacks.set("dev", { resources: [] });
    for (const one of [7, 8])
      job.pulls.push(pull(one, { labels: [], commit: commit(`of ${one}`) }));
  });
  after(() => {
    job.stop();
    job.clean();
    tools.stop();
    runner.remove();
    repository.remove();
  });

  /** A commit on the branch. */
  function commit(message: string, edit: () => void = () => undefined): string {
    writeFileSync(join(repository.folder, "CHANGELOG.md"), message);
    edit();
    repository.commit(message);
    return repository.git("rev-parse", "HEAD").trim();
  }

  const seven = () => job.pulls[0] as FakePull;
  const eight = () => job.pulls[1] as FakePull;
  const start = (more: Partial<Start> & { readonly workflow: string }): Start => {
    number += 1;
    return {
      ...{
        number,
        event: {},
        repository: repository.folder,
        tools: tools.folder,
        installed: tools.installed,
      },
      commit: repository.git("rev-parse", "main").trim(),
      environments: { review: { vars, secrets: { PULUMI_CONFIG_PASSPHRASE: "p" } } },
      ...more,
    };
  };

  interface Happens {
    readonly sender?: string;
    readonly label?: string;
    /** What the reviewers say; without it they say nothing yet. */
    readonly approval?: () => Promise<boolean>;
  }
  const unasked = () => Promise.reject(new Error("nobody was to be asked"));
  function happens(
    action: string,
    one: FakePull,
    { sender = "ada", label, approval = unasked }: Happens = {},
  ): Promise<RunEnded> {
    return runner.run(
      start({
        workflow: "review-site",
        actor: sender,
        approval: { "review-approval": approval },
        event: {
          action,
          ...(label !== undefined && { label: { name: label } }),
          sender: { login: sender },
          repository: { default_branch: "main" },
          pull_request: {
            number: one.number,
            head: { sha: one.commit, repo: one.from && { full_name: one.from } },
            labels: one.labels.map((name) => ({ name })),
          },
        },
      }),
    );
  }
  const reconcile = () =>
    runner.run(
      start({
        workflow: "review-sites-reconcile",
        event: { repository: { default_branch: "main" } },
      }),
    );

  /** Results of jobs that were not skipped. */
  const ran = ({ results }: RunEnded) =>
    Object.fromEntries(Object.entries(results).filter(([, result]) => result !== "skipped"));
  const says = (of = 7) => {
    const ours = github.comments.filter(({ user, on }) => user.login === BOT && on === of);
    assert.ok(ours.length <= 1);
    return body.parse(ours[0]?.body ?? "").slots.get("site") ?? "";
  };
  const pushed = (by: string, message: string, edit?: () => void) => {
    seven().commit = commit(message, edit);
    seven().pushedBy = [...(seven().pushedBy ?? []), by];
    return seven();
  };
  const yes = () => Promise.resolve(true);
  const done = { decide: "success", deploy: "success", late: "success", say: "success" };
  const approved = { ...done, announce: "success", approve: "success" };
  const removed = {
    decide: "success",
    remove: "success",
    "remove / remove": "success",
    "remove / say": "success",
  };

  it("is not made for a fork, whose run does nothing at all", async () => {
    const fork = pull(7, { from: "mallory/shop", author: "mallory" });
    const ended = await happens("labeled", fork, { label: "preview" });
    assert.deepEqual(new Set(Object.values(ended.results)), new Set(["skipped"]));
    assert.deepEqual(tools.fake.asked, []);
  });

  it("is made at once where the label is put on by somebody who may deploy dev, and is in the comment", async () => {
    seven().labels = ["preview"];
    const ended = await happens("labeled", seven(), { label: "preview" });
    assert.deepEqual(ran(ended), done, JSON.stringify(ended.told));
    assert.deepEqual(tools.fake.traces("pr-7").slice(0, 2), THERE);
    assert.match(
      says(),
      new RegExp(
        `^\\*\\*\\[pr-7\\.dev\\.[a-z.]+\\]\\(http://pr-7\\.dev\\.[a-z.]+\\)\\*\\* runs ${seven().commit.slice(0, 7)}, until \\d+ \\w+ \\d+, \\d\\d:\\d\\d UTC`,
      ),
    );
    assert.ok(tools.fake.images.has(`${VARS.REVIEW_IMAGES}:${seven().commit}`));
    assert.deepEqual(
      tools.signedIn.map((it) => it.split(" ").slice(0, 2).join(" ")),
      ["aws eks", "aws ecr", "docker login"],
    );
  });

  it("gets a stranger's commit when a reviewer approves it, and not before", async () => {
    const before = tools.fake.images.size;
    let told = "";
    const refused = await happens("synchronize", pushed("mallory", "a stranger's"), {
      sender: "mallory",
      approval: () => {
        told = says();
        return Promise.resolve(false);
      },
    });
    assert.match(told, /^\*\*A site of [0-9a-f]{7} waits for \[a reviewer's approval\]/);
    assert.deepEqual(ran(refused), {
      ...{ decide: "success", announce: "success", approve: "failure", say: "success" },
    });
    assert.match(says(), /^\*\*No site of [0-9a-f]{7}\*\*: \[it was not approved\]/);
    assert.equal(tools.fake.images.size, before, "nothing was built of it");
    assert.deepEqual(refused.results.deploy, "skipped");
    // Who sets the label again has not written it.
    const again = await happens("labeled", seven(), { label: "preview", approval: yes });
    assert.deepEqual(ran(again), approved);
    assert.match(says(), new RegExp(`runs ${seven().commit.slice(0, 7)}, until`));
  });

  it("gets the newest of two commits that wait for approval", async () => {
    let begun: Promise<RunEnded> | undefined;
    const older = happens("synchronize", pushed("mallory", "first"), {
      sender: "mallory",
      approval: () => {
        const newer = { sender: "mallory", approval: yes };
        begun = happens("synchronize", pushed("mallory", "second"), newer);
        return new Promise(() => undefined); // it is never approved
      },
    });
    const first = await older;
    const second = await begun;
    assert.equal(first.results.approve, "cancelled");
    assert.equal(first.results.deploy, "skipped");
    assert.equal(second?.results.deploy, "success");
    assert.match(says(), new RegExp(`runs ${seven().commit.slice(0, 7)}, until`));
  });

  it("is not made by an approval that comes after the close, and the site goes", async () => {
    let closed: RunEnded | undefined;
    const late = await happens("synchronize", pushed("mallory", "third"), {
      sender: "mallory",
      approval: async () => {
        seven().state = "closed";
        closed = await happens("closed", seven());
        return true;
      },
    });
    assert.deepEqual(ran(closed as RunEnded), removed);
    assert.deepEqual(ran(late), {
      ...{ decide: "success", announce: "success", approve: "success", deploy: "success" },
    });
    assert.match(
      late.told.deploy ?? "",
      /is not deployed: its pull request wants no site any more/,
    );
    assert.deepEqual(tools.fake.traces("pr-7"), []);
    assert.match(says(), /^\*\*The site of this pull request is removed\.\*\*/);
  });

  it("is removed as soon as it is made where the pull request is closed meanwhile", async () => {
    seven().state = "open";
    let closing: Promise<RunEnded> | undefined;
    tools.before = ({ name, args }) => {
      if (closing !== undefined || name !== "pulumi" || args[0] !== "up") return;
      seven().state = "closed";
      closing = happens("closed", seven());
    };
    const ended = await happens("reopened", seven(), { approval: yes });
    const closed = await closing;
    tools.before = () => undefined;
    assert.equal(ended.results.late, "success");
    assert.equal(ended.results.say, "skipped", "it does not say that there is a site");
    // The run of the close waits for the deployment; whichever comes first removes it, and the other finds nothing.
    const removals = [ended, closed].map((run) => run?.results["remove / remove"]);
    assert.deepEqual(removals, ["success", "success"]);
    assert.deepEqual(tools.fake.traces("pr-7"), []);
  });

  it("is removed when its branch is gone, and it is merged with conflicts", async () => {
    seven().state = "open";
    await happens("reopened", seven(), { approval: yes });
    assert.deepEqual(tools.fake.traces("pr-7").slice(0, 2), THERE);
    seven().state = "closed";
    repository.git("checkout", "--quiet", "--detach");
    repository.git("branch", "--quiet", "-D", "change");
    // GitHub may lose the event: the schedule needs none.
    const hour = await reconcile();
    repository.git("checkout", "--quiet", "-B", "change");
    assert.deepEqual(ran(hour), {
      ...{ look: "success", "remove / remove": "success", "remove / say": "success" },
      remove: "success",
    });
    assert.match(hour.summaries.look ?? "", /pr-7: its pull request is not open/);
    assert.deepEqual(tools.fake.traces("pr-7"), []);
    seven().state = "open";
  });

  it("that cannot be removed makes the run red, and the comment says so until it is gone", async () => {
    await happens("reopened", seven(), { approval: yes });
    seven().state = "closed";
    tools.fake.instead = (command) =>
      command.startsWith("pulumi destroy") ? { code: 0, stdout: "", text: "" } : undefined;
    const stuck = await happens("closed", seven());
    assert.equal(stuck.results.remove, "failure");
    assert.match(
      stuck.told["remove / remove"] ?? "",
      /pulumi destroy of pr-7 ended without an error, but its state still has 2 of 2 resources/,
    );
    assert.match(says(), /^\*\*The site of this pull request could not be removed\*\*/);
    tools.fake.instead = () => undefined;
    assert.equal((await reconcile()).results.remove, "success");
    assert.match(says(), /is removed/);
    assert.deepEqual(tools.fake.traces("pr-7"), []);
  });

  it("is not made beyond the number of sites that there may be, and keeps the others", async () => {
    Object.assign(seven(), { state: "open", labels: ["preview", "keep"] });
    await happens("labeled", seven(), { label: "preview", approval: yes });
    vars = { ...VARS, MAX_SITES: "1" };
    eight().labels = ["preview"];
    const ended = await happens("labeled", eight(), { label: "preview" });
    assert.equal(ended.results.deploy, "failure");
    assert.match(ended.told.deploy ?? "", /there are 1 review sites already, and --max is 1: pr-7/);
    assert.match(says(8), /^\*\*No site of [0-9a-f]{7}\*\*: \[the run\]/);
    assert.deepEqual(tools.fake.traces("pr-8"), []);
    assert.deepEqual(tools.fake.traces("pr-7").slice(0, 2), THERE);
  });

  it("stays after its days with the label keep; of too many another goes", async () => {
    vars = VARS;
    await happens("labeled", eight(), { label: "preview" });
    vars = { ...VARS, MAX_SITES: "1" };
    const past = { "next-on-eks/until": "2020-01-01T00:00:00Z" };
    tools.fake.namespaces = tools.fake.namespaces.map((one) =>
      one.name === "pr-7" ? { ...one, annotations: past } : one,
    );
    const hour = await reconcile();
    assert.match(
      hour.summaries.look ?? "",
      /^2 review sites, 1 at most\n\npr-8: there are 2 sites/,
    );
    assert.deepEqual(tools.fake.traces("pr-8"), []);
    assert.deepEqual(tools.fake.traces("pr-7").slice(0, 2), THERE);
    seven().labels = ["preview"];
    vars = VARS;
    assert.match((await reconcile()).summaries.look ?? "", /pr-7: its days were over/);
    assert.deepEqual(tools.fake.traces("pr-7"), []);
  });

  it("runs none of the pull request's scripts with a token that writes", async () => {
    const edit = () => {
      for (const name of ["siteStill", "siteText", "slot"])
        repository.edit(
          `scripts/github/${name}.mjs`,
          "await script(",
          'console.log("pwned");\nawait script(',
        );
    };
    const ended = await happens("synchronize", pushed("ada", "scripts", edit), { approval: yes });
    assert.deepEqual(ran(ended), approved);
    assert.doesNotMatch(Object.values(ended.told).join(""), /pwned/);
    assert.doesNotMatch(says(), /pwned/);
  });

  it("is not made where an environment lets in what nobody has approved", async () => {
    job.environments = { ...job.environments, "review-approval": { protection_rules: [] } };
    const ended = await happens("synchronize", pushed("mallory", "doors"), { sender: "mallory" });
    assert.deepEqual(ran(ended), { decide: "failure", say: "success" });
    assert.match(ended.told.decide ?? "", /nobody has to approve what enters the environment/);
    assert.match(says(), /^\*\*No site of/);
  });

  it("is looked for by no schedule where nothing is set up, which is no failure", async () => {
    vars = {};
    const hour = await reconcile();
    assert.deepEqual(ran(hour), { look: "success" });
    assert.match(hour.told.look ?? "", /::notice title=there are no review sites::/);
  });
});
