import * as assert from "node:assert/strict";
import { CONFIRMABLE, changeRules, changesSince, factsOf } from "../../../config/changes";
import { nextVersion } from "../../../model/kubernetesVersions";
import { isLower, minorsBetween } from "../../../model/versions";
import { aws, load, loadAws, loadExisting } from "../../helpers/configs";
import { failureOf } from "../../helpers/recording";
import { either, orAnotherStack, rm, set, told } from "../../helpers/refusals";
import { judges } from "./helpers";

describe("changes of any stack", () => {
  judges(aws, [
    {
      name: "another namespace",
      kind: "refused",
      now: { "cluster.namespace": "shop" },
      key: "cluster.namespace",
      message:
        "'next-on-eks' cannot become 'shop': the volume of the uploads is bound to its claim in 'next-on-eks', and claims do not move.",
      remedy: orAnotherStack(set("cluster.namespace", "next-on-eks")),
    },
    {
      name: "no Redis any more",
      kind: "asked",
      now: { "cache.store": "files" },
      key: "cache.store",
      message:
        "'redis' becomes 'files': Redis is deleted with everything in it, and visitors whose session is in it are logged out.",
      remedy: set("cache.store", "redis"),
    },
    { name: "Redis from now on", kind: "safe", old: { "cache.store": "files" } },
    {
      name: "hosts that are served no more",
      kind: "warned",
      old: { "ingress.extraHosts": ["a.test", "b.test"] },
      now: { "app.host": "new.test", "ingress.extraHosts": ["shop.example.com"] },
      key: "app.host",
      message:
        "visitors of 'a.test' and 'b.test' get 404 from now on; ingress.extraHosts keeps a host.",
    },
    {
      name: "another main host, the old one kept",
      kind: "safe",
      now: { "app.host": "new.test", "ingress.extraHosts": ["shop.example.com"] },
    },
    {
      name: "no controller any more",
      kind: "asked",
      now: { "ingress.install": false },
      key: "ingress.install",
      message:
        "the controller is deleted with its load balancer: visitors cannot reach the site until DNS points to another controller that serves the class.",
      remedy: set("ingress.install", "true"),
    },
    { name: "a controller from now on", kind: "safe", old: { "ingress.install": false } },
    {
      name: "another namespace of the controller",
      kind: "refused",
      now: { "ingress.namespace": "edge" },
      key: "ingress.namespace",
      message:
        "'nginx-ingress' cannot become 'edge': Helm does not hand over the IngressClass of a release in another namespace, and pulumi up would fail.",
      remedy: either(
        set("ingress.namespace", "nginx-ingress"),
        `in two steps, with the site down in between; the first is\n${set("ingress.install", "false")}`,
      ),
    },
    {
      name: "another class",
      kind: "asked",
      now: { "ingress.className": "edge" },
      key: "ingress.className",
      message:
        "'nginx' becomes 'edge': visitors get 404 until the Ingress has the new class, and after that unless DNS points to the controller that serves it.",
      remedy: set("ingress.className", "nginx"),
    },
    {
      name: "no HTTPS any more",
      kind: "asked",
      old: { "ingress.tls": { secretName: "tls" } },
      key: "ingress.tls",
      message: "the site is no longer served by HTTPS: https:// does not answer.",
      remedy: set("ingress.tls.secretName", "SECRET"),
    },
    {
      name: "HTTPS from now on, with another certificate later",
      kind: "safe",
      now: { "ingress.tls": { secretName: "tls" } },
    },
  ]);

  it("refused: the other platform, whose other facts are not compared", async () => {
    const [onAws, elsewhere] = [await loadAws(), await loadExisting()];
    assert.deepEqual(changesSince(factsOf(onAws), elsewhere), {
      refusal: `1 change of stack 'test' cannot be made as it is; nothing was changed.\n${told(
        "platform",
        "'aws' cannot become 'existing': the whole stack would be created again elsewhere and deleted here, with uploads and sessions.",
        orAnotherStack(set("platform", "aws")),
      )}`,
      warnings: [],
    });
    assert.match(
      changesSince(factsOf(elsewhere), onAws).refusal ?? "",
      /'existing' cannot become 'aws'/,
    );
  });

  it("refused: two minor versions of Kubernetes at once", () => {
    const [jump] = changeRules.aws.filter(
      ({ key, kind }) => key === "cluster.version" && kind === "refused",
    );
    assert.deepEqual(jump?.check("1.35", "1.37"), {
      message: "'1.35' cannot become '1.37' at once: EKS upgrades one minor version at a time.",
      remedy: set("cluster.version", nextVersion("1.35")),
    });
    assert.equal(jump?.check("1.35", "1.36"), undefined);
    assert.equal(jump?.check("1.37", "1.35"), undefined);
  });

  it("refused: another VPC, whosever it was, and other private subnets", () => {
    const rule = (key: string) => changeRules.aws.find((it) => it.key === key);
    assert.deepEqual(rule("network.existing.vpcId")?.check("own", "vpc-1"), {
      message:
        "the stack's own VPC cannot become 'vpc-1': a different VPC means a new cluster and a new file system.",
      remedy: orAnotherStack(rm("network.existing")),
    });
    assert.deepEqual(rule("network.existing.privateSubnetIds")?.check("a, b", "a, c"), {
      message:
        "'a, b' cannot become 'a, c': EKS starts nodes in the subnets that the cluster was created with, and mount targets would be replaced under running pods.",
      remedy: `${set("network.existing.privateSubnetIds[0]", "a")}\n${set("network.existing.privateSubnetIds[1]", "b")}`,
    });
  });

  it("compare versions by their numbers", () => {
    assert.equal(isLower("1.9", "1.10"), true);
    assert.equal(isLower("1.10", "1.9"), false);
    assert.equal(isLower("7.1", "8.0"), true);
    assert.equal(isLower("8.0", "7.2"), false);
    assert.equal(isLower("7.1", "7.1"), false);
    assert.equal(minorsBetween("1.35", "1.37"), 2);
  });

  it("are confirmed by keys that a rule asks about, and by no other", async () => {
    assert.deepEqual(CONFIRMABLE, [
      "cache.store",
      "ingress.install",
      "ingress.className",
      "ingress.tls",
      "cluster.version",
      "redis.engine",
      "redis.engineVersion",
      "redis.sessions",
      "app.build",
      "ingress.zone",
      "cluster.context",
      "app.user",
      "app.host",
    ]);
    const message = await failureOf(load({ ...aws, confirm: ["network.cidr"] }));
    assert.match(message, /next-on-eks:confirm\[0\]: /);
    assert.deepEqual((await loadAws()).confirm, []);
  });

  it("warn of a confirmation that is set", async () => {
    const { warnings } = await loadAws({ confirm: ["redis.sessions", "redis.engine"] });
    assert.deepEqual(
      warnings.filter((warning) => warning.includes("confirm")),
      [
        "next-on-eks:confirm: changes of redis.sessions and redis.engine are made without asking again; remove it after this pulumi up. (rule confirmations-left)\n    pulumi config rm --stack test --path 'next-on-eks:confirm'",
      ],
    );
  });

  it("name keys that no rule remembers differently from another", () => {
    for (const rules of Object.values(changeRules)) {
      for (const { key, change } of rules) {
        assert.match(key, /^[A-Za-z:.]+$/);
        assert.ok(change.length > 0);
      }
    }
  });
});
