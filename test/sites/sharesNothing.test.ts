import assert from "node:assert/strict";
import { stringify } from "yaml";
import { parseStackConfig } from "../../cli/stackConfig";
import { planOf, type Plan } from "../../plan/plan";
import { KUBERNETES } from "../../review/replacement/kubernetes";
import { offline } from "../../sites/make";
import { siteConfig } from "../../sites/siteConfig";
import { changed, configOf, wire, type Groups } from "../helpers/configs";
import { OWN_IMAGE, OWN_VALUES, program } from "../helpers/programs";
import { record } from "../helpers/recording";
import { handlesOf, shared, type Handles } from "./handles";

/** What leads from one stack to another where a config is copied without a thought. */
const ENTANGLED: Readonly<Record<string, Groups>> = {
  dev: {
    ...OWN_VALUES,
    "next-on-eks:app.env": {
      APP_URL: "https://dev.shop.example.com/",
      HOSTS: "dev.shop.example.com,shop.example.org",
    },
    "next-on-eks:app.secretEnv": { SESSION_SECRET: "dev's own" },
    "next-on-eks:ingress.extraHosts": ["shop.example.org"],
    "next-on-eks:ingress.annotations": { "external/host": "dev.shop.example.com" },
  },
  local: {
    "next-on-eks:app.env": { APP_URL: "http://shop.localtest.me:30080" },
    "next-on-eks:app.service": { type: "NodePort", nodePort: 31000 },
    "next-on-eks:ingress.nodePorts": { http: 30080, https: 30443 },
    "next-on-eks:cache": { store: "files" },
    "next-on-eks:redis": undefined,
  },
};

const UNTIL = new Date("2026-12-08T10:00:00Z");

interface Stack {
  readonly plan: Plan;
  readonly handles: Handles;
  readonly host: string;
}

async function stackOf(stack: string, config: Readonly<Record<string, string>>): Promise<Stack> {
  // Not as a preview: what providers compute is known, and with it the addresses of Redis.
  const run = await record(program, { stack, config });
  const plan = planOf({ stack, warnings: [] }, { ...run, warnings: [] }, (secret) => secret);
  const { host } = JSON.parse(config["next-on-eks:app"] ?? "") as { host: string };
  return { plan, handles: handlesOf(plan), host };
}

function siteOf(from: string, config: Groups, pullRequest: number): Promise<Stack> {
  const source = parseStackConfig(from, "", stringify({ config }));
  const wishes = { pullRequest, until: UNTIL, context: "dev", image: OWN_IMAGE };
  const { stack, config: own } = offline(siteConfig(source, wishes));
  return stackOf(stack, own);
}

for (const from of ["dev", "local"] as const) {
  describe(`two review sites beside ${from}, from their plans`, () => {
    const config = changed(configOf(from), ENTANGLED[from] ?? {});
    let base: Stack;
    let sites: [Stack, Stack];

    before(async function () {
      // Three runs of the program, where other tests have one.
      this.timeout(60_000);
      base = await stackOf(from, wire(config));
      sites = [await siteOf(from, config, 12), await siteOf(from, config, 123)];
    });

    it("share no host, key, claim or name with it, or with each other", () => {
      const [one, other] = sites;
      assert.deepEqual(shared(one.handles, other.handles), []);
      for (const site of sites) assert.deepEqual(shared(site.handles, base.handles), []);
    });

    it("have hosts, keys and names to share, and it has claims (control)", () => {
      for (const { handles } of sites) {
        assert.ok(handles.hosts.length === 1 && handles.keys.length >= 2);
        assert.ok(handles.names.length >= 8, handles.names.join());
        assert.deepEqual(handles.claims, []);
      }
      for (const kind of ["hosts", "keys", "claims", "names"] as const)
        assert.ok(base.handles[kind].length > 0, kind);
    });

    it("would share each of these where it was copied, and all of its own (control)", async () => {
      const kinds = (a: Stack, b: Stack) =>
        new Set(shared(a.handles, b.handles).map((it) => it.split(":")[0]));
      assert.deepEqual([...kinds(sites[0], sites[0])].sort(), ["hosts", "keys", "names"]);
      // What is not of the stack's name alone: one platform shows that.
      if (from === "local") return;
      const copied = kinds(await stackOf("copy", wire(config)), base);
      for (const kind of ["claims", "hosts", "names"]) assert.ok(copied.has(kind), kind);
    });

    it("name each other's hosts and namespaces nowhere", () => {
      const [one, other] = sites;
      for (const [site, others] of [
        [one, [other, base]],
        [other, [one, base]],
      ] as const) {
        const text = JSON.stringify(site.plan.resources.map(({ inputs }) => inputs));
        for (const { host, plan } of others) {
          assert.doesNotMatch(text, whole(host));
          if (plan.stack !== from) assert.doesNotMatch(text, whole(plan.stack));
        }
        assert.match(text, whole(site.host), "its own host (control)");
      }
    });

    it("are of Kubernetes alone, on the cluster of the context, and unprotected", () => {
      for (const { plan } of sites) {
        const types = [...new Set(plan.resources.map(({ type }) => type))].filter(
          (type) => !/^(pulumi|next-on-eks|random):/.test(type),
        );
        assert.deepEqual(
          types.filter((type) => !(type in KUBERNETES)),
          [],
        );
        assert.ok(!types.some((type) => /PersistentVolume|IngressClass|ClusterRole/.test(type)));
        assert.deepEqual(
          plan.resources.filter(({ protect }) => protect),
          [],
        );
        const provider = plan.resources.find(({ name }) => name === "cluster");
        assert.equal(provider?.inputs.context, "dev");
      }
    });
  });
}

function whole(name: string): RegExp {
  return new RegExp(`(?<![a-z0-9.-])${name.replaceAll(".", "\\.")}(?![a-z0-9-]|\\.[a-z0-9])`);
}
