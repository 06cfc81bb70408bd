import assert from "node:assert/strict";
import { CircuitBreaker, type BreakerState } from "../../src/stores/circuit-breaker";

/** Probes that the test ends by hand, in the order in which they were begun. */
function probes() {
  const ends: { resolve: () => void; reject: (cause: Error) => void }[] = [];
  const probe = (): Promise<void> =>
    new Promise((resolve, reject) => void ends.push({ resolve, reject }));
  return { ends, probe };
}

/** Lets promises settle. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

describe("circuit breaker", () => {
  it("lets calls through until it is opened, and again when it is closed", () => {
    const said: string[] = [];
    const breaker = new CircuitBreaker({
      onOpen: () => said.push("open"),
      onClose: () => said.push("closed"),
    });
    assert.equal(breaker.state, "closed");
    breaker.open();
    assert.deepEqual([breaker.state, breaker.isClosed], ["open", false]);
    breaker.close();
    assert.deepEqual([breaker.state, breaker.isClosed], ["closed", true]);
    breaker.close();
    assert.deepEqual(said, ["open", "closed"], "said once each");
  });

  it("stays open without a probe", async () => {
    const breaker = new CircuitBreaker({ retryMs: [1] });
    breaker.open();
    await breaker.probe();
    await pause(20);
    assert.equal(breaker.state, "open");
  });

  it("is half-open while a probe is under way, and closes when that succeeds", async () => {
    const { ends, probe } = probes();
    const breaker = new CircuitBreaker({ probe, retryMs: [1] });
    breaker.open();
    await pause(20);
    assert.equal(breaker.state, "half-open");
    assert.equal(breaker.isClosed, false, "no call goes through before the probe is over");
    assert.equal(ends.length, 1, "one probe at a time");
    ends[0]?.resolve();
    await settled();
    assert.equal(breaker.state, "closed");
  });

  it("opens again when a probe fails, tries again, and says how many attempts failed", async () => {
    let failures = 0;
    let opened = 0;
    const closedAfter: number[] = [];
    const breaker = new CircuitBreaker({
      initially: "open",
      retryMs: [1],
      probe: async () => {
        if (failures++ < 2) throw new Error("still away");
      },
      onOpen: () => opened++,
      onClose: (attempts) => closedAfter.push(attempts),
    });
    await breaker.probe();
    assert.equal(breaker.state, "open");
    await pause(50);
    assert.equal(breaker.state, "closed");
    assert.deepEqual(closedAfter, [2]);
    assert.equal(opened, 0, "a probe that fails opens nothing that was closed");
  });

  it("waits longer from attempt to attempt, as long as the last time says", async () => {
    const at: number[] = [];
    const breaker = new CircuitBreaker({
      retryMs: [10, 60],
      probe: () => {
        at.push(performance.now());
        return Promise.reject(new Error("away"));
      },
    });
    const started = performance.now();
    breaker.open();
    await pause(260);
    breaker.stop();
    const waits = at.map((time, i) => time - (at[i - 1] ?? started));
    assert.ok(waits.length >= 3 && waits.length <= 5, `${waits.length} attempts`);
    assert.ok((waits[0] ?? 0) >= 7, `the first after ${waits[0]} ms`);
    assert.ok((waits[0] ?? 0) < (waits[1] ?? 0), `${waits[0]} ms, then ${waits[1]} ms`);
    for (const ms of waits.slice(1)) assert.ok(ms >= 47, `a later one after ${ms} ms`);
  });

  it("takes nothing from a probe that was overtaken", async () => {
    for (const end of ["resolve", "reject"] as const) {
      const { ends, probe } = probes();
      const breaker = new CircuitBreaker({ initially: "open", probe, retryMs: [1000] });
      void breaker.probe();
      breaker.open(); // the connection broke while it was tried
      if (end === "resolve") ends[0]?.resolve();
      else ends[0]?.reject(new Error("late"));
      await settled();
      assert.equal(breaker.state, "open", end);
      breaker.stop();
    }
  });

  it("closed by a call of its own, it ends no later state", async () => {
    const states: BreakerState[] = [];
    const { ends, probe } = probes();
    const breaker = new CircuitBreaker({ initially: "open", probe, retryMs: [1000] });
    void breaker.probe();
    states.push(breaker.state);
    breaker.close();
    states.push(breaker.state);
    ends[0]?.reject(new Error("too late"));
    await settled();
    states.push(breaker.state);
    assert.deepEqual(states, ["half-open", "closed", "closed"]);
  });

  it("stopped, it is open for good", async () => {
    let asked = 0;
    const breaker = new CircuitBreaker({ probe: async () => void asked++, retryMs: [1] });
    breaker.open();
    breaker.stop();
    await breaker.probe();
    breaker.close();
    breaker.open();
    await pause(20);
    assert.deepEqual([breaker.state, asked], ["open", 0]);
  });
});
