import assert from "node:assert/strict";
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { keepPlace, refuseOverCap, type Counting } from "../../sites/cap";
import { Cluster } from "../../sites/cluster";
import { execute } from "../../sites/command";
import type { Run } from "../../sites/commands";
import { Pulumi } from "../../sites/pulumi";
import { ROOT } from "../helpers/configs";
import { FakeCommands, namespaceOf } from "./fakeCommands";

/** Numbers that look random, the same in each run. @param seed a whole number */
function numbers(seed: number): () => number {
  let state = seed * 2_654_435_761 + 1;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_519) + 0x9e3779b9) | 0;
    return (state >>> 0) / 2 ** 32;
  };
}

/**
 * Makers of sites that are at work at once. Before each command of theirs, and each wait, another may be let go on: `next`
 * chooses which of those that wait.
 */
class AtOnce {
  private readonly waiting: (() => void)[] = [];
  private left = 0;

  constructor(private readonly next: () => number) {}

  /** In turn with the others. */
  readonly turn = (): Promise<void> =>
    new Promise((resolve) => {
      this.waiting.push(resolve);
      this.goOn();
    });

  async all(makers: readonly (() => Promise<void>)[]): Promise<void> {
    this.left = makers.length;
    await Promise.all(
      makers.map(async (maker) => {
        await this.turn();
        await maker();
        this.left -= 1;
        this.goOn();
      }),
    );
  }

  /** Once all that are not done wait. */
  private goOn(): void {
    if (this.left === 0 || this.waiting.length < this.left) return;
    const [one] = this.waiting.splice(Math.floor(this.next() * this.waiting.length), 1);
    one?.();
  }
}

/** Makers of these sites, beside so many that are there, in one order of their commands. */
async function race(
  seed: number,
  sites: readonly number[],
  there: number,
  cap: number,
  counts = 2,
) {
  const fake = new FakeCommands();
  for (let one = 1; one <= there; one++) fake.site(one);
  const atOnce = new AtOnce(numbers(seed));
  const run: Run = async (...command) => {
    await atOnce.turn();
    return fake.run(...command);
  };
  let late = 0;
  let most = 0;
  const real = () => (most = Math.max(most, fake.namespaces.length));
  const maker = (number: number) => async () => {
    const stack = `pr-${number}`;
    const pulumi = new Pulumi(run);
    const cluster = new Cluster(run, "dev");
    const counting: Counting = { stack, cap, pulumi, cluster, wait: atOnce.turn };
    try {
      await refuseOverCap(counting);
    } catch {
      return;
    }
    await pulumi.create(stack, undefined);
    try {
      if (counts === 2) await keepPlace(counting);
    } catch {
      late += 1;
      await pulumi.forget(stack);
      return;
    }
    await atOnce.turn();
    fake.namespaces.push(namespaceOf(number));
    real();
  };
  await atOnce.all(sites.map(maker));
  const stacks = [...fake.stacks.keys()].filter((name) => name.startsWith("pr-"));
  fake.clean();
  return { made: fake.namespaces.length - there, stacks: stacks.length, late, most };
}

describe("the number of review sites", () => {
  const RACES = Array.from({ length: 300 }, (_, seed) => seed);

  it("is never more than there may be, however many are made at once, and no place stays empty", async () => {
    let late = 0;
    for (const seed of RACES) {
      const ended = await race(seed, [7, 8, 9], 1, 2);
      assert.ok(ended.most <= 2, `order ${seed}: ${ended.most} sites at once`);
      assert.equal(ended.made, 1, `order ${seed}`);
      assert.equal(ended.stacks, 2, `order ${seed}: a stack is left of one that was refused`);
      late += ended.late;
    }
    assert.ok(late > RACES.length / 4, "hardly any had to give its place back: nothing was tried");
  });

  it("is more than there may be where they count before they take a place only (control)", async () => {
    const ended = await Promise.all(RACES.slice(0, 40).map((seed) => race(seed, [7, 8], 1, 2, 1)));
    assert.ok(ended.some(({ most }) => most === 3));
  });

  it("is enough for all where there is room", async () => {
    for (const seed of RACES.slice(0, 40)) {
      const { made, late } = await race(seed, [7, 8, 9], 1, 4);
      assert.deepEqual([made, late], [3, 0]);
    }
  });
});

describe("npm run stack -- new, while another takes the last place", () => {
  const fake = new FakeCommands();
  after(() => fake.clean());
  const network = {
    unresolved: () => Promise.resolve(undefined),
    distrust: () => Promise.resolve(undefined),
  };
  const make = (name: string, run: Run) => {
    const image = `registry.test/shop@sha256:${"0".repeat(64)}`;
    const args = ["new", name, "--from", "dev", "--context", "dev", "--image", image, "--max", "2"];
    const wait = () => Promise.resolve();
    const at = { run, network, now: new Date(), env: {}, folder: fake.folder, wait };
    return execute(args, at);
  };

  it("gives its own place back, with all that it had made, and says who has it", async () => {
    copyFileSync(join(ROOT, "Pulumi.dev.yaml"), fake.file("dev"));
    fake.site(1);
    let other: string | undefined;
    const run: Run = async (name, args, options) => {
      if (other === undefined && args.includes("init")) {
        other = "begun";
        other = await make("pr-8", fake.run);
      }
      return fake.run(name, args, options);
    };
    await assert.rejects(
      make("pr-9", run),
      /^Error: there are 2 review sites already, and --max is 2: pr-1, pr-8\.\n.*\n.*\nWhat it had made is removed again\.$/,
    );
    assert.match(other ?? "", /^pr-8 is made/);
    assert.deepEqual(fake.traces("pr-9"), []);
    assert.deepEqual(fake.traces("pr-8"), ["stack", "namespace", "file"]);
  });

  it("leaves a stack alone that another has made under its own name", async () => {
    fake.stacks.delete("pr-1");
    fake.namespaces = fake.namespaces.filter(({ name }) => name === "pr-8");
    let begun = false;
    const run: Run = async (name, args, options) => {
      if (!begun && args.includes("init")) {
        begun = true;
        await make("pr-9", fake.run);
      }
      return fake.run(name, args, options);
    };
    await assert.rejects(make("pr-9", run), /^Error: stack 'pr-9' was made by somebody else/);
    assert.deepEqual(fake.traces("pr-9"), ["stack", "namespace", "file"]);
  });
});
