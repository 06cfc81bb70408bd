import assert from "node:assert/strict";
import { AwsStack, type Run } from "./awsStack";
import { changes, type Change } from "./changes";
import { effectsOf, stepsOf, told, type Effects } from "./plan";
import { report } from "./report";
import { settings } from "./settings";
import { before as stateBefore, checkNothingLeft, type Before } from "./tidiness";

const TABLE = "What a change does";
const pretend = settings.events !== undefined;

/** What a pod is replaced with: it holds no state, and its new name rolls it out. */
const PODS = /^(Deployment|ConfigMap|Secret|Job) /;

describe("changes of a running stack", () => {
  let stack: AwsStack;
  let was: Before;

  before(async () => {
    if (pretend) was = await stateBefore();
    stack = await AwsStack.create("dev");
    const { code, text } = await stack.up();
    assert.equal(code, 0, text);
  });
  after(() => stack.cleanUp());

  for (const change of changes.filter(({ slice }) => settings.full || slice)) {
    it(change.name, async () => {
      const kept = stack.config();
      stack.configure(change.to);
      let begun = false;
      try {
        if (change.kind === "refused") await refusal(change);
        else await making(change, () => (begun = true));
      } finally {
        // What comes next stands on what is there.
        if (!begun) stack.restore(kept);
        stack.configure({ confirm: undefined });
      }
    });
  }

  (pretend ? it : it.skip)("and after all of them a destroy leaves nothing", async () => {
    const { code, text } = await stack.destroy();
    assert.equal(code, 0, text);
    await checkNothingLeft(stack, was);
  });

  const row = (change: Change, preview: string, up: string) =>
    report(TABLE, { change: change.name, preview, up });

  /** Neither a preview nor an up goes on, and both say why and what to do. */
  async function refusal(change: Change): Promise<void> {
    const preview = await stack.verb("preview");
    if (preview.code === 0) row(change, "not refused", "not tried");
    refuses(preview, change);
    const up = await stack.up();
    row(change, `refused: ${reason(preview, change)}`, up.code === 0 ? "goes on" : "refused too");
    refuses(up, change);
  }

  async function making(change: Change, begun: () => void): Promise<void> {
    let asked = "";
    if (change.kind === "asked") {
      const preview = await stack.verb("preview");
      if (preview.code === 0) row(change, "not asked", "not tried");
      refuses(preview, change);
      asked = "asks for `confirm`; then ";
      stack.configure({ confirm: [change.key] });
    }
    const urns = (await stack.state()).resources.map(({ urn }) => urn);
    const args = change.args?.(urns) ?? [];
    const preview = await stack.verb("preview", ["--json", ...args]);
    if (preview.code !== 0) row(change, `refused: ${reason(preview, change)}`, "not tried");
    assert.equal(preview.code, 0, preview.text);
    const planned = effectsOf(stepsOf(preview.stdout));
    begun();
    const up = await stack.up(...args);
    const done = effectsOf(up.engine.steps);
    row(change, `${asked}${told(planned)}`, up.code === 0 ? compared(planned, done) : failure(up));
    assert.equal(up.code, 0, up.text);
    checkEffects(change, planned, done);
  }
});

function checkEffects({ replaces, touches }: Change, planned: Effects, done: Effects): void {
  const gone = [...planned.replaced, ...planned.deleted];
  const unasked = gone.filter((name) => !PODS.test(name) && replaces?.test(name) !== true);
  assert.deepEqual(unasked, [], "more is replaced or deleted than this change needs");
  const all = Object.values(planned).flat();
  assert.ok(
    all.some((name) => touches?.test(name) !== false),
    `nothing of ${touches} in: ${told(planned)}`,
  );
  assert.deepEqual(surprises(planned, done), [], "the up did what the preview did not say");
}

function refuses({ code, text, engine }: Run, { key = "" }: Change): void {
  assert.notEqual(code, 0, `not refused:\n${text}`);
  assert.ok(text.includes(`next-on-eks:${key}: `), text);
  assert.match(text, /pulumi (config|stack)/);
  const touched = Object.values(effectsOf(engine.steps)).flat();
  assert.deepEqual(touched, [], "touched before the refusal");
}

/** What a refusal says of the key, without the command below it. */
function reason({ text }: Run, { key = "" }: Change): string {
  const at = text.indexOf(`next-on-eks:${key}: `);
  if (at === -1) return /error: .*/.exec(text)?.[0] ?? "?";
  const lines = text
    .slice(at)
    .split("\n")
    .map((line) => line.trim());
  const end = lines.findIndex((line) => line === "" || /^pulumi |:$/.test(line));
  return lines.slice(0, end === -1 ? 1 : end).join(" ");
}

function failure({ engine }: Run): string {
  return `fails: ${(engine.errors[0] ?? "?").split("\n")[0]}`;
}

/** What an up did and its preview did not say. It may do less: what only it can know may turn out to be the same. */
function surprises(planned: Effects, done: Effects): string[] {
  const gone = [...planned.replaced, ...planned.deleted];
  const all = Object.values(planned).flat();
  return [
    ...[...done.replaced, ...done.deleted].filter((name) => !gone.includes(name)),
    ...[...done.created, ...done.updated].filter((name) => !all.includes(name)),
  ];
}

function compared(planned: Effects, done: Effects): string {
  const did = Object.values(done).flat();
  const less = Object.values(planned)
    .flat()
    .filter((name) => !did.includes(name));
  return less.length === 0
    ? "the same"
    : `the same, except ${[...new Set(less)].join(", ")}, which did not change`;
}
