import assert from "node:assert/strict";
import { countedTracks, tracksOf } from "../../../components/nextApp/tracks";
import type { NextAppArgs } from "../../../components/nextApp/args";

const rollout = (change: Partial<NextAppArgs["rollout"]>): NextAppArgs["rollout"] => ({
  strategy: "blueGreen",
  images: {},
  keepOld: false,
  maxSurge: 1,
  maxUnavailable: 0,
  minReadySeconds: 0,
  ...change,
});

describe("tracks of the application", () => {
  it("rolling has one, whatever a change from blueGreen has left", () => {
    const left = rollout({ strategy: "rolling", live: "green", images: { green: "shop:v1" } });
    assert.deepEqual(tracksOf({ image: "shop:v2", rollout: left }), [
      { track: "rolling", image: "shop:v2", live: true },
    ]);
  });

  it("blueGreen has the live one first, and each its own image", () => {
    const images = { blue: "shop:v1", green: "shop:v2" };
    const blue = { track: "blue", image: "shop:v1" };
    const green = { track: "green", image: "shop:v2" };
    assert.deepEqual(tracksOf({ image: "", rollout: rollout({ live: "blue", images }) }), [
      { ...blue, live: true },
      { ...green, live: false },
    ]);
    assert.deepEqual(tracksOf({ image: "", rollout: rollout({ live: "green", images }) }), [
      { ...green, live: true },
      { ...blue, live: false },
    ]);
  });

  it("blueGreen has no pods for a colour without an image", () => {
    const images = { blue: "shop:v1" };
    const plans = tracksOf({ image: "", rollout: rollout({ live: "blue", images }) });
    assert.deepEqual(plans, [{ track: "blue", image: "shop:v1", live: true }]);
  });

  it("counts all pods that another track may have, and none with rolling alone", () => {
    assert.deepEqual(countedTracks(rollout({ strategy: "rolling" })), ["rolling"]);
    const all = ["rolling", "blue", "green"];
    assert.deepEqual(countedTracks(rollout({ strategy: "rolling", live: "blue" })), all);
    assert.deepEqual(countedTracks(rollout({ live: "blue" })), all);
  });
});
