import assert from "node:assert/strict";
import { podWarningsHook, tellWarnings, warningsIn } from "../../../components/nextApp/podWarnings";
import { record } from "../../helpers/recording";

const line = (fields: Record<string, unknown>): string => JSON.stringify(fields);
const published = line({ level: "warn", from: "publish", message: "no shared cache in the build" });
const missing = line({
  source: "pod-agent",
  event: "warm-up path is missing",
  path: "/healthz",
  remedy: "set app.health.path",
});

describe("warnings of new pods", () => {
  it("are the publisher's and those of the agent that have a remedy, each once", () => {
    const log = [
      published,
      published,
      line({ level: "info", from: "publish", message: "published" }),
      missing,
      line({ source: "pod-agent", event: "ready" }),
      line({ level: "warn", message: "of the application" }),
      line({ level: "warn", from: "elsewhere", message: "of a library" }),
      "▲ Next.js 16.4.6",
      "{ no JSON",
      "",
    ].join("\n");
    assert.deepEqual(warningsIn(log), [
      "no shared cache in the build",
      "warm-up path is missing, /healthz. Remedy: set app.health.path",
    ]);
    assert.deepEqual(warningsIn(""), []);
  });

  it("are told by up, of pods that the Deployment selects and that are new; without an answer nothing is", async () => {
    const asked: string[] = [];
    const since = new Date("2026-11-28T10:00:00Z");
    const args = {
      newInputs: {
        metadata: { namespace: "shop" },
        spec: { selector: { matchLabels: { app: "web", "next-on-eks/track": "blue" } } },
      },
    };
    const { warnings } = await record(async () => {
      podWarningsHook(() => Promise.resolve(""));
      const hook = tellWarnings((words) => {
        asked.push(words.join(" "));
        return words.includes("publish")
          ? Promise.resolve(`${published}\n${missing}\n`)
          : Promise.reject(new Error("the server does not allow this"));
      }, since);
      await hook(args as unknown as Parameters<typeof hook>[0]);
      const silent = tellWarnings(() => Promise.reject(new Error("no kubectl")), since);
      await silent(args as unknown as Parameters<typeof silent>[0]);
      await silent({ newInputs: {} } as unknown as Parameters<typeof silent>[0]);
      return {};
    });
    assert.deepEqual(warnings, [
      "pods warn: no shared cache in the build",
      "pods warn: warm-up path is missing, /healthz. Remedy: set app.health.path",
    ]);
    assert.deepEqual(
      asked,
      ["publish", "next"].map(
        (container) =>
          `logs --namespace shop --selector app=web,next-on-eks/track=blue --container ${container} --ignore-errors --tail=-1 --limit-bytes=262144 --since-time=2026-11-28T10:00:00.000Z`,
      ),
    );
  });
});
