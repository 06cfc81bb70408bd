import * as assert from "node:assert/strict";
import { offlineAnswers } from "../preview/answers";
import { Secret, type Answers } from "../engine/engine";
import { answers } from "./helpers/answers";
import { changed, configOf, wire } from "./helpers/configs";
import { OWN_IMAGE, OWN_VALUES, runProd, runStack } from "./helpers/programs";
import { podOf, violations } from "./helpers/podSecurity";
import { failureOf, type Recording } from "./helpers/recording";

const spec = (made: Recording, kind: string, name: string) =>
  made.inputs(kind, name).spec as Record<string, unknown>;
const annotationsOf = (made: Recording) => {
  const { values } = made.inputs("Release", "ingress") as {
    values: { controller: { service: { annotations: Record<string, string> } } };
  };
  return values.controller.service.annotations;
};
const recordsOf = (made: Recording, component: string) =>
  made.resources
    .filter(({ type, parent }) => type.endsWith(":Record") && parent.includes(`:${component}::`))
    .map(({ inputs }) => inputs);
const NLB = "service.beta.kubernetes.io/aws-load-balancer";

describe("the program with stack prod", () => {
  let made: Recording;
  before(async () => {
    made = await runProd();
  });

  it("is made of these components", () => {
    assert.deepEqual(made.roots, [
      "next-on-eks:aws:Certificate site",
      "next-on-eks:aws:ClusterAddons addons",
      "next-on-eks:aws:DnsRecords site",
      "next-on-eks:aws:EksCluster cluster",
      "next-on-eks:aws:Network network",
      "next-on-eks:aws:RedisCache pages",
      "next-on-eks:aws:RedisCache sessions",
      "next-on-eks:aws:SharedFileSystem files",
      "next-on-eks:kubernetes:AppIngress site",
      "next-on-eks:kubernetes:AppNamespace app",
      "next-on-eks:kubernetes:IngressController ingress",
      "next-on-eks:kubernetes:NetworkPolicies site",
      "next-on-eks:kubernetes:NextApp web",
      "next-on-eks:kubernetes:PodFiles pod-files",
      "next-on-eks:kubernetes:SharedVolumes files",
      "next-on-eks:kubernetes:StaticAssets static-assets",
      "pulumi:index:Stash facts",
    ]);
  });

  it("remembers in its state what the next up compares with", () => {
    assert.deepEqual(made.inputs("Stash", "facts").input, {
      platform: "aws",
      "cluster.namespace": "next-on-eks",
      "cache.store": "redis",
      "app.host": "www.shop.test",
      "ingress.install": "true",
      "ingress.namespace": "nginx-ingress",
      "ingress.className": "nginx",
      "ingress.tls": "certificate",
      "aws:region": "eu-west-1",
      "network.cidr": "10.40.0.0/16",
      "network.existing.vpcId": "own",
      "network.natGateways": "perZone",
      "network.availabilityZones": "3",
      "network.zones": "none",
      "cluster.serviceCidr": "172.20.0.0/16",
      "cluster.version": "1.35",
      "app.user": "1000",
      "redis.engine": "redis",
      "redis.engineVersion": "redis 7.1",
      "redis.sessions": "own",
      "app.build": "none",
      "ingress.zone": "shop.test",
    });
    assert.equal(made.resources[0]?.name, "facts", "it comes before all else");
  });

  it("keeps the repository of an image that the state knows as built, and says so", async () => {
    const resource: typeof answers.resource = (args) =>
      args.type === "pulumi:index:Stash"
        ? { state: { input: { ...args.inputs.input, "app.build": "built" } } }
        : answers.resource(args);
    const kept = await runProd({}, { answers: { ...answers, resource } });
    assert.deepEqual(kept.childrenOf("ContainerImage", "app"), [
      "aws:ecr/lifecyclePolicy:LifecyclePolicy app-images",
      "aws:ecr/repository:Repository app-images",
    ]);
    assert.equal(kept.outputs.image, OWN_IMAGE);
    assert.deepEqual(
      kept.warnings.filter((warning) => warning.includes("app.build")),
      [
        `next-on-eks:app.build: is no longer set; the ECR repository stays with its images, because pods, roll-backs and other stacks may use them. Once nothing does:
    pulumi config set --stack prod --path 'next-on-eks:confirm[0]' app.build`,
      ],
    );
    assert.equal(made.roots.includes("next-on-eks:aws:ContainerImage app"), false);
  });

  it("makes no ElastiCache where pages are shared by files", async () => {
    const files = await runProd({ "next-on-eks:cache": { store: "files" } });
    assert.deepEqual(
      files.roots,
      made.roots.filter((component) => !component.includes("RedisCache")),
    );
    assert.deepEqual(
      files.secretInputs.filter((input) => /redis/i.test(input)),
      [],
    );
  });

  it("lets the cluster's group alone into the file system and both Redis", () => {
    for (const name of ["files-efs-nfs", "pages-redis-clients", "sessions-redis-clients"]) {
      const rule = made.inputs("SecurityGroupIngressRule", name);
      assert.equal(rule.referencedSecurityGroupId, "group of cluster-eks");
    }
  });

  it("puts nodes, mount targets and Redis into the private subnets alone", () => {
    const subnets = (kind: string) => [0, 1, 2].map((zone) => `Subnet/network-${kind}-${zone}`);
    const cluster = made.inputs("Cluster", "cluster-eks");
    assert.equal(cluster.vpcId, "Vpc/network-vpc");
    assert.deepEqual(cluster.privateSubnetIds, subnets("private"));
    assert.deepEqual(
      [0, 1, 2].map((zone) => made.inputs("MountTarget", `files-${zone}`).subnetId),
      subnets("private"),
    );
    for (const name of ["pages-subnets", "sessions-subnets"]) {
      assert.deepEqual(made.inputs("SubnetGroup", name).subnetIds, subnets("private"));
    }
  });

  it("installs the add-ons in the cluster", () => {
    for (const name of ["addons-efs-driver", "addons-metrics-server"]) {
      assert.equal(made.inputs("Addon", name).clusterName, "name of cluster-eks");
    }
  });

  it("talks to the cluster that it made, and to no other", () => {
    assert.deepEqual(made.besideProvider("cluster-kubernetes"), []);
  });

  it("mounts the file system: claims reach the pods", () => {
    const { parameters } = made.inputs("StorageClass", "files-cache") as {
      parameters: Record<string, string>;
    };
    assert.equal(parameters.fileSystemId, "FileSystem/files-efs");
    assert.deepEqual(spec(made, "PersistentVolume", "files-uploads").csi, {
      driver: "efs.csi.aws.com",
      volumeHandle: "FileSystem/files-efs::AccessPoint/files-uploads",
    });
    assert.deepEqual(podOf(made.inputs("Deployment", "web")).volumes?.slice(0, 2), [
      { name: "cache", persistentVolumeClaim: { claimName: "files-cache" } },
      { name: "uploads", persistentVolumeClaim: { claimName: "files-uploads" } },
    ]);
  });

  it("hands each Redis to the pods by a Secret and a reference to it", () => {
    const url = (name: string) =>
      `rediss://:password-of-${name}-token@${name}-group.cache.test:6379`;
    assert.deepEqual(
      made.inputs("Secret", "web-redis").stringData,
      new Secret({ REDIS_URL: url("pages"), SESSION_REDIS_URL: url("sessions") }),
    );
    const env = podOf(made.inputs("Deployment", "web")).containers[0]?.env as { name: string }[];
    assert.deepEqual(
      env.filter(({ name }) => name.endsWith("REDIS_URL")),
      ["REDIS_URL", "SESSION_REDIS_URL"].map((name) => ({
        name,
        valueFrom: { secretKeyRef: { name: "web-redis", key: name } },
      })),
    );
  });

  it("evicts pages, never sessions", () => {
    const policy = (name: string) =>
      (made.inputs("ParameterGroup", `${name}-parameters`).parameters as { value: string }[])[0]
        ?.value;
    assert.deepEqual([policy("pages"), policy("sessions")], ["volatile-lru", "noeviction"]);
  });

  it("ends TLS at the load balancer with the certificate that it had validated", () => {
    const arn = "arn:Certificate/site-certificate";
    assert.equal(annotationsOf(made)[`${NLB}-ssl-cert`], arn);
    assert.equal(annotationsOf(made)[`${NLB}-backend-protocol`], "ssl");
    assert.ok(made.comesAfter("Release", "ingress").has("CertificateValidation site-validation"));
    assert.deepEqual(spec(made, "Ingress", "site").tls, [{ hosts: ["www.shop.test"] }]);
    const [proof] = recordsOf(made, "Certificate");
    assert.equal(proof?.zoneId, "zone of shop.test");
  });

  it("points the host to the Ingress's load balancer", () => {
    assert.deepEqual(recordsOf(made, "DnsRecords"), [
      {
        zoneId: "zone of shop.test",
        name: "www.shop.test",
        type: "A",
        aliases: [
          {
            name: "balancer.test",
            zoneId: "zone of load balancers",
            evaluateTargetHealth: false,
          },
        ],
      },
    ]);
  });

  it("leads visitors to the application's Service by the controller's class", () => {
    const { ingressClassName, rules } = spec(made, "Ingress", "site");
    assert.equal(ingressClassName, "nginx");
    assert.deepEqual(rules, [
      {
        host: "www.shop.test",
        http: {
          paths: [
            {
              path: "/_next/static",
              pathType: "Prefix",
              backend: { service: { name: "static-assets", port: { number: 80 } } },
            },
            {
              path: "/",
              pathType: "Prefix",
              backend: { service: { name: "web", port: { number: 80 } } },
            },
          ],
        },
      },
    ]);
  });

  it("meets Pod Security restricted with every pod (mocks admit every pod)", () => {
    const pods = made.resources.filter(({ type }) => type === "kubernetes:apps/v1:Deployment");
    assert.deepEqual(
      pods.map(({ name, inputs }) => [name, violations(podOf(inputs))]),
      [
        ["web", []],
        ["static-assets", []],
      ],
    );
  });

  it("keeps secrets in these inputs, and shows none in clear", () => {
    assert.deepEqual(made.secretInputs, [
      "ReplicationGroup pages-group: authToken",
      "ReplicationGroup sessions-group: authToken",
      "Secret ingress-backend-tls: stringData",
      "Secret web-redis: stringData",
      "SelfSignedCert ingress-backend-certificate: privateKeyPem",
    ]);
    assert.deepEqual(made.shows("password-of"), []);
  });

  it("hands out what a user needs, and the kubeconfig as the only secret", () => {
    const { kubeconfig, ...plain } = made.outputs;
    assert.ok(kubeconfig instanceof Secret);
    assert.deepEqual(plain, {
      url: "https://www.shop.test",
      loadBalancer: "balancer.test",
      image: OWN_IMAGE,
      namespace: "next-on-eks",
      deployment: "web",
      clusterName: "name of cluster-eks",
    });
  });

  it("protects what holds state, and nothing else", () => {
    assert.deepEqual(made.protectedOnes, [
      "AccessPoint files-uploads",
      "Cluster cluster-eks",
      "FileSystem files-efs",
      "Key cluster-secrets",
      "Namespace app-namespace",
      "PersistentVolume files-uploads",
      "PersistentVolumeClaim files-uploads",
      "ReplicationGroup pages-group",
      "ReplicationGroup sessions-group",
    ]);
  });
});

describe("the program on aws", () => {
  const dev = (changes = {}) => runStack("dev", { ...OWN_VALUES, ...changes });

  it("builds the image that the pods run, in dev", async () => {
    const made = await dev();
    const built = "registry.test/app-image:latest@sha256:built";
    assert.equal(podOf(made.inputs("Deployment", "web")).containers[0]?.image, built);
    assert.equal(made.outputs.image, built);
    assert.deepEqual(made.inputs("Image", "app-image").context, {
      location: "example",
      named: { runtime: { location: "runtime" } },
    });
  });

  it("protects nothing and shares one Redis, in dev", async () => {
    const made = await dev();
    assert.deepEqual(made.protectedOnes, []);
    const url = "rediss://:password-of-pages-token@pages-group.cache.test:6379";
    assert.deepEqual(
      made.inputs("Secret", "web-redis").stringData,
      new Secret({ REDIS_URL: url, SESSION_REDIS_URL: url }),
    );
    assert.equal(made.roots.includes("next-on-eks:aws:RedisCache sessions"), false);
  });

  it("keeps the control plane's logs for 14 days in dev, for 90 in prod", async () => {
    const days = (made: Recording) => made.inputs("LogGroup", "cluster-logs").retentionInDays;
    assert.equal(days(await dev()), 14);
    assert.equal(days(await runProd()), 90);
  });

  it("serves plain HTTP without a certificate and makes no records without a zone", async () => {
    const made = await dev();
    assert.equal(made.outputs.url, "http://dev.shop.example.com");
    assert.equal(`${NLB}-ssl-cert` in annotationsOf(made), false);
    assert.deepEqual(
      made.resources.filter(({ type }) => /:(Record|Certificate)$/.test(type)),
      [],
    );
  });

  it("takes a certificate that exists", async () => {
    const certificateArn = "arn:aws:acm:eu-west-1:999988887777:certificate/ID";
    const made = await dev({ "next-on-eks:ingress": { tls: { certificateArn } } });
    assert.equal(annotationsOf(made)[`${NLB}-ssl-cert`], certificateArn);
    assert.equal(made.outputs.url, "https://dev.shop.example.com");
    assert.equal(made.roots.includes("next-on-eks:aws:Certificate site"), false);
  });

  it("takes a certificate from a Secret, and still makes the records of a zone", async () => {
    const made = await dev({
      "next-on-eks:app.host": "www.shop.test",
      "next-on-eks:ingress": { tls: { secretName: "shop-tls" }, zone: "shop.test" },
    });
    assert.deepEqual(spec(made, "Ingress", "site").tls, [
      { hosts: ["www.shop.test"], secretName: "shop-tls" },
    ]);
    assert.equal(`${NLB}-ssl-cert` in annotationsOf(made), false);
    assert.ok(made.roots.includes("next-on-eks:aws:DnsRecords site"));
    assert.equal(made.roots.includes("next-on-eks:aws:Certificate site"), false);
  });

  it("has the names of review sites in records and certificate where they are asked for, and answers no request for them", async () => {
    const made = await dev({
      "next-on-eks:app.host": "www.shop.test",
      "next-on-eks:ingress": { zone: "shop.test", wildcard: true },
    });
    const { subjectAlternativeNames } = made.inputs("Certificate", "site-certificate");
    assert.deepEqual(subjectAlternativeNames, ["*.www.shop.test"]);
    assert.equal(made.inputs("Record", "site-_wildcard.www.shop.test").name, "*.www.shop.test");
    assert.deepEqual(spec(made, "Ingress", "site").tls, [{ hosts: ["www.shop.test"] }]);
  });

  it("leaves the controller out where there is one, and uses its class", async () => {
    const ingress = { install: false, className: "edge" };
    const made = await dev({ "next-on-eks:ingress": ingress });
    assert.equal(made.roots.includes("next-on-eks:kubernetes:IngressController ingress"), false);
    assert.equal(spec(made, "Ingress", "site").ingressClassName, "edge");
  });
});

describe("the program in a VPC that exists", () => {
  const existing = {
    vpcId: "vpc-0a1b2c3d4e5f67890",
    privateSubnetIds: ["subnet-0a1b2c3d4e5f6789a", "subnet-0a1b2c3d4e5f6789b"],
    publicSubnetIds: ["subnet-0a1b2c3d4e5f6789c", "subnet-0a1b2c3d4e5f6789d"],
  };
  const config = wire(
    changed(configOf("dev"), { ...OWN_VALUES, "next-on-eks:network": { existing } }),
  );
  const invoke: Answers["invoke"] = (args) =>
    answers.invoke(args) ?? offlineAnswers("eu-west-1", config).invoke?.(args);

  it("makes no network, and puts everything into the one that it was given", async () => {
    const made = await runStack("dev", {}, { config, answers: { ...answers, invoke } });
    assert.deepEqual(
      made.resources.filter(({ type }) => /^aws:ec2\/(?!securityGroup)|:Network$/.test(type)),
      [],
    );
    const { vpcId, privateSubnetIds } = made.inputs("Cluster", "cluster-eks");
    assert.deepEqual(
      { vpcId, privateSubnetIds },
      {
        vpcId: existing.vpcId,
        privateSubnetIds: existing.privateSubnetIds,
      },
    );
    assert.deepEqual(
      [0, 1].map((zone) => made.inputs("MountTarget", `files-${zone}`).subnetId),
      existing.privateSubnetIds,
    );
    assert.deepEqual(
      made.inputs("SubnetGroup", "pages-subnets").subnetIds,
      existing.privateSubnetIds,
    );
    const { values } = made.inputs("Release", "ingress") as {
      values: { controller: { config: { entries: Record<string, string> } } };
    };
    assert.equal(values.controller.config.entries["set-real-ip-from"], "192.0.2.0/24");
  });

  it("fails where AWS does not answer", async () => {
    const message = await failureOf(runStack("dev", {}, { config }));
    assert.match(message, /no answer is given for the invoke aws:ec2\/getVpc:getVpc/);
  });
});
