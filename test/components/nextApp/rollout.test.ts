import * as assert from "node:assert/strict";
import { rolloutSeconds } from "../../../components/nextApp/rollout";
import { podsOf } from "../../../model/rollout";
import { nextAppArgs } from "./args";

describe("podsOf", () => {
  it("takes numbers as they are", () => {
    assert.equal(podsOf(3, 10, "up"), 3);
    assert.equal(podsOf(0, 10, "down"), 0);
  });

  it("rounds percentages as the Deployment controller does: surge up, unavailable down", () => {
    assert.equal(podsOf("25%", 10, "up"), 3);
    assert.equal(podsOf("25%", 10, "down"), 2);
    assert.equal(podsOf("25%", 8, "up"), 2);
    assert.equal(podsOf("0%", 10, "up"), 0);
    assert.equal(podsOf("100%", 10, "down"), 10);
  });
});

describe("rolloutSeconds", () => {
  const seconds = (max: number, maxSurge: number | string, maxUnavailable: number | string = 0) =>
    rolloutSeconds({
      replicas: { min: 1, max, targetCpuPercent: 70, scaleDownAfterSeconds: 300 },
      rollout: { ...nextAppArgs.rollout, maxSurge, maxUnavailable },
      timeoutSeconds: 180,
    });

  it("gives each step of a rollout its time", () => {
    assert.equal(seconds(10, "25%"), 4 * 185);
    assert.equal(seconds(10, "100%"), 185);
    assert.equal(seconds(10, 1), 10 * 185);
  });

  it("counts pods that may be missing as well as those beyond the number", () => {
    assert.equal(seconds(10, 1, 1), 5 * 185);
    assert.equal(seconds(4, "25%", "25%"), 2 * 185);
  });

  it("rounds the number of steps up", () => {
    assert.equal(seconds(5, 2), 3 * 185);
  });

  it("has an end where no pod could be replaced, which the config refuses", () => {
    assert.equal(seconds(2, 0, 0), 2 * 185);
  });
});
