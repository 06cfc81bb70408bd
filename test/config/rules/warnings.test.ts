import * as assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  changed,
  configOf,
  existing,
  aws,
  load,
  type Groups,
  type LoadOptions,
} from "../../helpers/configs";
import { failureOf } from "../../helpers/recording";
import { withTls } from "../../helpers/refusals";

/** A config that nothing is to be said about. */
const quietAws: Groups = changed(aws, {
  ...withTls,
  "cluster.publicAccessCidrs": ["8.8.8.8/32"],
});
const quietExisting: Groups = changed(existing, withTls);

type WarningCase = [base: Groups, changes: Groups, warning: string, options?: LoadOptions];

const prod = { stack: "prod" };
const cases: WarningCase[] = [
  [
    quietAws,
    { "app.image": "shop:v1" },
    `app.image: 'shop:v1' is a tag: pods may end up with different images. (rule image-digest)
    pulumi config set --stack test --path 'next-on-eks:app.image' shop@sha256:DIGEST`,
  ],
  [
    quietAws,
    { ingress: {} },
    `ingress.tls: is not set: shop.example.com is served by plain HTTP. (rule https)
    pulumi config set --stack test --path 'next-on-eks:ingress.tls.secretName' SECRET
    or
    pulumi config set --stack test --path 'next-on-eks:ingress.tls.certificateArn' ARN
    or
    pulumi config set --stack test --path 'next-on-eks:ingress.zone' YOUR.ZONE`,
  ],
  [
    quietAws,
    { "app.service": { type: "LoadBalancer" } },
    `app.service.type: LoadBalancer: the application answers at a load balancer of its own, by plain HTTP and past the ingress controller. (rule https)
    pulumi config set --stack test --path 'next-on-eks:app.service.type' ClusterIP`,
  ],
  [
    quietAws,
    { "files.required": false },
    `files.required: false: no uploads, no shared images, and deploys break open pages. (rule files-off)
    pulumi config rm --stack test --path 'next-on-eks:files.required'`,
  ],
  [
    quietAws,
    { "app.shutdown.preStopSeconds": 4 },
    `app.shutdown.preStopSeconds: 4: load balancers notice a leaving pod only seconds later, and requests are lost until then. (rule pre-stop)
    pulumi config set --stack test --path 'next-on-eks:app.shutdown.preStopSeconds' 15`,
  ],
  [
    quietAws,
    { "app.image": undefined, "app.build": { context: "example" } },
    `app.build.secrets: has no server_actions_key: each build creates its own key, and forms in open pages fail after the next build. (rule server-actions-key)
    pulumi config set --stack test --path 'next-on-eks:app.build.secrets.server_actions_key' --secret "$(cat server-actions.key)"
    created once by:
    npm run --silent action-key -- server-actions.key`,
  ],
  [
    quietAws,
    { "assets.replicas": 1 },
    `assets.replicas: 1: if that pod is lost, no static files are served until the next one is up. (rule one-pod)
    pulumi config set --stack test --path 'next-on-eks:assets.replicas' 2`,
  ],
  [
    quietAws,
    { "app.replicas.min": 1 },
    `app.replicas.min: 1: the loss of one pod is an outage until the next is up. (rule one-pod)
    pulumi config set --stack test --path 'next-on-eks:app.replicas.min' 2`,
  ],
  [
    quietAws,
    { "cluster.publicAccessCidrs": ["0.0.0.0/0"] },
    `cluster.publicAccessCidrs: the API server is open to the world. (rule api-server-open)
    pulumi config set --stack test --path 'next-on-eks:cluster.publicAccessCidrs[0]' YOUR.ADDRESS/32`,
  ],
  [
    quietAws,
    { "cluster.publicAccessCidrs": [] },
    `cluster.publicAccessCidrs: is empty: the API server answers only inside the VPC, and pulumi up from elsewhere fails once the cluster exists. (rule api-server-private)
    pulumi config set --stack test --path 'next-on-eks:cluster.publicAccessCidrs[0]' YOUR.ADDRESS/32`,
  ],
  [
    quietAws,
    {},
    `cluster.version: '1.35' leaves EKS standard support on 2027-03-27; after that day every pulumi up is refused until the cluster is upgraded, including roll-backs. (rule kubernetes-support-ending)
    pulumi config set --stack test --path 'next-on-eks:cluster.version' 1.36`,
    { today: new Date("2027-01-27") },
  ],
  [
    quietAws,
    { "network.natGateways": "one" },
    `network.natGateways: one: if its zone is lost, no pod can reach the internet. (rule one-nat-gateway)
    pulumi config set --stack prod --path 'next-on-eks:network.natGateways' perZone`,
    prod,
  ],
  [
    quietAws,
    { "redis.nodes": 1 },
    `redis.nodes: 1: if the node fails, the cache is empty and sessions are lost. (rule one-redis-node)
    pulumi config set --stack prod --path 'next-on-eks:redis.nodes' 2`,
    prod,
  ],
  [
    quietAws,
    { "timeouts.controller": 300 },
    `timeouts.controller: 300: new nodes and an NLB may take longer, and then the controller is rolled back. (rule controller-timeout)
    pulumi config set --stack test --path 'next-on-eks:timeouts.controller' 900`,
  ],
  [
    quietExisting,
    { cluster: {} },
    `cluster.context: is not set: pulumi up deploys wherever kubectl points. (rule context)
    pulumi config set --stack test --path 'next-on-eks:cluster.context' CONTEXT
    to list them:
    kubectl config get-contexts`,
  ],
  [
    quietExisting,
    {},
    `redis.inCluster: true: one pod without a disk; a restart empties it. (rule redis-without-disk)
    pulumi config rm --stack prod --path 'next-on-eks:redis.inCluster'
    pulumi config set --stack prod --secret --path 'next-on-eks:redis.url' URL`,
    prod,
  ],
  [
    quietExisting,
    { "app.hostAntiAffinity": true },
    `app.hostAntiAffinity: a rollout needs one node more than there are pods; set cluster.nodes to have that checked. (rule unknown-room-for-a-rollout)
    pulumi config set --stack test --path 'next-on-eks:cluster.nodes' NUMBER`,
  ],
];

const OWN = `registry.test/shop@sha256:${"0".repeat(64)}`;
const EXAMPLE = /@sha256:[0-9a-f]{64}/.exec(JSON.stringify(configOf("prod")))?.[0] ?? "";

const placeholders: [changes: Groups, text: string][] = [
  [
    { "cluster.publicAccessCidrs": ["198.51.100.0/24", "8.8.8.8/32"] },
    `cluster.publicAccessCidrs: '198.51.100.0/24' is an example range; set your own before pulumi up.
    pulumi config set --stack test --path 'next-on-eks:cluster.publicAccessCidrs[0]' YOUR.ADDRESS/32`,
  ],
  [
    { "cluster.adminRoleArns": ["arn:aws:iam::123456789012:role/a"] },
    `cluster.adminRoleArns: 'arn:aws:iam::123456789012:role/a' is of an example account; set your own before pulumi up.
    pulumi config set --stack test --path 'next-on-eks:cluster.adminRoleArns[0]' ARN
    not the role that runs the first pulumi up; if there is no other, remove the key`,
  ],
  [
    { "app.image": `444455556666.dkr.test/shop@sha256:${"0".repeat(64)}` },
    `app.image: '444455556666.dkr.test/shop@sha256:${"0".repeat(64)}' is of an example account; set your own before pulumi up.
    pulumi config set --stack test --path 'next-on-eks:app.image' REGISTRY/NAME@sha256:DIGEST`,
  ],
  [
    {
      "app.image": undefined,
      "app.rollout": {
        strategy: "blueGreen",
        live: "blue",
        images: { blue: OWN, green: OWN.replace("registry.test", "111122223333.dkr.test") },
      },
    },
    `app.rollout.images.green: '${OWN.replace("registry.test", "111122223333.dkr.test")}' is of an example account; set your own before pulumi up.
    pulumi config set --stack test --path 'next-on-eks:app.rollout.images.green' REGISTRY/NAME@sha256:DIGEST`,
  ],
  [
    { "app.image": `registry.test/shop${EXAMPLE}` },
    `app.image: 'registry.test/shop${EXAMPLE}' is the example's digest; set your own before pulumi up.
    pulumi config set --stack test --path 'next-on-eks:app.image' REGISTRY/NAME@sha256:DIGEST`,
  ],
  [
    { "ingress.zone": "example.com" },
    `ingress.zone: 'example.com' is an example zone; set your own before pulumi up.
    pulumi config set --stack test --path 'next-on-eks:ingress.zone' YOUR.ZONE`,
  ],
];

describe("warnings of the config", () => {
  it("are none where there is nothing to say", async () => {
    assert.deepEqual((await load(quietAws)).warnings, []);
    assert.deepEqual((await load(quietAws, prod)).warnings, []);
    assert.deepEqual((await load(quietExisting)).warnings, []);
  });

  for (const [base, changes, warning, options] of cases) {
    it(`tell ${warning.split(": ")[0]}`, async () => {
      const { warnings } = await load(changed(base, changes), options);
      assert.deepEqual(warnings, [`next-on-eks:${warning}`]);
    });
  }

  for (const [changes, text] of placeholders) {
    const key = text.split(":")[0];
    it(`show a placeholder for ${key} in a preview, and refuse it in an update`, async () => {
      const groups = changed(quietAws, changes);
      assert.deepEqual((await load(groups)).warnings, [`next-on-eks:${text}`]);
      assert.equal(
        await failureOf(load(groups, { preview: false })),
        `The config of stack 'test' still has example values:\n  next-on-eks:${text}`,
      );
    });
  }

  it("let a version rest until 60 days before the end of its support", async () => {
    assert.deepEqual((await load(quietAws, { today: new Date("2027-01-26") })).warnings, []);
  });

  it("take nothing of a cluster that exists for a placeholder", async () => {
    const groups = changed(quietExisting, {
      "app.image": `123456789012.dkr.test/shop@sha256:${"0".repeat(64)}`,
    });
    assert.deepEqual((await load(groups, { preview: false })).warnings, []);
  });

  it("name the host that the schema of a mirrored chart makes Helm ask (no Helm runs here)", async () => {
    const chart = mkdtempSync(join(tmpdir(), "next-on-eks-chart-"));
    const warnings = async () =>
      (await load(changed(quietExisting, { "ingress.chart": chart }))).warnings;
    assert.deepEqual(await warnings(), []);
    const schema = join(chart, "values.schema.json");
    writeFileSync(schema, JSON.stringify({ $ref: "#/definitions/own", definitions: { own: {} } }));
    assert.deepEqual(await warnings(), []);
    writeFileSync(schema, JSON.stringify({ items: { $ref: "https://schemas.test/a.json#/b" } }));
    assert.deepEqual(await warnings(), [
      `next-on-eks:ingress.chart: the values.schema.json in '${chart}' refers to schemas.test: Helm downloads from there, and fails if it cannot. (rule chart-schema)
    without access to that host, remove values.schema.json from the folder: docs/way-in.md`,
    ]);
    rmSync(chart, { recursive: true });
  });
});
