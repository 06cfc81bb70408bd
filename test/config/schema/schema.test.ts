import { aws, existing, type Groups } from "../../helpers/configs";
import { refuses, set, told } from "../../helpers/refusals";

/** A value that is refused: its key, the value, the rule, and a value that the remedy offers. */
type ValueCase = [key: string, value: unknown, rule: string, example: string];

const LABEL = "expected a DNS label: a-z, 0-9 and '-', 63 at most";
const HOST = "expected a DNS name in lower case, such as shop.example.com";
const RANGE = "expected an IPv4 range such as 10.20.0.0/16";
const FOLDER = "expected an absolute path without a trailing /";
const SIZE = "expected a Kubernetes quantity such as 5Gi";
const IMAGE = "expected an image reference, best by digest: registry/name@sha256:…";
const VERSIONS =
  "it is out of EKS standard support or not known here; expected 1.35 or 1.36 or 1.37";

const onBoth: ValueCase[] = [
  ["production", "yes", "expected a boolean", "true"],
  ["protect", 1, "expected a boolean", "true"],
  ["app.image", "shop@sha256:abc", IMAGE, "REGISTRY/NAME@sha256:DIGEST"],
  ["app.host", "Shop.example.com", HOST, "shop.example.com"],
  ["app.host", "shop", HOST, "shop.example.com"],
  ["app.host", "https://shop.example.com", HOST, "shop.example.com"],
  ["app.directory", "app", FOLDER, "/app"],
  ["app.port", 80, "expected 1024 or more", "3000"],
  ["app.user", 0, "expected 1 or more", "1000"],
  ["app.replicas.min", 0, "expected 1 or more", "2"],
  ["app.replicas.max", "ten", "expected an integer", "10"],
  ["app.replicas.targetCpuPercent", 100, "expected 95 or less", "70"],
  ["app.resources.cpu", "half", "expected a CPU quantity such as 500m", "500m"],
  ["app.resources.memory", "1GB", "expected a Kubernetes quantity such as 768Mi", "768Mi"],
  ["app.resources.memory", "16Mi", "expected 64Mi or more", "768Mi"],
  ["app.resources.memory", "0.01Gi", "expected 64Mi or more", "768Mi"],
  ["app.resources.memory", "1000Gi", "expected 512Gi or less", "768Mi"],
  ["app.resources.cpu", "65000m", "expected 64 cores or less", "500m"],
  ["app.health.path", "health", "expected a path that starts with /", "/api/health"],
  ["app.health.path", "/a,/b", "expected a path without a comma", "/api/health"],
  ["app.health.startupSeconds", 4, "expected 5 or more", "60"],
  ["app.rollout.strategy", "blue", "expected 'rolling' or 'blueGreen'", "blueGreen"],
  ["app.rollout.maxSurge", "200%", "expected a percentage from 0% to 100%", "25%"],
  ["app.rollout.maxUnavailable", -1, "expected 0 or more", "0"],
  [
    "app.rollout.maxSurge",
    true,
    "expected a number of pods (1) or a percentage of them (25%)",
    "25%",
  ],
  ["app.rollout.minReadySeconds", 601, "expected 600 or less", "5"],
  ["app.shutdown.preStopSeconds", 301, "expected 300 or less", "15"],
  ["app.shutdown.longestRequestSeconds", 0, "expected 1 or more", "60"],
  ["app.nodeSelector.type", ["worker"], "expected a string", "VALUE"],
  ["app.hostAntiAffinity", "yes", "expected a boolean", "true"],
  [
    "app.service.type",
    "External",
    "expected 'ClusterIP' or 'NodePort' or 'LoadBalancer'",
    "ClusterIP",
  ],
  ["app.service.port", 65536, "expected 65535 or less", "80"],
  ["app.service.nodePort", 80, "expected 30000 or more", "31000"],
  ["cluster.namespace", "A_b", LABEL, "shop"],
  ["files.cacheSize", "5 GB", SIZE, "5Gi"],
  ["files.uploadsSize", "-1Gi", SIZE, "20Gi"],
  ["ingress.install", "no", "expected a boolean", "false"],
  ["ingress.className", "Nginx", LABEL, "nginx"],
  ["ingress.namespace", "", LABEL, "nginx-ingress"],
  ["ingress.chart", "", "expected some text", "oci://ghcr.io/nginx/charts/nginx-ingress"],
  ["ingress.chartVersion", "2", "expected MAJOR.MINOR.PATCH", "2.7.1"],
  [
    "ingress.image",
    "nginx",
    "expected repository:tag",
    "registry.example.com/nginx/nginx-ingress:5.6.1",
  ],
  ["ingress.replicas", 0, "expected 1 or more", "2"],
  ["ingress.tls.secretName", "shop_tls", LABEL, "shop-tls"],
  ["ingress.maxRequestHead", "16KB", "expected 8k to 128k", "32k"],
  ["ingress.maxRequestHead", "129k", "expected 8k to 128k", "32k"],
  ["app.basePath", "/shop/", "expected a path without a trailing /, such as /shop", "/shop"],
  [
    "app.assetPrefix",
    "https://cdn.test",
    "expected a path without a trailing /, such as /shop",
    "/assets",
  ],
  ["ingress.maxBodySize", "20MB", "expected a size of nginx such as 20m", "20m"],
  ["ingress.readTimeoutSeconds", 0, "expected 1 or more", "300"],
  ["ingress.rateLimit.requestsPerSecond", 0, "expected 1 or more", "50"],
  ["ingress.proxyProtocol", "on", "expected a boolean", "true"],
  ["ingress.serviceAnnotations.a", [1], "expected a string", "VALUE"],
  [
    "cluster.addonVersions.efsDriver",
    "3.4.2",
    "expected a version such as v3.4.2-eksbuild.1",
    "v3.4.2-eksbuild.1",
  ],
  [
    "cluster.addonVersions.metricsServer",
    "latest",
    "expected a version such as v0.9.0-eksbuild.5",
    "v0.9.0-eksbuild.5",
  ],
  ["timeouts.app", 9, "expected 10 or more", "180"],
  ["timeouts.claims", 4, "expected 5 or more", "60"],
  ["timeouts.redis", 3601, "expected 3600 or less", "120"],
  ["timeouts.controller", "1m", "expected an integer", "900"],
  ["timeouts.ingress", 1.5, "expected an integer", "180"],
];

const onAws: ValueCase[] = [
  ["network.cidr", "10.0.0.1/16", RANGE, "10.20.0.0/16"],
  ["network.availabilityZones", 4, "expected 3 or less", "3"],
  ["network.natGateways", "two", "expected 'one' or 'perZone'", "perZone"],
  ["cluster.version", "1.30", VERSIONS, "1.35"],
  ["cluster.version", true, "expected a version such as 1.35", "1.35"],
  ["cluster.serviceCidr", "172.20.0.0", RANGE, "172.20.0.0/16"],
  ["redis.engine", "memcached", "expected 'redis' or 'valkey'", "valkey"],
  ["redis.engineVersion", "7", "expected MAJOR.MINOR", "7.1"],
  ["redis.nodeType", "t4g.small", "expected a type such as cache.t4g.small", "cache.t4g.small"],
  ["redis.nodes", 7, "expected 6 or less", "2"],
  ["redis.automaticFailover", 1, "expected a boolean", "true"],
  ["redis.sessions", "both", "expected 'own' or 'shared'", "own"],
  ["redis.sessionsNodeType", "micro", "expected a type such as cache.t4g.micro", "cache.t4g.micro"],
  ["redis.snapshotRetentionDays", 36, "expected 35 or less", "7"],
  ["redis.snapshotWindow", "3-4", "expected hh:mm-hh:mm", "03:00-04:00"],
  ["redis.maintenanceWindow", "sun", "expected ddd:hh:mm-ddd:hh:mm", "sun:04:30-sun:05:30"],
  [
    "ingress.tls.certificateArn",
    "arn:aws:iam::111122223333:role/a",
    "expected an ARN of acm",
    "arn:aws:acm:eu-west-1:111122223333:certificate/ID",
  ],
  ["ingress.zone", "zone", HOST, "example.com"],
];

const onExisting: ValueCase[] = [
  ["cluster.context", "", "expected some text", "kind-kind"],
  ["cluster.nodes", 0, "expected 1 or more", "3"],
  [
    "app.distDir",
    "../build",
    "expected a path below the folder of server.js, without . or ..",
    "build",
  ],
  ["files.hostPath", "data", FOLDER, "/var/lib/next-on-eks"],
  ["redis.image", "", "expected some text", "valkey/valkey:8.1"],
];

function refusesValues(base: Groups, cases: ValueCase[]): void {
  refuses(
    base,
    cases.map(([key, value, rule, example]) => {
      const shown = typeof value === "string" ? `'${value}'` : JSON.stringify(value);
      const message = told(key, `${shown} is refused: ${rule}.`, set(key, example));
      return [`${key}: ${shown}`, { [key]: value }, message];
    }),
  );
}

describe("values of the config", () => {
  describe("on platform aws", () => refusesValues(aws, onAws));
  describe("on platform existing", () => refusesValues(existing, onExisting));
  describe("on every platform", () => refusesValues(aws, onBoth));
});
