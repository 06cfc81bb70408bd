import * as assert from "node:assert/strict";
import {
  agentAnnotations,
  agentEnvironment,
  agentProbes,
  preloads,
} from "../../../components/nextApp/agent";
import { POD_FOLDERS, scriptsIn } from "../../../components/podScripts";
import { nextAppArgs } from "./args";

describe("the agent in the pod's template", () => {
  it("warms up the health path first, and no path twice", () => {
    const health = { path: "/api/health", startupSeconds: 60 };
    const warmupPaths = ["/", "/api/health", "/products"];
    const env = agentEnvironment({ ...nextAppArgs, health, warmupPaths }, 10);
    assert.equal(env.AGENT_WARMUP_PATHS, "/api/health,/,/products");
  });

  it("gives requests the time that they may take, and ends before the kubelet kills", () => {
    const shutdown = { preStopSeconds: 20, longestRequestSeconds: 30 };
    const env = agentEnvironment({ ...nextAppArgs, warmupPaths: [], shutdown }, 10);
    assert.equal(env.AGENT_GRACE_SECONDS, "35");
  });

  it("starts a pod that does not get warm once more while pulumi up still waits", () => {
    const env = agentEnvironment({ ...nextAppArgs, timeoutSeconds: 180 }, 10);
    assert.equal(env.AGENT_WARMUP_SECONDS, "135");
    assert.equal(env.AGENT_DIR, "/run/next-on-eks");
  });

  it("asks the agent alone: readiness when warm, liveness while the event loop turns", () => {
    const { startupProbe, readinessProbe, livenessProbe } = agentProbes(61);
    const livez = { path: "/livez", port: "agent" };
    assert.deepEqual(
      [startupProbe, readinessProbe, livenessProbe],
      [
        { httpGet: livez, periodSeconds: 2, timeoutSeconds: 2, failureThreshold: 31 },
        {
          httpGet: { path: "/readyz", port: "agent" },
          periodSeconds: 5,
          timeoutSeconds: 3,
          failureThreshold: 3,
        },
        { httpGet: livez, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3 },
      ],
    );
  });

  it("is preloaded after what the application preloads itself, from files that are there", () => {
    const options = preloads("--max-old-space-size=512", "agent.cjs");
    assert.equal(options, "--max-old-space-size=512 --require /pod/agent.cjs");
    // The image's own come back by the first.
    assert.equal(
      preloads(undefined, "agent.cjs"),
      "--require /pod/node-options.cjs --require /pod/agent.cjs",
    );
    for (const script of ["node-options.cjs", "agent.cjs"]) {
      assert.ok(script in scriptsIn(POD_FOLDERS));
    }
  });

  it("tells Prometheus where its metrics are", () => {
    assert.deepEqual(agentAnnotations(9798), {
      "prometheus.io/scrape": "true",
      "prometheus.io/port": "9798",
      "prometheus.io/path": "/metrics",
    });
  });
});
