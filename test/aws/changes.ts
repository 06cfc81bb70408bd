import { settings } from "./settings";

type Values = Readonly<Record<string, unknown>>;

/** A change of a running stack and what it may do. */
export interface Change {
  readonly name: string;
  readonly to: Values;
  /** More of the command, with the state's urns at hand. */
  readonly args?: (urns: readonly string[]) => string[];
  /** `refused` in the preview, before anything is touched; `asked` too, unless the config confirms it. */
  readonly kind?: "refused" | "asked";
  /** The key that a refusal names, and that a confirmation takes. */
  readonly key?: string;
  /** What may be replaced or deleted, by type and name, beside pods; the rest must stay. */
  readonly replaces?: RegExp;
  /** What must be among that which is made, updated, replaced or deleted. */
  readonly touches?: RegExp;
  /** CI makes it too: one of each kind. `npm run test:aws -- --full` makes all. */
  readonly slice?: true;
}

const refused = (name: string, key: string, value: unknown, slice?: true): Change => ({
  name,
  to: { [key]: value },
  kind: "refused",
  key,
  slice,
});

/** Route tables and what hangs on them: other rows, and no address of a node changes. */
const ROUTES = /^(RouteTableAssociation|Route) network-private/;

/** A certificate names its hosts, and a record proves each of them. */
const HOSTS = /^(Certificate|CertificateValidation|Record) site/;

/**
 * In this order, on one stack that starts as dev is committed: each stands on those before it, a refused one is taken back.
 */
export const changes: readonly Change[] = [
  {
    name: "more pods: `app.replicas.min` 2 to 3",
    to: { "app.replicas.min": 3 },
    touches: /Deployment|HorizontalPodAutoscaler/,
  },
  { name: "a variable: `app.env`", to: { "app.env": { FEATURE: "on" } }, touches: /Deployment/ },
  {
    name: "a host added: `ingress.extraHosts`",
    to: { "ingress.extraHosts": [`www.dev.shop.${settings.zone}`] },
    touches: /Ingress/,
  },
  {
    name: "`ingress.zone` set: HTTPS",
    to: { "ingress.zone": settings.zone },
    touches: /^CertificateValidation/,
    slice: true,
  },
  {
    name: "another host added, with HTTPS",
    to: { "ingress.extraHosts": [`www.dev.shop.${settings.zone}`, `m.dev.shop.${settings.zone}`] },
    touches: /^Certificate /,
    replaces: HOSTS,
  },
  {
    name: "hosts removed, with HTTPS",
    to: { "ingress.extraHosts": undefined },
    touches: /^Certificate /,
    replaces: HOSTS,
  },
  {
    name: "Redis: `redis.nodeType` small to medium",
    to: { "redis.nodeType": "cache.t4g.medium" },
    touches: /^ReplicationGroup/,
  },
  {
    name: "Redis: `redis.nodes` 1 to 2",
    to: { "redis.nodes": 2 },
    touches: /^ReplicationGroup/,
  },
  { name: "Redis: `redis.nodes` 2 to 1", to: { "redis.nodes": 1 }, touches: /^ReplicationGroup/ },
  {
    name: "Redis: another token, `pulumi up --replace`",
    to: {},
    args: (urns) =>
      urns.filter((urn) => urn.endsWith("::pages-token")).flatMap((urn) => ["--replace", urn]),
    touches: /^RandomPassword/,
    replaces: /^(RandomPassword|Secret) /,
  },
  refused(
    "Redis: a lower version of the engine, `redis.engineVersion` 7.1 to 7.0",
    "redis.engineVersion",
    "7.0",
    true,
  ),
  {
    name: "Redis to Valkey: `redis.engine`",
    to: { "redis.engine": "valkey" },
    touches: /^ReplicationGroup/,
    replaces: /^ParameterGroup /,
    slice: true,
  },
  refused("Valkey to Redis: `redis.engine`", "redis.engine", "redis"),
  {
    name: "`redis.sessions` shared to own",
    to: { "redis.sessions": "own" },
    kind: "asked",
    key: "redis.sessions",
    touches: /^ReplicationGroup sessions/,
    slice: true,
  },
  {
    name: "`redis.sessions` own to shared",
    to: { "redis.sessions": "shared" },
    kind: "asked",
    key: "redis.sessions",
    touches: /^ReplicationGroup sessions/,
    replaces: / sessions-/,
  },
  {
    name: "Kubernetes: `cluster.version` 1.35 to 1.36",
    to: { "cluster.version": "1.36" },
    touches: /^Cluster/,
  },
  refused("Kubernetes: `cluster.version` 1.36 to 1.35", "cluster.version", "1.35"),
  {
    name: "`network.natGateways` one to perZone",
    to: { "network.natGateways": "perZone" },
    touches: /^NatGateway/,
    replaces: ROUTES,
  },
  {
    name: "`network.natGateways` perZone to one",
    to: { "network.natGateways": "one" },
    touches: /^NatGateway/,
    replaces: /^(NatGateway|Eip|RouteTable|Route|RouteTableAssociation) network-/,
  },
  refused("`network.availabilityZones` 3 to 2", "network.availabilityZones", 2),
  refused("`network.cidr`", "network.cidr", "10.21.0.0/16"),
  refused("`cluster.namespace`", "cluster.namespace", "shop"),
  refused("`app.user`", "app.user", 1001),
  {
    name: "`app.build` to `app.image`",
    to: { "app.build": undefined, "app.image": settings.image },
    touches: /^Deployment/,
    replaces: /^Image /,
    slice: true,
  },
  {
    name: "another image: `app.image`",
    to: { "app.image": settings.nextImage },
    touches: /^Deployment web/,
  },
  {
    name: "`app.rollout` to blueGreen, blue live",
    to: {
      "app.image": undefined,
      "app.rollout": { strategy: "blueGreen", live: "blue", images: { blue: settings.nextImage } },
    },
    touches: /^Deployment web-blue/,
    replaces: /^(Deployment|HorizontalPodAutoscaler|PodDisruptionBudget) web/,
    slice: true,
  },
  {
    name: "blue to green, with another image",
    to: {
      "app.rollout": {
        strategy: "blueGreen",
        live: "green",
        images: { blue: settings.nextImage, green: settings.image },
      },
    },
    touches: /^Deployment web-green/,
    replaces: /^(Deployment|HorizontalPodAutoscaler|PodDisruptionBudget) web/,
  },
  {
    name: "green back to blue",
    to: {
      "app.rollout": {
        strategy: "blueGreen",
        live: "blue",
        images: { blue: settings.nextImage, green: settings.image },
      },
    },
    touches: /^Deployment web-blue/,
    replaces: /^(Deployment|HorizontalPodAutoscaler|PodDisruptionBudget) web/,
  },
  {
    name: "blueGreen back to rolling",
    to: { "app.rollout": undefined, "app.image": settings.image },
    touches: /^Deployment web/,
    replaces: /^(Deployment|HorizontalPodAutoscaler|PodDisruptionBudget) web/,
  },
];
