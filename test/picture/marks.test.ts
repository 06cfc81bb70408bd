import * as assert from "node:assert/strict";
import { graphOf } from "../../picture/graph";
import { marksOf, SIGNS } from "../../picture/marks";
import type { Plan } from "../../plan/plan";
import { FATES } from "../../review/change";
import { changing, without } from "../policies/helpers";
import { comparedWith, pictureBetween, planNamed, withoutParts } from "./helpers";

/** What is marked: `NextApp web: ~ 1 updated`. */
function marked(before: Plan | undefined, after: Plan): string[] {
  const { parts } = graphOf(after, before);
  const marks = marksOf(parts, comparedWith(before, after), after);
  return parts.flatMap(({ id, component }) => {
    const mark = marks.get(id);
    return mark ? [`${component}: ${mark.sign} ${mark.words}`] : [];
  });
}

/** The fates in a picture, by their classes. */
function marksIn(svg: string): string[] {
  return [...svg.matchAll(/class="np-([\w-]+)-badge"/g)].map(([, fate = ""]) => fate);
}

describe("what a change marks in the picture", () => {
  it("is nothing where nothing changes", async () => {
    const plan = await planNamed("prod");
    assert.deepEqual(marked(plan, plan), []);
    assert.deepEqual(marksIn(pictureBetween(plan, plan)), []);
  });

  it("is the worst of what happens to a part's resources, and how many it happens to", async () => {
    const plan = await planNamed("prod");
    const after = changing(plan, {
      "PodDisruptionBudget web": ({ inputs }) => (inputs.spec.maxUnavailable = 7),
      "HorizontalPodAutoscaler web": ({ inputs }) => (inputs.spec.minReplicas = 7),
      "Vpc network-vpc": ({ inputs }) => (inputs.cidrBlock = "10.60.0.0/16"),
    });
    const found = marked(plan, after);
    assert.ok(found.includes("NextApp web: ~ 2 updated"), found.join("\n"));
    assert.ok(found.some((it) => it.startsWith("Network network: ± ")));
    assert.ok(!found.some((it) => it.startsWith("StaticAssets")));
  });

  it("is a resource that is gone from a part that stays", async () => {
    const plan = await planNamed("prod");
    const after = without(plan, "HorizontalPodAutoscaler web");
    assert.deepEqual(marked(plan, after), ["NextApp web: − 1 deleted"]);
    assert.deepEqual(marked(after, plan), ["NextApp web: + 1 created"]);
  });

  it("is a part that is made or deleted as a whole, which is drawn with what is left", async () => {
    const plan = await planNamed("prod");
    const after = withoutParts(plan, "PodFiles pod-files", "RedisCache sessions");
    const found = marked(plan, after);
    assert.ok(found.includes("RedisCache sessions: − deleted"));
    assert.ok(found.includes("PodFiles pod-files: − deleted"));
    const svg = pictureBetween(plan, after);
    assert.match(svg, />− deleted<\/text>/);
    assert.match(svg, />Redis: sessions<\/text>/);
    assert.ok(marked(after, plan).includes("RedisCache sessions: + created"));
  });

  it("is everything of a new stack, but not what is there already", async () => {
    const plan = await planNamed("local");
    const made = graphOf(plan).parts.filter(({ existing }) => !existing);
    assert.equal(marked(undefined, plan).length, made.length);
    assert.ok(made.length < graphOf(plan).parts.length);
  });

  it("is told by a sign of its own, not by colour alone", () => {
    const signs = FATES.map((fate) => SIGNS[fate]);
    assert.equal(new Set(signs).size, FATES.length);
  });
});
