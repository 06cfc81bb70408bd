import * as assert from "node:assert/strict";
import type { Facts } from "../../../config/changes";
import { factsOf } from "../../../config/changes";
import { clusterConflicts } from "../../../platforms/existing/conflicts";
import { loadExisting, type Groups } from "../../helpers/configs";
import { record } from "../../helpers/recording";
import { either, set, told } from "../../helpers/refusals";

const OWN = "organization/test";
const NGINX = "nginx.org/ingress-controller";

const meta = (name: string, annotations: object = {}) => ({ metadata: { name, annotations } });
const owned = (name: string, owner: string) => meta(name, { "next-on-eks/stack": owner });
const nginxClass = (release?: string, controller = NGINX) => ({
  ...meta("nginx", release === undefined ? {} : { "meta.helm.sh/release-namespace": release }),
  spec: { controller },
});
const ingress = (host: string, path: string, more: object = {}, spec: object = {}) => ({
  metadata: { name: "old", namespace: "legacy", ...more },
  spec: { ingressClassName: "nginx", rules: [{ host, http: { paths: [{ path }] } }], ...spec },
});

interface World {
  namespaces?: object[];
  ingressclasses?: object[];
  ingresses?: object[];
}

/** What is said of a config in a cluster that answers kubectl with these objects. */
async function judge(world: World | Error | string, more: Groups = {}, old?: Facts) {
  const asked: string[] = [];
  const config = await loadExisting(more);
  let verdict: Awaited<ReturnType<typeof clusterConflicts>> | undefined;
  await record(async () => {
    verdict = await clusterConflicts(config, old, (args) => {
      asked.push(args.join(" "));
      if (world instanceof Error) return Promise.reject(world);
      if (typeof world === "string") return Promise.resolve(world);
      const found = world[args[1] as keyof World] ?? [];
      // As kubectl with --ignore-not-found: nothing, one object, or a list.
      const answer = found.length > 1 ? { kind: "List", items: found } : found[0];
      return Promise.resolve(answer === undefined ? "" : JSON.stringify(answer));
    });
    return {};
  });
  return { ...verdict, asked };
}

const refused = (...problems: string[]) =>
  `The config of stack 'test' has ${problems.length === 1 ? "1 problem" : `${problems.length} problems`}:\n${problems.join("\n")}`;
const SAFE = { refusal: undefined, warnings: [] };
const says = async (...args: Parameters<typeof judge>) => {
  const { refusal, warnings } = await judge(...args);
  return { refusal, warnings };
};

describe("what a cluster holds already (kubectl's answers are made up: test/cluster has real ones)", () => {
  it("is asked by name and by kind, and is nothing in an empty cluster", async () => {
    const { asked, refusal, warnings } = await judge({});
    assert.deepEqual({ refusal, warnings }, SAFE);
    const how = "--ignore-not-found --output=json";
    assert.deepEqual(asked, [
      `get namespaces next-on-eks nginx-ingress ${how}`,
      `get ingressclasses ${how}`,
      `get ingresses --all-namespaces ${how}`,
    ]);
  });

  it("is nothing where the cluster does not answer, or kubectl is not there", async () => {
    assert.deepEqual(await says(new Error("spawn kubectl ENOENT")), SAFE);
    assert.deepEqual(await says("Your session ends in 5 minutes.\n{}"), SAFE, "no JSON");
  });

  it("refuses namespaces and the class of another stack, each with its way out", async () => {
    const world = {
      namespaces: [
        owned("next-on-eks", "organization/local"),
        owned("nginx-ingress", "organization/local"),
      ],
      ingressclasses: [nginxClass("nginx-ingress")],
    };
    const ofOther = (key: string, name: string, ...more: string[]) =>
      told(
        key,
        `'${name}' is the namespace of stack 'organization/local' in this cluster: two stacks in one namespace would change each other's objects.`,
        either(set(key, `${name}-test`), ...more),
      );
    const install = set("ingress.install", "false");
    assert.deepEqual(await says(world), {
      refusal: refused(
        ofOther("cluster.namespace", "next-on-eks"),
        ofOther(
          "ingress.namespace",
          "nginx-ingress",
          `if the controller there should serve this site too:\n${install}`,
        ),
        told(
          "ingress.className",
          "the IngressClass 'nginx' is in the cluster already, from a controller in namespace 'nginx-ingress': Helm does not take it over.",
          `if that controller should serve this site too:\n${either(install, `if this site should get its own controller:\n${set("ingress.className", "nginx-test")}`)}`,
        ),
      ),
      warnings: [],
    });
  });

  it("warns of a namespace that a new stack takes over: nobody's, or what has its own name", async () => {
    const warnings = (whose: string) => [
      `next-on-eks:cluster.namespace: 'next-on-eks' is in the cluster already${whose}; this stack takes it over, and pulumi destroy deletes it with everything in it.`,
    ];
    assert.deepEqual(await says({ namespaces: [meta("next-on-eks")] }), {
      refusal: undefined,
      warnings: warnings(""),
    });
    assert.deepEqual(await says({ namespaces: [owned("next-on-eks", OWN)] }), {
      refusal: undefined,
      warnings: warnings(`, owned by a stack of the same name '${OWN}'`),
    });
  });

  it("refuses nothing that is the stack's own, where an up or a destroy ended half-way", async () => {
    const world = {
      namespaces: [owned("next-on-eks", OWN), owned("nginx-ingress", OWN)],
      ingressclasses: [nginxClass("nginx-ingress")],
      ingresses: [ingress("shop.example.com", "/", { annotations: { "next-on-eks/stack": OWN } })],
    };
    assert.equal((await judge(world)).refusal, undefined);
  });

  it("refuses a class that Helm did not install, where the stack would make one, and no other", async () => {
    const world = { ingressclasses: [nginxClass()] };
    assert.match((await judge(world)).refusal ?? "", /from a controller that Helm did not install/);
    assert.deepEqual(await says(world, { "ingress.install": false }), SAFE);
    assert.deepEqual(await says(world, { "ingress.className": "edge" }), SAFE);
  });

  const there = { "ingress.install": false };
  const taken = refused(
    told(
      "app.host",
      "'shop.example.com' is served by the Ingress 'legacy/old' of the same class: visitors would get the older of the two.",
      either(
        set("app.host", "HOST"),
        `if this site should replace it:\n${set("confirm[0]", "app.host")}`,
      ),
    ),
  );

  it("refuses a host that another Ingress of the class serves, until that is confirmed", async () => {
    const world = {
      ingressclasses: [nginxClass()],
      ingresses: [ingress("shop.example.com", "/api")],
    };
    assert.equal((await judge(world, there)).refusal, taken);
    assert.deepEqual(await says(world, { ...there, confirm: ["app.host"] }), SAFE);
    const extra = await judge(world, {
      ...there,
      "app.host": "new.test",
      "ingress.extraHosts": ["www.test", "shop.example.com"],
    });
    assert.match(
      extra.refusal ?? "",
      /next-on-eks:ingress\.extraHosts\[1\]: 'shop\.example\.com' is/,
    );
  });

  it("lets two share a host by paths where the controller does, and refuses one path twice", async () => {
    const controller = "example.com/other";
    const world = (path: string) => ({
      ingressclasses: [nginxClass(undefined, controller)],
      ingresses: [ingress("shop.example.com", path)],
    });
    assert.deepEqual(await says(world("/api"), there), SAFE);
    assert.equal((await judge(world("/"), there)).refusal, taken);
  });

  it("knows an Ingress by the annotation of its class, and without one by the default class", async () => {
    const unnamed = { ingressClassName: undefined };
    const annotated = { annotations: { "kubernetes.io/ingress.class": "nginx" } };
    const isDefault = {
      ...meta("nginx", { "ingressclass.kubernetes.io/is-default-class": "true" }),
      spec: { controller: NGINX },
    };
    const host = "shop.example.com";
    for (const [ingresses, ingressclasses, refusal] of [
      [[ingress(host, "/", annotated, unnamed)], [nginxClass()], taken],
      [[ingress(host, "/", {}, unnamed)], [isDefault], taken],
      [[ingress(host, "/", {}, unnamed)], [nginxClass()], undefined],
      [[ingress(host, "/", {}, { ingressClassName: "edge" })], [nginxClass()], undefined],
    ] as const) {
      const world = { ingresses: [...ingresses], ingressclasses: [...ingressclasses] };
      assert.equal((await judge(world, there)).refusal, refusal);
    }
  });

  it("is asked of a running stack for what it comes to claim, and else of nothing", async () => {
    const old = factsOf(await loadExisting());
    const world = {
      namespaces: [owned("next-on-eks", "organization/renamed")],
      ingressclasses: [nginxClass("nginx-ingress")],
      ingresses: [ingress("shop.example.com", "/"), ingress("www.test", "/")],
    };
    assert.deepEqual(await judge(world, {}, old), { ...SAFE, asked: [] });
    const more = await judge(world, { "ingress.extraHosts": ["www.test"] }, old);
    assert.match(
      more.refusal ?? "",
      /has 1 problem:\n {2}next-on-eks:ingress\.extraHosts\[0\]: 'www\.test'/,
    );
    const moved = await judge(world, { "ingress.className": "edge" }, old);
    assert.equal(moved.refusal, undefined);
    assert.equal(moved.asked.length, 3);
  });
});
