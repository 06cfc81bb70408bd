import assert from "node:assert/strict";
import { get, kubectl, until } from "./commands";
import { pause, switchTimes, table, underLoad } from "./event";
import { missing, NAMESPACE, settings } from "./settings";
import { Timeline } from "./timeline";
import { readyPods, request, Session } from "./site";
import { TestStack } from "./stack";
import { killProcesses, restarts, service, tracks } from "./workloads";

const { appImage: V1, nextImage: V2, brokenImage } = settings;

/*
 * What visitors notice of rollouts, on real pods and under load. The events build on each other; the first that fails
 * ends the run, and what was made is removed either way.
 */
describe("no request is lost", () => {
  let stack: TestStack;
  let address: string;
  let one: string;
  let two: string;
  let session: Session;

  before(async () => {
    const lacking = missing();
    if (lacking.length > 0) throw new Error(`test:cluster cannot run:\n  ${lacking.join("\n  ")}`);
    stack = await TestStack.create();
  });

  after(async () => {
    console.log(`\n${table()}\n`);
    await kubectl("uncordon", "--all").catch(() => undefined);
    if (!stack) return;
    const { code, text } = await stack.destroy();
    stack.removeFolder();
    assert.equal(code, 0, text);
  });

  const up = async (): Promise<void> => {
    const { code, text, seconds } = await stack.up();
    assert.equal(code, 0, text);
    console.log(`      up: ${seconds.toFixed(0)} s`);
  };
  const configureApp = (change: Record<string, unknown>): void =>
    stack.configure({ app: { ...stack.group("app"), ...change } });
  const configureRollout = (change: Record<string, unknown>): void => {
    const before = (stack.group("app").rollout ?? {}) as Record<string, unknown>;
    configureApp({ rollout: { ...before, ...change } });
  };
  const both = () => [one, two];

  it("brings the site up", async () => {
    configureApp({
      image: V1,
      rollout: { minReadySeconds: 2, maxSurge: "100%" },
    });
    await up();
    address = (await stack.outputs()).loadBalancer ?? "";
    one = (JSON.parse((await request(address, "/api/pod")).body) as { release: string }).release;
    two = settings.nextRelease;
    assert.notEqual(one, two, "two images of different releases are needed");
    session = new Session(address);
    await session.visit();
  });

  // A visitor's session outlives every event.
  afterEach(async function () {
    if (session && this.currentTest?.isPassed()) await session.visit();
  });

  it("rolling update and back", async () => {
    await underLoad(
      address,
      { event: "rolling update v1 -> v2 -> v1", releases: both() },
      async () => {
        await stack.release("release", "--image", V2);
        await up();
        await stack.release("rollback");
        await up();
      },
    );
  });

  it("delete of a pod", async () => {
    await underLoad(address, { event: "kubectl delete pod", releases: [one] }, () =>
      deleteOnePod(),
    );
  });

  it("change from rolling to blue-green, with as many pods as there are", async () => {
    // As the autoscaler would under load: `up` must find out.
    const [autoscaler] = await get("hpa", ...ns());
    const three = JSON.stringify({ spec: { minReplicas: 3 } });
    await kubectl("patch", "hpa", autoscaler?.metadata.name ?? "", ...ns(), "--patch", three);
    await until("three pods ready", 60, async () => (await readyPods()).length === 3);
    const lowest = await lowestReady(() =>
      underLoad(address, { event: "rolling -> blueGreen", releases: [one] }, async () => {
        configureApp({ image: undefined });
        configureRollout({ strategy: "blueGreen", live: "blue", images: { blue: V1 } });
        await up();
      }),
    );
    const { blue } = await tracks();
    assert.equal(blue?.image, V1);
    assert.ok(blue.replicas >= 3, `${blue.replicas} pods wanted`);
    assert.ok(lowest >= 3, `${lowest} pods ready`);
  });

  it("blue-green v1 -> v2, and back", async () => {
    for (const [verb, args, from, to, colour] of [
      ["release", ["--image", V2], one, two, "green"],
      ["rollback", [], two, one, "blue"],
    ] as const) {
      let since = 0;
      const lowest = await lowestReady(async () => {
        const { samples } = await underLoad(
          address,
          { event: `blue-green, ${verb}`, releases: both() },
          async () => {
            await stack.release(verb, ...args);
            since = Date.now();
            await up();
          },
        );
        const { patch, reload } = await switchTimes(since);
        const early = samples.filter(({ release, end }) => release === to && end < patch);
        const late = samples.filter(({ release, start }) => release === from && start > reload);
        console.log(
          `      ${reload - patch} ms from the Service's patch to the last old worker's end`,
        );
        assert.deepEqual(early, [], `${to} before the switch`);
        assert.deepEqual(late, [], `${from} after the switch`);
      });
      assert.ok(lowest >= 3, `${lowest} pods ready`);
      assert.equal((await service()).track, colour);
      const { [colour]: live, [colour === "blue" ? "green" : "blue"]: old } = await tracks();
      assert.ok((live?.replicas ?? 0) >= 3, `${live?.replicas} pods wanted`);
      assert.equal(old?.replicas, 0);
    }
  });

  for (const [mode, reason] of [
    ["crash", /CrashLoopBackOff|crash|exit|BackOff|restart/i],
    ["hang", /probe|not ready|unready|Readiness|Startup/i],
    ["unready", /probe|not ready|unready|500/i],
    ["none", /ErrImagePull|ImagePullBackOff|ErrImageNeverPull/],
  ] as const) {
    it(`a green that cannot serve: ${mode}`, async () => {
      const timeouts = stack.group("timeouts");
      stack.configure({ timeouts: { ...timeouts, app: 15 } });
      await underLoad(
        address,
        { event: `green that cannot serve: ${mode}`, releases: [one] },
        async () => {
          await stack.release("release", "--image", brokenImage(mode));
          const { code, text } = await stack.up();
          assert.notEqual(code, 0, text);
          assert.match(text, reason);
          assert.equal((await service()).track, "blue");
          // Part of it is what pods get to warm up: blue stays as it is where the time is what it was made with.
          stack.configure({ timeouts });
          await stack.release("rollback");
          await up();
        },
      );
      assert.equal((await tracks()).green?.replicas, 0);
    });
  }

  it("CLI killed in the middle", async () => {
    await underLoad(address, { event: "CLI killed, cancel, up", releases: both() }, async () => {
      await stack.release("release", "--image", V2);
      await stack.upEndedBy(
        "SIGKILL",
        until("green comes up", 60, async () => ((await tracks()).green?.replicas ?? 0) > 0),
      );
      await up();
    });
    assert.equal((await service()).track, "green");
    assert.equal((await tracks()).blue?.replicas, 0);
  });

  it("Ctrl-C after the switch", async () => {
    await underLoad(address, { event: "Ctrl-C, up, roll back", releases: both() }, async () => {
      await stack.release("release", "--image", V1);
      await stack.upEndedBy(
        "SIGINT",
        until("blue is live", 60, async () => (await service()).track === "blue"),
      );
      await up();
      assert.equal((await tracks()).green?.replicas, 0);
      await stack.release("rollback");
      await up();
    });
    assert.equal((await service()).track, "green");
    assert.equal((await tracks()).blue?.replicas, 0);
  });

  it("an old colour that is kept", async () => {
    await underLoad(
      address,
      { event: "keepOld, roll back, finish", releases: both() },
      async () => {
        await stack.release("release", "--image", V1, "--keep-old");
        await up();
        assert.notEqual((await tracks()).green?.replicas, 0);
        await stack.release("rollback");
        await up();
        assert.equal((await service()).track, "green");
        await stack.release("release", "--finish");
        await up();
      },
    );
    assert.equal((await tracks()).blue?.replicas, 0);
  });

  it("change from blue-green to rolling, with as many pods as there are", async () => {
    const before = (await tracks()).green?.replicas;
    await underLoad(address, { event: "blueGreen -> rolling", releases: both() }, async () => {
      configureApp({ image: V1 });
      configureRollout({ strategy: "rolling" });
      await up();
    });
    assert.deepEqual(await tracks(), { rolling: { image: V1, replicas: before } });
  });

  it("drain of a node", async () => {
    const [pod] = await get("pods", "-n", NAMESPACE, "-l", "app.kubernetes.io/name=web");
    const node = String(pod?.spec.nodeName);
    await underLoad(address, { event: "drain of a node", releases: [one] }, async () => {
      const flags = ["--ignore-daemonsets", "--delete-emptydir-data", "--timeout=120s"];
      // Redis is one pod, and not what this is about.
      await kubectl("drain", node, ...flags, "--pod-selector=app.kubernetes.io/name=web");
      await kubectl("uncordon", node);
    });
  });

  it("scale 4 -> 2", async () => {
    configureApp({ replicas: { min: 4, max: 4 } });
    await up();
    await until("four pods ready", 60, async () => (await readyPods()).length === 4);
    await underLoad(address, { event: "scale 4 -> 2", releases: [one] }, async () => {
      configureApp({ replicas: { min: 2, max: 2 } });
      await up();
      await until("two pods", 60, async () => (await readyPods()).length === 2);
    });
  });

  it("flood of requests: the autoscaler goes from 2 to 4 and back", async () => {
    configureApp({ replicas: { min: 2, max: 4, targetCpuPercent: 50, scaleDownAfterSeconds: 30 } });
    await up();
    await until("two pods", 60, async () => (await readyPods()).length === 2);
    const timeline = new Timeline(async () => (await readyPods()).length);
    try {
      const { samples } = await underLoad(
        address,
        { event: "flood: 2 -> 4 -> 2 pods by CPU", clients: 4, pause: 100, releases: [one] },
        async (load) => {
          const leave = load.crowd(60, 10);
          try {
            await until("four pods ready", 180, async () => (await readyPods()).length === 4);
            await pause(20);
          } finally {
            await leave();
          }
          await until("two pods", 300, async () => (await readyPods()).length === 2);
        },
      );
      if (process.env.TEST_PICTURE) timeline.write(process.env.TEST_PICTURE, samples);
    } finally {
      await timeline.stop();
    }
  });

  it("SIGKILL of a pod's process", async () => {
    const pods = await readyPods();
    await underLoad(
      address,
      {
        event: "SIGKILL",
        releases: [one],
        // Requests in flight on that pod: no more than there are visitors.
        mayFail: (failed) => failed.length <= 40,
      },
      async () => {
        killProcesses(pods[0] ?? "");
        await until("the container is started again", 60, async () => (await restarts()) > 0);
        await readyAgain(pods.length);
      },
    );
  });

  it("negative control: without preStop and drain requests are lost", async () => {
    configureApp({ shutdown: { preStopSeconds: 0, longestRequestSeconds: 1 } });
    await up();
    await underLoad(
      address,
      {
        event: "kubectl delete pod, 6 times, without preStop and drain (control)",
        releases: both(),
        pause: 100,
        mayFail: (failed) => failed.length > 0,
      },
      async () => {
        for (let times = 0; times < 6; times++) await deleteOnePod("--grace-period=1");
      },
    );
  });

  async function deleteOnePod(...flags: string[]): Promise<void> {
    const [pod = "", ...others] = await readyPods();
    await kubectl("delete", "pod", pod, ...ns(), "--wait=true", ...flags);
    await readyAgain(others.length + 1);
  }

  function readyAgain(pods: number): Promise<void> {
    return until(`${pods} pods ready`, 90, async () => (await readyPods()).length >= pods);
  }

  function ns(): string[] {
    return ["-n", NAMESPACE];
  }

  /** The lowest number of ready pods while `happens`. */
  async function lowestReady(happens: () => Promise<unknown>): Promise<number> {
    let lowest = Number.POSITIVE_INFINITY;
    let over = false;
    const watching = (async () => {
      while (!over) {
        lowest = Math.min(lowest, (await readyPods()).length);
        await pause(1);
      }
    })();
    try {
      await happens();
    } finally {
      over = true;
      await watching;
    }
    return lowest;
  }
});
