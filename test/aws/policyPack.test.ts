import assert from "node:assert/strict";
import { AwsStack, type Name } from "./awsStack";
import { foundInTheEngine, foundOffline } from "./packFindings";
import { settings } from "./settings";

/** Stacks that break rules, or are made in another way: whatever the preview finds of them, the pack finds. */
const VARIANTS: readonly [what: string, stack: Name, changes: Readonly<Record<string, unknown>>][] =
  [
    [
      "dev, open to all and alone",
      "dev",
      {
        "cluster.publicAccessCidrs": ["0.0.0.0/0"],
        "networkPolicy.enabled": false,
        "app.replicas": { min: 1, max: 1 },
        "assets.replicas": 1,
        "app.env": { API_TOKEN: "a-token-of-this-test" },
        "ingress.annotations": {
          "nginx.ingress.kubernetes.io/whitelist-source-range": "10.0.0.0/8",
        },
      },
    ],
    [
      "prod on Valkey, without protection, its sessions among pages",
      "prod",
      { protect: false, "redis.engine": "valkey", "redis.sessions": "shared" },
    ],
    [
      "prod in two colours",
      "prod",
      {
        "app.image": undefined,
        "app.rollout": {
          strategy: "blueGreen",
          live: "blue",
          images: { blue: settings.image, green: settings.nextImage },
        },
      },
    ],
    [
      "dev with files alone",
      "dev",
      { "cache.store": "files", "network.natGateways": "perZone", protect: true },
    ],
  ];

/** The rules in the engine itself: the same as offline, whatever providers add to what was asked for. */
describe("the policy pack", function () {
  const stacks: AwsStack[] = [];
  after(async () => {
    for (const stack of stacks) await stack.cleanUp();
  });

  async function create(name: Name): Promise<AwsStack> {
    const stack = await AwsStack.create(name);
    stacks.push(stack);
    stack.env.RULES_CONFIG_FILE = stack.configFile;
    return stack;
  }
  const preview = (stack: AwsStack) => stack.verb("preview", ["--policy-pack", "policies/pack"]);

  it("lets dev pass with a warning, and names no rule that cannot be asked", async () => {
    const stack = await create("dev");
    const run = await preview(stack);
    const { code, text } = run;
    assert.equal(code, 0, text);
    assert.deepEqual(foundInTheEngine(run), await foundOffline(stack));
    assert.match(text, /\[advisory\] {2}https-warning /);
    assert.match(text, /site: serves \S+ by plain HTTP\./);
    assert.doesNotMatch(text, /\[mandatory\]|can't run policy/);
  });

  it("refuses in production what is an error there, unless it is waived", async () => {
    const stack = await create("prod");
    const clean = await preview(stack);
    assert.equal(clean.code, 0, clean.text);
    assert.doesNotMatch(clean.text, /\[(mandatory|advisory)\]/);
    assert.deepEqual(await foundOffline(stack), []);

    stack.configure({ "redis.sessions": "shared" });
    const refused = await preview(stack);
    assert.notEqual(refused.code, 0, refused.text);
    assert.match(refused.text, /\[mandatory\] {2}sessions-evicted /);

    const reason = "sessions of this test may go";
    stack.configure({ waivers: [{ rule: "sessions-evicted", reason, until: "2099-01-31" }] });
    const waived = await preview(stack);
    assert.equal(waived.code, 0, waived.text);
    assert.doesNotMatch(waived.text, /\[mandatory\]/);
  });

  for (const [what, name, changes] of settings.full ? VARIANTS : VARIANTS.slice(0, 2)) {
    it(`finds what the preview finds: ${what}`, async () => {
      const stack = await create(name);
      stack.configure(changes);
      const run = await preview(stack);
      const offline = await foundOffline(stack);
      // An error of a rule ends the preview; nothing else may.
      if (offline.length === 0) assert.equal(run.code, 0, run.text);
      assert.deepEqual(foundInTheEngine(run), offline);
    });
  }

  it("finds no more of a stack that runs, whose secrets and names are known", async () => {
    const stack = await create("dev");
    const up = await stack.up();
    assert.equal(up.code, 0, up.text);
    const run = await preview(stack);
    assert.equal(run.code, 0, run.text);
    assert.deepEqual(foundInTheEngine(run), await foundOffline(stack));
  });
});
