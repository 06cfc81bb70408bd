import * as assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isRow, arrange, type Block } from "../../picture/arrange";
import { graphOf } from "../../picture/graph";
import { KINDS } from "../../picture/kinds";
import { ROOT } from "../helpers/configs";
import { recorded } from "../preview/helpers";
import { plan } from "../review/helpers";
import { planNamed, withoutParts } from "./helpers";

/** The tree of frames, rows, boxes and chips, in words. */
function tree({ frame, chips, children }: Block): unknown {
  const inside = children.map((it) =>
    isRow(it)
      ? it.boxes.map(({ part, chips: own }) =>
          [part.title, ...own.map(({ title }) => title)].join(" + "),
        )
      : tree(it),
  );
  const words = [frame?.title ?? "picture", ...chips.map(({ title }) => title)].join(" + ");
  return { [words]: inside };
}

describe("the parts of a plan and what connects them", () => {
  it("knows every component of the program", () => {
    const folders = ["components", "components/nextApp"];
    const made = folders.flatMap((folder) =>
      readdirSync(join(ROOT, folder))
        .filter((file) => file.endsWith(".ts"))
        .flatMap((file) => {
          const text = readFileSync(join(ROOT, folder, file), "utf8");
          return [...text.matchAll(/super\(\s*"next-on-eks:\w+:(\w+)"/g)].map(([, type]) => type);
        }),
    );
    // It is in the ingress controller, and no part of its own.
    const parts = made.filter((type) => type !== "SelfSignedCertificate").sort();
    assert.ok(parts.length > 15, "the search finds no components");
    assert.deepEqual(parts, Object.keys(KINDS).sort());
  });

  it("arranges production by what refers to what", async () => {
    assert.deepEqual(tree(arrange(graphOf(await planNamed("prod")))), {
      picture: [
        {
          "AWS network": [
            {
              "EKS cluster + add-ons: aws-efs-csi-driver, metrics-server": [
                ["nginx, the ingress controller + TLS: certificate of ACM"],
                {
                  "namespace + 4 network policies": [
                    ["Ingress + DNS: 1 record in Route 53"],
                    ["Next.js pods + the pod's agent", "static-assets pods"],
                    ["shared folders"],
                  ],
                },
              ],
            },
            ["Redis: pages", "Redis: sessions", "EFS"],
          ],
        },
      ],
    });
  });

  it("lifts what inputs refer to from resources to components", async () => {
    const { parts, links } = graphOf(await planNamed("prod"));
    const name = new Map(parts.map(({ id, component }) => [id, component]));
    const of = (component: string) =>
      links
        .filter(({ from, refers }) => name.get(from) === component && refers)
        .map(({ to }) => name.get(to))
        .sort();
    assert.deepEqual(of("NextApp web"), [
      "AppNamespace app",
      "PodFiles pod-files",
      "RedisCache pages",
      "RedisCache sessions",
      "SharedVolumes files",
    ]);
    assert.deepEqual(of("AppIngress site"), [
      "AppNamespace app",
      "IngressController ingress",
      "NextApp web",
      "StaticAssets static-assets",
    ]);
    const waits = links.filter(({ refers }) => !refers);
    assert.deepEqual(
      waits.map(({ from, to }) => `${name.get(from)} waits for ${name.get(to)}`),
      ["SharedVolumes files waits for ClusterAddons addons"],
    );
  });

  it("shows what is there already, by what the plan says of it", async () => {
    const own = async (config: string) =>
      graphOf(await planNamed(config))
        .parts.filter(({ existing }) => existing)
        .map(({ title, facts }) => `${title}: ${facts.join(", ")}`);
    assert.deepEqual(await own("prod"), []);
    assert.deepEqual(await own("own controller, two small Redis"), [
      "Kubernetes cluster: there already",
      "ingress controller: class nginx, there already",
    ]);
    assert.deepEqual(await own("own Redis, NFS, ports of the nodes"), [
      "Kubernetes cluster: there already",
      "Redis: pages, sessions: there already",
    ]);
    assert.deepEqual(await own("own VPC, no static-assets, long hosts"), [
      "AWS network: vpc-0123456789abcdef0, there already",
    ]);
  });

  it("takes facts from the plan", async () => {
    const facts = async (config: string, component: string) =>
      graphOf(await planNamed(config)).parts.find((it) => it.component === component)?.facts;
    assert.deepEqual(await facts("prod", "NextApp web"), ["3 to 20 pods", "cpu 1, memory 1Gi"]);
    assert.deepEqual(await facts("prod", "RedisCache pages"), [
      "Redis 7.1, 2 nodes",
      "cache.m7g.large",
    ]);
    assert.deepEqual(await facts("local", "InClusterRedis pages"), ["1 pod", "redis:7.4-bookworm"]);
    const nfs = "own Redis, NFS, ports of the nodes";
    assert.deepEqual(await facts(nfs, "IngressController ingress"), [
      "2 pods",
      "on node ports 30080 and 30443",
    ]);
    assert.deepEqual(await facts(nfs, "SharedVolumes files"), [
      "/shared/cache 5Gi",
      "/data 20Gi",
      "NFS server 10.0.0.5",
    ]);
  });

  it("draws a component that the table does not know, and a chip without a box", () => {
    const made = plan(
      recorded("next-on-eks:kubernetes:MadeUp", "one"),
      recorded("next-on-eks:aws:Certificate", "site"),
    );
    assert.deepEqual(tree(arrange(graphOf(made))), {
      picture: [["TLS: certificate of ACM", "MadeUp (0)"]],
    });
  });

  it("takes what a plan from JSON knows: what depends on what", async () => {
    const whole = await planNamed("prod");
    const options = { sources: {}, ignoreChanges: [], replaceOnChanges: [] };
    const read = { ...whole, resources: whole.resources.map((it) => ({ ...it, options })) };
    const after = withoutParts(whole, "RedisCache sessions");
    assert.deepEqual(tree(arrange(graphOf(after, read))), tree(arrange(graphOf(after, whole))));
  });

  it("keeps parts that only the base has", async () => {
    const before = await planNamed("prod");
    const after = withoutParts(before, "RedisCache sessions");
    const sessions = (graph = graphOf(after, before)) =>
      graph.parts.find(({ component }) => component === "RedisCache sessions");
    assert.equal(sessions()?.facts[1], "cache.t4g.micro");
    assert.equal(sessions(graphOf(after)), undefined);
    assert.ok(graphOf(after, before).links.some(({ to }) => to === sessions()?.id));
  });
});
