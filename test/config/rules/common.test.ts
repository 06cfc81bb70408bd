import {
  DIGEST_REMEDY,
  prod,
  refuses,
  rm,
  set,
  told,
  withTls,
  type RuleCase,
  either,
} from "../../helpers/refusals";
import { aws, existing } from "../../helpers/configs";

const cases: RuleCase[] = [
  ...["kube-system", "default"].map((namespace): RuleCase => [
    `Kubernetes' own namespace for the application: ${namespace}`,
    { "cluster.namespace": namespace },
    told(
      "cluster.namespace",
      `'${namespace}' belongs to Kubernetes: the stack labels its namespace, and deletes it with everything in it.`,
      set("cluster.namespace", "next-on-eks"),
    ),
  ]),
  [
    "Kubernetes' own namespace for the controller",
    { "ingress.namespace": "kube-system" },
    told(
      "ingress.namespace",
      "'kube-system' belongs to Kubernetes: the stack creates the controller's namespace, and deletes it with everything in it.",
      set("ingress.namespace", "nginx-ingress"),
    ),
  ],
  [
    "one namespace for the application and the controller",
    { "ingress.namespace": "next-on-eks" },
    told(
      "ingress.namespace",
      "'next-on-eks' is the application's namespace: the controller needs more rights and must have its own.",
      set("ingress.namespace", "nginx-ingress"),
    ),
  ],
  [
    "a secret variable that is empty",
    { "app.secretEnv": { TOKEN: "" } },
    told(
      "app.secretEnv.TOKEN",
      "the value is refused: expected some text.",
      "pulumi config set --stack test --path 'next-on-eks:app.secretEnv.TOKEN' --secret VALUE",
    ),
  ],
  [
    "a host that is named twice",
    { "ingress.extraHosts": ["www.example.com", "shop.example.com"] },
    told(
      "ingress.extraHosts",
      "'shop.example.com' is already a host of the site.",
      rm("ingress.extraHosts[1]"),
    ),
  ],
  [
    "a path that the application serves",
    { "ingress.paths": [{ path: "/", service: "other", port: 80 }] },
    told("ingress.paths", "'/' is already served by the application.", rm("ingress.paths[0]")),
  ],
  [
    "a path that is named twice",
    {
      "ingress.paths": [
        { path: "/api", service: "one", port: 80 },
        { path: "/api", service: "two", port: 80 },
      ],
    },
    told("ingress.paths", "'/api' is already served.", rm("ingress.paths[1]")),
  ],
  [
    "more pods at rest than under load",
    { "app.replicas": { min: 5, max: 4 } },
    told("app.replicas", "min 5 is greater than max 4.", set("app.replicas.max", "5")),
  ],
  [
    "a rollout that can neither add nor remove a pod",
    { "app.rollout": { maxSurge: "0%", maxUnavailable: "10%" } },
    told(
      "app.rollout",
      "maxSurge 0% and maxUnavailable 10% leave no pod that a rollout could replace.",
      set("app.rollout.maxSurge", "1"),
    ),
  ],
  [
    "no time for load balancers in production",
    { ...withTls, "app.shutdown.preStopSeconds": 0 },
    told(
      "app.shutdown.preStopSeconds",
      "0 is refused in production: load balancers notice a leaving pod only seconds later, and requests are lost until then.",
      set("app.shutdown.preStopSeconds", "15"),
    ),
    prod,
  ],
  [
    "a node's port without a Service that has one",
    { "app.service": { nodePort: 31000 } },
    told(
      "app.service.nodePort",
      "31000 has no effect: the Service is of type ClusterIP.",
      set("app.service.type", "NodePort"),
    ),
  ],
  [
    "a variable that is both plain and secret",
    { "app.env": { KEY: "1" }, "app.secretEnv": { KEY: "2" } },
    told("app.env.KEY", "is set in app.env and in app.secretEnv.", rm("app.env.KEY")),
  ],
  [
    "a variable that the stack sets",
    { "app.env": { REDIS_URL: "redis://mine" } },
    told("app.env.REDIS_URL", "is reserved: the stack sets it itself.", rm("app.env.REDIS_URL")),
  ],
  [
    "preloads that would replace the stack's",
    { "app.secretEnv": { NODE_OPTIONS: "--require ./apm.js" } },
    told(
      "app.secretEnv.NODE_OPTIONS",
      "is reserved: it would replace the preloads of the stack; in app.env it is put before them, and replaces the image's own.",
      rm("app.secretEnv.NODE_OPTIONS"),
    ),
  ],
  ...(["NODE_ENV", "REDIS_URL", "NEXT_DEPLOYMENT_ID"] as const).map((name): RuleCase => {
    const reasons = {
      NODE_ENV: "it would be set twice; the stack takes it from app.env",
      REDIS_URL: "the stack sets it itself",
      NEXT_DEPLOYMENT_ID:
        "it would reach the server, and not the publisher that copies the release's static files",
    };
    const key = `app.secretEnv.${name}`;
    return [
      `a secret variable that is the stack's: ${name}`,
      { "app.secretEnv": { [name]: "x" } },
      told(key, `is reserved: ${reasons[name]}.`, rm(key)),
    ];
  }),
  [
    "a release's id that only the server would have",
    { "app.env": { NEXT_DEPLOYMENT_ID: "v1", NODE_ENV: "production" } },
    told(
      "app.env.NEXT_DEPLOYMENT_ID",
      "is reserved: it would reach the server, and not the publisher that copies the release's static files.",
      rm("app.env.NEXT_DEPLOYMENT_ID"),
    ),
  ],
  [
    "the port of the agent",
    { "app.port": 9797 },
    told(
      "app.agentPort",
      "9797 is app.port, where Next.js listens; the pod's agent needs its own port.",
      set("app.agentPort", "9798"),
    ),
  ],
  [
    "static assets without the files that they serve",
    { "files.required": false, "assets.enabled": true },
    told(
      "assets.enabled",
      "true needs the shared files, but files.required is false.",
      rm("assets.enabled"),
    ),
  ],
  [
    "the files store without files",
    { "files.required": false, cache: { store: "files" }, redis: undefined },
    told(
      "cache.store",
      "'files' needs the shared files, but files.required is false.",
      set("cache.store", "redis"),
    ),
  ],
  [
    "another Service for the path of the static assets",
    { "ingress.paths": [{ path: "/_next/static/", service: "cdn", port: 80 }] },
    told(
      "ingress.paths",
      "'/_next/static/' is the path of the static assets, but names service 'cdn'.",
      either("remove it from ingress.paths", set("assets.enabled", "false")),
    ),
  ],
  [
    "another Service for the path of the static assets below the app's prefix",
    {
      "app.basePath": "/shop",
      "ingress.paths": [{ path: "/shop/_next/static", service: "cdn", port: 80 }],
    },
    told(
      "ingress.paths",
      "'/shop/_next/static' is the path of the static assets, but names service 'cdn'.",
      either("remove it from ingress.paths", set("assets.enabled", "false")),
    ),
  ],
  [
    "an image beside those of the colours",
    { "app.rollout": { strategy: "blueGreen", live: "blue", images: { blue: "shop:v1" } } },
    told(
      "app.image",
      `'registry.test/shop@sha256:${"0".repeat(64)}' has no effect: with blueGreen each colour has its image in app.rollout.images.`,
      rm("app.image"),
    ),
  ],
  [
    "colours of which none is live",
    { "app.image": undefined, "app.rollout": { strategy: "blueGreen" } },
    told(
      "app.rollout.live",
      "is missing: with blueGreen it says which colour serves visitors.",
      set("app.rollout.live", "blue"),
    ),
  ],
  [
    "a live colour without an image",
    {
      "app.image": undefined,
      "app.rollout": { strategy: "blueGreen", live: "green", images: { blue: "shop:v1" } },
    },
    told(
      "app.rollout.images.green",
      "is missing, and app.rollout.live is green: no pods would serve visitors.",
      set("app.rollout.images.green", "REGISTRY/NAME@sha256:DIGEST"),
    ),
  ],
  [
    "an old colour to keep where there are none",
    { "app.rollout": { keepOld: true } },
    told(
      "app.rollout.keepOld",
      "true has no effect with rolling, which has no second colour to keep.",
      rm("app.rollout.keepOld"),
    ),
  ],
  [
    "a colour's tag in production",
    {
      "app.image": undefined,
      "app.rollout": { strategy: "blueGreen", live: "blue", images: { blue: "shop:v1" } },
      ...withTls,
    },
    told(
      "app.rollout.images.blue",
      "'shop:v1' is a tag, which may point to another image later; production requires a digest.",
      set("app.rollout.images.blue", "shop@sha256:DIGEST"),
    ),
    prod,
  ],
  [
    "no image",
    { "app.image": undefined },
    told("app", "neither image nor build is set; set one of them.", DIGEST_REMEDY),
  ],
  [
    "a tag in production",
    { "app.image": "registry.test:5000/shop:v1", ...withTls },
    told(
      "app.image",
      "'registry.test:5000/shop:v1' is a tag, which may point to another image later; production requires a digest.",
      set("app.image", "registry.test:5000/shop@sha256:DIGEST"),
    ),
    prod,
  ],
  [
    "TLS without a certificate",
    { "ingress.tls": {} },
    told(
      "ingress.tls",
      "neither certificateArn nor secretName is set.",
      set("ingress.tls.secretName", "SECRET"),
    ),
  ],
  [
    "a load balancer of the application's own in production",
    { "app.service": { type: "LoadBalancer" }, "ingress.tls": { secretName: "shop-tls" } },
    told(
      "app.service.type",
      "LoadBalancer: the application answers at a load balancer of its own, by plain HTTP and past the ingress controller.",
      set("app.service.type", "ClusterIP"),
    ),
    prod,
  ],
];

/** @param more ways to get HTTPS beside a Secret */
const withoutTls = (...more: string[]): RuleCase => [
  "a host without TLS in production",
  {},
  told(
    "ingress.tls",
    "is missing: in production shop.example.com must be served by HTTPS.",
    either(set("ingress.tls.secretName", "SECRET"), ...more),
  ),
  prod,
];

describe("rules of every config", () => {
  describe("on platform aws", () => {
    const more = [set("ingress.tls.certificateArn", "ARN"), set("ingress.zone", "YOUR.ZONE")];
    refuses(aws, [...cases, withoutTls(...more)]);
  });
  describe("on platform existing", () => refuses(existing, [...cases, withoutTls()]));
});
