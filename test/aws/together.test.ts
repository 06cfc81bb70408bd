import assert from "node:assert/strict";
import { account } from "./account";
import { AwsStack, type Name } from "./awsStack";
import { SecondCluster } from "./secondCluster";
import { settings } from "./settings";

const pretend = settings.events !== undefined;

/** In an account for tests it takes the better part of two hours; the pretend one takes it in its stride. */
if (settings.full) describe("dev and prod in one account", together);

function together(this: Mocha.Suite): void {
  this.bail(true);
  const stacks = new Map<Name, AwsStack>();
  let second: SecondCluster | undefined;
  let held: string[] = [];

  before(async () => {
    if (pretend) {
      held = account.resources();
      // A pretend account brings one API server, and two clusters are two.
      second = await SecondCluster.start("prod");
    }
    for (const name of ["dev", "prod"] as const) stacks.set(name, await AwsStack.create(name));
    Object.assign(stack("prod").env, second?.env);
  });
  after(async () => {
    for (const it of [...stacks.values()].reverse()) await it.cleanUp();
    await second?.stop();
  });
  const stack = (name: Name): AwsStack => {
    const found = stacks.get(name);
    assert.ok(found);
    return found;
  };

  it("come up beside each other", async () => {
    for (const it of stacks.values()) {
      const { code, text } = await it.up();
      assert.equal(code, 0, text);
    }
  });

  it("leave each other alone in a second up and in a refresh", async () => {
    for (const it of stacks.values()) {
      const again = await it.up("--expect-no-changes");
      assert.equal(again.code, 0, again.text);
      const refreshed = await it.refresh("--expect-no-changes");
      assert.equal(refreshed.code, 0, refreshed.text);
    }
  });

  it("go one by one: prod, while dev stays as it was, then dev", async () => {
    stack("prod").configure({ protect: false });
    const unprotected = await stack("prod").up();
    assert.equal(unprotected.code, 0, unprotected.text);
    const gone = await stack("prod").destroy();
    assert.equal(gone.code, 0, gone.text);
    const dev = await stack("dev").refresh("--expect-no-changes");
    assert.equal(dev.code, 0, dev.text);
    const last = await stack("dev").destroy();
    assert.equal(last.code, 0, last.text);
    if (pretend) {
      assert.deepEqual(
        account.resources().filter((it) => !held.includes(it)),
        [],
      );
    }
  });
}
