import type { BuildOptions, Built, Installed } from "./lib/next";
import type { Origin } from "./lib/origin";
import type { Suite } from "./lib/suite";
import { besideStock, firstAnswers } from "./whole-answers/beside-stock";
import { better } from "./whole-answers/better";
import { connections } from "./whole-answers/connections";
import { consistency } from "./whole-answers/consistency";
import { customServer } from "./whole-answers/custom-server";
import { dependent, dependentBesideStock, visitsTo } from "./whole-answers/dependent";
import { equality, KEPT } from "./whole-answers/equality";
import { files } from "./whole-answers/files";
import { floods } from "./whole-answers/floods";
import { fuzz } from "./whole-answers/fuzz";
import { holes } from "./whole-answers/holes";
import { inAPod } from "./whole-answers/in-a-pod";
import { listeners } from "./whole-answers/listeners";
import { off } from "./whole-answers/off";
import { shells } from "./whole-answers/shells";
import { special } from "./whole-answers/special";
import { withPods, type AnswersSetup } from "./whole-answers/servers";
import { uncompressed } from "./whole-answers/uncompressed";

/**
 * Answers that a pod gives again without running Next.js: what Next.js would answer, as long as it would.
 * @param withFaults lets Redis fail in a flood too
 */
export async function wholeAnswers(
  suite: Suite,
  setup: AnswersSetup,
  withFaults: boolean,
): Promise<void> {
  const name = `${setup.installed.version} whole answers`;
  if (!suite.wantsAny(name)) return;
  await withPods(setup, async (pods) => {
    await firstAnswers(suite, name, pods);
    await equality(suite, name, pods);
    await besideStock(suite, name, pods);
    await fuzz(suite, name, pods, KEPT, 100);
    await better(suite, name, pods, setup);
    await uncompressed(suite, name, setup, pods);
    // from here on pages are rendered anew, which the stock server does not know
    await connections(suite, name, pods);
    await special(suite, name, pods);
    await off(suite, name, setup, pods);
    await files(suite, name, pods, setup);
    await customServer(suite, name, setup, pods);
    await listeners(suite, name, setup, pods);
    await inAPod(suite, name, setup, pods);
    await consistency(suite, name, pods);
  });
  if (withFaults) await floods(suite, name, setup);
}

/** What the checks of further apps build, and with what. */
export interface Builder {
  readonly installed: Installed;
  readonly origin: Origin;
  readonly how: BuildOptions["switch"];
  readonly build: (what: string, options: BuildOptions) => Promise<Built>;
}

/**
 * The same for an app whose answers depend on the visitor, and for one with languages, which has all that the other has.
 * @param thorough both of them
 */
export async function dependentAnswers(
  suite: Suite,
  builder: Builder,
  thorough: boolean,
): Promise<void> {
  const { installed, origin, how, build } = builder;
  if (!suite.wantsAny(`${installed.version} whole answers`)) return;
  const apps = [
    ["the app whose answers depend on visitors", false],
    ["the same app with languages", true],
  ] as const;
  for (const [what, languages] of thorough ? apps : apps.slice(1)) {
    const env: Record<string, string> = languages ? { FIXTURE_LANGUAGES: "1" } : {};
    const options = { fixture: "answers", common: "common", deploymentId: "answers", env };
    const built = await build(what, { ...options, switch: how });
    const stock = await build(`${what}, stock`, { ...options, switch: "none" });
    const name = `${installed.version} whole answers${languages ? ", with languages" : ""}`;
    await withPods({ installed, origin, built, stock }, async (pods) => {
      await dependentBesideStock(suite, name, pods, languages);
      await dependent(suite, name, pods, languages);
      const paths = (await visitsTo(pods, languages)).map(({ path }) => path);
      await fuzz(suite, name, pods, paths, 20);
      if (languages) await shells(suite, name, pods);
    });
  }
}

/** The same for pages that are partially prerendered. @param shared the fixture `components`, if it is built */
export async function answersWithHoles(
  suite: Suite,
  { installed, origin, how, build }: Builder,
  shared: Built | undefined,
): Promise<void> {
  const name = `${installed.version} partially prerendered, whole answers`;
  if (!suite.wantsAny(name)) return;
  if (Number(installed.version.split(".")[0]) < 16) {
    console.log(`        no holes: Next.js ${installed.version} has no cacheComponents`);
    return;
  }
  const options = { fixture: "components", common: "common", deploymentId: "one" } as const;
  const built = shared ?? (await build("the components app", { ...options, switch: how }));
  const stock = await build("the stock components app", { ...options, switch: "none" });
  await withPods({ installed, origin, built, stock }, (pods) => holes(suite, name, pods));
}
