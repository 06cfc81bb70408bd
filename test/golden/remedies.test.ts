import * as assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Plan } from "../../plan/plan";
import { policies } from "../../policies";
import type { PolicyFinding } from "../../policies/findings";
import { carryOut, type Container } from "../helpers/commands";
import { changed, configOf, ROOT, wire, type Groups } from "../helpers/configs";
import { planned } from "../review/helpers";
import { allCases } from "../policies/cases";
import { found, planOfStack } from "../policies/helpers";

/** A config that breaks a rule; what its remedy says puts it right. */
interface Broken {
  readonly rule: string;
  readonly by: string;
  readonly stack: "dev" | "local" | "prod";
  /** By path below the project's namespace. */
  readonly changes?: Groups;
  readonly today?: Date;
  /** As in production, whose other rules the stack keeps. */
  readonly production?: true;
}

const DIGEST = `registry.test/shop@sha256:${"0".repeat(64)}`;
const PRODUCTION: Groups = {
  production: true,
  "app.image": DIGEST,
  "cluster.context": "kind",
  "ingress.tls": { secretName: "shop-tls" },
};
const RETIRED = "nginx.ingress.kubernetes.io/whitelist-source-range";

const BROKEN: readonly Broken[] = [
  { rule: "protection-removed", by: "protect", stack: "prod", changes: { protect: false } },
  {
    rule: "api-server-open",
    by: "the second of two ranges",
    stack: "dev",
    changes: { "cluster.publicAccessCidrs": ["8.8.8.0/24", "0.0.0.0/0"] },
  },
  {
    rule: "api-server-open",
    by: "a range that is hardly one, and all",
    stack: "dev",
    changes: { "cluster.publicAccessCidrs": ["52.0.0.0/6", "0.0.0.0/0"] },
  },
  {
    rule: "network-policy",
    by: "networkPolicy.enabled",
    stack: "dev",
    changes: { "networkPolicy.enabled": false },
  },
  { rule: "https", by: "a stack on AWS without a certificate", stack: "dev" },
  { rule: "https", by: "a stack elsewhere without one", stack: "local" },
  {
    rule: "secret-in-clear",
    by: "a variable",
    stack: "prod",
    changes: { "app.env": { SESSION_SECRET: "s3cr3t-of-the-shop", LOCALE: "en" } },
  },
  { rule: "one-pod", by: "one pod", stack: "dev", changes: { "app.replicas.min": 1 } },
  {
    rule: "one-pod",
    by: "one pod at most",
    stack: "dev",
    changes: { "app.replicas": { min: 1, max: 1 } },
  },
  { rule: "one-pod", by: "one pod for files", stack: "dev", changes: { "assets.replicas": 1 } },
  { rule: "image-digest", by: "a tag", stack: "local", changes: { "app.image": "web:v1" } },
  {
    rule: "image-digest",
    by: "a colour with a tag",
    stack: "local",
    changes: {
      "app.image": undefined,
      "app.rollout": {
        strategy: "blueGreen",
        live: "blue",
        images: { blue: DIGEST, green: "registry.test:5000/shop:v2" },
      },
    },
  },
  { rule: "server-actions-key", by: "a build without it", stack: "dev" },
  {
    rule: "kubernetes-support-ending",
    by: "an old version",
    stack: "dev",
    today: new Date("2027-02-01"),
  },
  {
    rule: "kubernetes-support-ended",
    by: "an older one",
    stack: "dev",
    today: new Date("2027-04-01"),
  },
  {
    rule: "retired-annotations",
    by: "an access list",
    stack: "prod",
    changes: { "ingress.annotations": { [RETIRED]: "10.0.0.0/8", "nginx.org/hsts": "true" } },
  },
  {
    rule: "sessions-evicted",
    by: "sessions among pages on AWS",
    stack: "prod",
    changes: { "redis.sessions": "shared" },
  },
  {
    rule: "sessions-evicted",
    by: "sessions among pages in the cluster",
    stack: "local",
    production: true,
    changes: { ...PRODUCTION, "redis.sessions": "shared" },
  },
  {
    rule: "sessions-evicted",
    by: "sessions among pages in a Redis of one's own",
    stack: "local",
    production: true,
    changes: { ...PRODUCTION, redis: { url: "[secret]", sessions: "shared" } },
  },
];

/** What no key of the config breaks, and so no command mends. */
const OF_THE_CODE = [
  "security-group-open",
  "iam-wildcard",
  "encryption-at-rest",
  "encryption-in-transit",
  "pod-probes",
  "pod-resources",
  "pod-read-only-root",
  "pod-seccomp",
  "pod-privileges",
  "disruption-budget",
  "grace-period",
];
/** Their commands are other programs of this project: test/release, test/preview/against. */
const OF_OTHER_COMMANDS = ["state-replaced", "image-not-tried"];

const SHELL = /^(pulumi|npm|grep) /;

describe("remedies of policies", () => {
  for (const broken of BROKEN) {
    it(`${broken.rule}: mend ${broken.by}`, async () => {
      const config = configIn(broken);
      const ways = waysOf(await findingsOf(broken, config));
      assert.ok(ways.length > 0, "the config does not break it");
      for (const commands of ways) {
        const mended = structuredClone(config);
        for (const line of commands) {
          carryOut(filledIn(line), { files: { [broken.stack]: mended }, selected: "none" });
        }
        assert.deepEqual(await findingsOf(broken, mended), [], commands.join("\n"));
      }
    });
  }

  it("are there for every policy, in one of three kinds", () => {
    const named = [...BROKEN.map(({ rule }) => rule), ...OF_THE_CODE, ...OF_OTHER_COMMANDS];
    assert.deepEqual([...new Set(named)].sort(), policies.map(({ id }) => id).sort());
  });

  it("have a command each; where the code is to be changed, one that finds the place", async () => {
    for (const { rule, by, stack = "prod", scene } of allCases) {
      const findings = found(by(await planOfStack(stack)), scene).filter((it) => it.rule === rule);
      for (const { remedy } of findings) {
        const commands = remedy.split("\n").filter((line) => SHELL.test(line));
        assert.notDeepEqual(commands, [], remedy);
        if (!OF_THE_CODE.includes(rule)) continue;
        const [, places = ""] = /^grep -rn '[^']+' (.+)$/.exec(commands[0] ?? "") ?? [];
        assert.notEqual(places, "", remedy);
        for (const place of places.split(" ")) assert.ok(existsSync(join(ROOT, place)), place);
      }
    }
  });
});

/** Keys of the project's namespace without it, as the helper for commands wants them. */
function configIn({ stack, changes = {} }: Broken): Container {
  const keys = Object.entries(configOf(stack)).map(([key, value]) => [
    key.replace("next-on-eks:", ""),
    value,
  ]);
  return changed(Object.fromEntries(keys) as Groups, changes) as Container;
}

async function findingsOf(
  { rule, stack, today, production }: Broken,
  config: Container,
): Promise<PolicyFinding[]> {
  const keys = Object.entries(config).map(([key, value]) => [
    key.includes(":") ? key : `next-on-eks:${key}`,
    value,
  ]);
  const groups = Object.fromEntries(keys) as Groups;
  const plan: Plan = await planned(stack, groups);
  return found(plan, {
    config: wire(groups),
    ...(today && { today }),
    ...(production && { production }),
  }).filter((it) => it.rule === rule);
}

/** The commands of each way out that the remedies offer. */
function waysOf(findings: readonly PolicyFinding[]): string[][] {
  const remedies = [...new Set(findings.map(({ remedy }) => remedy))];
  const [first = [], ...more] = remedies.map((remedy) =>
    remedy
      .split("\nor\n")
      .map((way) => way.split("\n").filter((line) => line.startsWith("pulumi "))),
  );
  // Several findings are mended one by one, each by its first way.
  return more.length === 0 ? [...first] : [[first, ...more].flatMap((ways) => ways[0] ?? [])];
}

/** With values of a team's own, encrypted where the command says so. */
function filledIn(line: string): string {
  const own = line
    .replace(/(\[(\d)\]' )YOUR\.ADDRESS\/32/, "$18.8.$2.8/32")
    .replace("YOUR.ZONE", "shop.example.com")
    .replace(/ SECRET$/, " shop-tls")
    .replace("sha256:DIGEST", `sha256:${"1".repeat(64)}`);
  return own.includes(" --secret ") ? own.replace(/ (VALUE|URL|"\$\(.*\)")$/, " [secret]") : own;
}
