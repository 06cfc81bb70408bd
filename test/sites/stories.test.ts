import assert from "node:assert/strict";
import { copyFileSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { execute } from "../../sites/command";
import { ROOT } from "../helpers/configs";
import {
  load,
  type SiteDecide,
  type SitePull,
  type SiteStill,
  type SitesToRemove,
} from "../scripts/github/load";
import { pull, ReviewJob, type FakePull } from "../scripts/github/reviewJob";
import { FakeCommands } from "./fakeCommands";

const DAY = 24 * 60 * 60 * 1000;
const REACHED = {
  unresolved: () => Promise.resolve(undefined),
  distrust: () => Promise.resolve(undefined),
};

/*
 * Histories of pull requests: the scripts of the workflows and `npm run stack`, in the order in which the jobs run them, over one GitHub,
 * one state and one cluster. What they cannot show: how GitHub queues jobs, and the real pulumi and kubectl (test/cluster/reviewSites.test.ts).
 */
describe("histories of review sites", () => {
  const job = new ReviewJob();
  let fake: FakeCommands;
  let now: Date;
  let decider: SiteDecide;
  let stiller: SiteStill;
  let remover: SitesToRemove;
  let pulls: SitePull;
  before(async () => {
    decider = await load<SiteDecide>("siteDecide.mjs");
    stiller = await load<SiteStill>("siteStill.mjs");
    remover = await load<SitesToRemove>("sitesToRemove.mjs");
    pulls = await load<SitePull>("sitePull.mjs");
  });
  beforeEach(async () => {
    await job.start();
    fake = new FakeCommands();
    now = new Date("2026-12-01T10:00:00Z");
    copyFileSync(join(ROOT, "Pulumi.dev.yaml"), fake.file("dev"));
    fake.stacks.set("dev", { resources: [] });
    job.pulls = [pull(7), pull(8)];
  });
  afterEach(() => {
    job.stop();
    fake.clean();
  });
  after(() => job.clean());

  const seven = () => job.pulls[0] as FakePull;
  const place = (number: number) => job.place(number);
  const stack = (...args: string[]) =>
    execute(args, { run: fake.run, network: REACHED, now, env: {}, folder: fake.folder });

  /** The run of an event: what it decides, and what has to be approved. */
  const event = (number: number) => {
    const commit = job.pulls.find((one) => one.number === number)?.commit ?? "";
    return decider.decide(place(number), { commit, sender: "ada" }, new Set(["ada"]));
  };

  /** The job `deploy`, and `remove` after it where that is needed. */
  async function deploy(number: number, commit: string, meanwhile: () => void = () => undefined) {
    const { go } = await stiller.still(place(number), commit);
    if (!go) return "outdated";
    const name = `pr-${number}`;
    await stack("new", name, "--from", "dev", "--context", "dev", "--build", "r.test/shop");
    meanwhile();
    const { late } = await stiller.still(place(number), commit);
    return late ? remove(number) : "deployed";
  }

  async function toRemove(): Promise<number[]> {
    const file = join(fake.folder, "sites.json");
    await stack("list", "--context", "dev", "--json", file);
    const there = remover.sitesIn(readFileSync(file, "utf8"));
    const numbers = there.sites.map(({ number }) => number);
    const removals = remover.toRemove(there, await pulls.openOf(place(7), numbers), 10);
    return removals.map(({ number }) => number);
  }

  /** The workflow review-site-remove. */
  async function remove(number: number) {
    if (!(await toRemove()).includes(number)) return "stays";
    await stack("remove", `pr-${number}`, "--context", "dev");
    return "removed";
  }

  /** The workflow review-sites-reconcile: each removal is a job of its own. */
  async function reconcile(): Promise<string[]> {
    const outcomes = [];
    for (const number of await toRemove()) {
      outcomes.push(`${number} ${await remove(number).catch((error: Error) => error.message)}`);
    }
    return outcomes;
  }

  async function deployed(...numbers: number[]): Promise<void> {
    for (const number of numbers) {
      const { action, commit = "", approval } = await event(number);
      assert.deepEqual([action, approval], ["deploy", false]);
      assert.equal(await deploy(number, commit), "deployed");
    }
  }
  const THERE = ["stack", "namespace", "file"];

  it("opened and closed: the site comes and goes, and no other is touched", async () => {
    await deployed(7, 8);
    assert.deepEqual(fake.traces("pr-7"), THERE);
    assert.deepEqual(await reconcile(), []);
    seven().state = "closed";
    assert.equal((await event(7)).action, "remove");
    assert.equal(await remove(7), "removed");
    assert.deepEqual(fake.traces("pr-7"), []);
    assert.deepEqual(fake.traces("pr-8"), THERE);
    assert.equal(await remove(7), "stays", "there is nothing any more, and that is no error");
    assert.ok(fake.stacks.has("dev"));
  });

  it("closed before the deployment ended: it removes what it made", async () => {
    const outcome = await deploy(7, seven().commit, () => (seven().state = "closed"));
    assert.equal(outcome, "removed");
    assert.deepEqual(fake.traces("pr-7"), []);
    assert.equal(await remove(7), "stays", "the run of the close, which waited, has nothing to do");
  });

  it("closed before the deployment ended, and its runner is lost: the next hour removes it", async () => {
    await assert.rejects(
      deploy(7, seven().commit, () => {
        seven().state = "closed";
        throw new Error("the runner is gone");
      }),
    );
    assert.deepEqual(await reconcile(), ["7 removed"]);
  });

  it("merged with conflicts, without an event: the next hour removes it", async () => {
    await deployed(7, 8);
    seven().state = "closed";
    assert.deepEqual(await reconcile(), ["7 removed"]);
    assert.deepEqual(fake.traces("pr-7"), []);
    assert.deepEqual(await reconcile(), []);
  });

  it("deployed after the close: an approval that comes late makes nothing", async () => {
    const { commit = "" } = await event(7);
    seven().state = "closed";
    assert.equal(await remove(7), "stays", "the run of the close comes first");
    assert.equal(await deploy(7, commit), "outdated");
    assert.deepEqual(fake.traces("pr-7"), []);
  });

  it("a new commit while an older one waits for approval: the older one is not deployed", async () => {
    const { commit = "" } = await event(7);
    seven().commit = "f".repeat(40);
    assert.equal(await deploy(7, commit), "outdated");
    await deployed(7);
  });

  it("the branch is deleted, and with it the fork's repository or the stack's file", async () => {
    await deployed(7);
    Object.assign(seven(), { state: "closed", from: null });
    rmSync(fake.file("pr-7"));
    assert.deepEqual(await reconcile(), ["7 removed"]);
    assert.deepEqual(fake.traces("pr-7"), []);
  });

  it("a destroy that removes nothing fails, and is tried again", async () => {
    await deployed(7);
    seven().state = "closed";
    fake.instead = (command) =>
      command.startsWith("pulumi destroy") ? { code: 0, stdout: "", text: "" } : undefined;
    await assert.rejects(
      remove(7),
      /ended without an error, but its state still has 2 of 2 resources/,
    );
    assert.match((await reconcile()).join(), /^7 pulumi destroy of pr-7 ended without an error/);
    assert.deepEqual(fake.traces("pr-7"), THERE);
    fake.instead = () => undefined;
    assert.deepEqual(await reconcile(), ["7 removed"]);
  });

  it("a state that is lost fails each hour, until somebody has looked", async () => {
    await deployed(7);
    seven().state = "closed";
    fake.stacks.delete("pr-7");
    for (let hour = 0; hour < 2; hour++)
      assert.match(
        (await reconcile()).join(),
        /^7 nothing is removed: .*\n.*delete namespace pr-7/,
      );
    fake.namespaces = [];
    assert.deepEqual(await reconcile(), []);
  });

  it("its days are over: it goes, unless a commit or the label keep comes first", async () => {
    await deployed(7, 8);
    now = new Date(now.getTime() + 6 * DAY);
    await deployed(8);
    seven().labels = ["preview", "keep"];
    now = new Date(now.getTime() + 2 * DAY);
    assert.deepEqual(await reconcile(), []);
    seven().labels = ["preview"];
    assert.deepEqual(await reconcile(), ["7 removed"]);
    assert.deepEqual(fake.traces("pr-8"), THERE);
    await deployed(7);
  });

  it("the label goes and comes", async () => {
    await deployed(7);
    seven().labels = [];
    assert.equal((await event(7)).action, "remove");
    assert.equal(await remove(7), "removed");
    seven().labels = ["preview"];
    await deployed(7);
  });

  it("GitHub, the cluster or the state does not answer: nothing is removed", async () => {
    await deployed(7, 8);
    const before = job.github.before;
    for (const status of [404, 403]) {
      job.github.before = () => ({ status, body: { message: "no" } });
      await assert.rejects(reconcile(), new RegExp(`${status} no`));
    }
    job.github.before = before;
    for (const silent of ["kubectl", "pulumi stack ls"]) {
      fake.instead = (command) =>
        command.startsWith(silent) ? { code: 1, stdout: "", text: "no route to host" } : undefined;
      await assert.rejects(reconcile(), /no route to host/);
    }
    for (const name of ["pr-7", "pr-8"]) assert.deepEqual(fake.traces(name), THERE);
  });
});
