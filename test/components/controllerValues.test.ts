import * as assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { controllerValues, type ControllerValuesArgs } from "../../components/controllerValues";

const nlb: ControllerValuesArgs["loadBalancer"] = {
  kind: "nlb",
  vpcCidr: "10.20.0.0/16",
  annotations: {},
};
const service: ControllerValuesArgs["loadBalancer"] = {
  kind: "service",
  proxyProtocol: false,
  annotations: {},
};

const nodePorts = { http: 30080, https: 30443 };

const values = (more: Partial<ControllerValuesArgs> = {}) =>
  controllerValues({
    name: "ingress",
    namespace: "nginx-ingress",
    className: "nginx",
    replicas: 3,
    maxRequestHead: "32k",
    loadBalancer: nlb,
    ...more,
  }).controller as Record<string, unknown>;

const NLB = "service.beta.kubernetes.io/aws-load-balancer";
const ON_NLB = {
  [`${NLB}-scheme`]: "internet-facing",
  [`${NLB}-nlb-target-type`]: "ip",
  [`${NLB}-attributes`]: "load_balancing.cross_zone.enabled=true",
  [`${NLB}-target-group-attributes`]:
    "proxy_protocol_v2.enabled=true,deregistration_delay.timeout_seconds=300",
};
const HTTP = "large_client_header_buffers 2 32k;";
const CONFIG = {
  http2: "true",
  "server-tokens": "false",
  "keepalive-timeout": "340s",
  "worker-shutdown-timeout": "1h",
  "http-snippets": `${HTTP}\nkeepalive_min_timeout 10s;`,
};

// None of these prove that the chart or nginx understands the values.
describe("controllerValues", () => {
  it("is exactly this behind an NLB", () => {
    const podLabels = { "next-on-eks/controller": "ingress" };
    const spread = (topologyKey: string) => ({
      maxSkew: 1,
      topologyKey,
      whenUnsatisfiable: "ScheduleAnyway",
      labelSelector: { matchLabels: podLabels },
    });
    assert.deepEqual(values(), {
      replicaCount: 3,
      ingressClass: { name: "nginx", create: true, setAsDefaultIngress: false },
      enableCustomResources: false,
      enableSnippets: false,
      enableConfigSafety: true,
      readOnlyRootFilesystem: true,
      telemetryReporting: { enable: false },
      config: {
        entries: {
          ...CONFIG,
          "proxy-protocol": "true",
          "real-ip-header": "proxy_protocol",
          "set-real-ip-from": "10.20.0.0/16",
        },
      },
      service: {
        type: "LoadBalancer",
        externalTrafficPolicy: "Local",
        loadBalancerClass: "eks.amazonaws.com/nlb",
        allocateLoadBalancerNodePorts: false,
        annotations: ON_NLB,
      },
      pod: { extraLabels: podLabels },
      topologySpreadConstraints: [
        spread("topology.kubernetes.io/zone"),
        spread("kubernetes.io/hostname"),
      ],
      podDisruptionBudget: { enabled: true, maxUnavailable: 1 },
      // Old pods answer until the NLB has learnt of the new ones: it takes up to 300 s to add a target, and to leave one.
      strategy: { rollingUpdate: { maxSurge: "100%", maxUnavailable: 0 } },
      minReadySeconds: 300,
      lifecycle: { preStop: { sleep: { seconds: 310 } } },
      terminationGracePeriodSeconds: 370,
      resources: {
        requests: { cpu: "100m", memory: "256Mi" },
        limits: { memory: "512Mi" },
      },
    });
  });

  it("ends TLS at the NLB and speaks TLS to nginx too, where there is a certificate", () => {
    const loadBalancer = { ...nlb, certificateArn: "arn:certificate" };
    assert.deepEqual((values({ loadBalancer }).service as Record<string, unknown>).annotations, {
      ...ON_NLB,
      [`${NLB}-ssl-cert`]: "arn:certificate",
      [`${NLB}-ssl-ports`]: "443",
      [`${NLB}-ssl-negotiation-policy`]: "ELBSecurityPolicy-TLS13-1-2-2021-06",
      [`${NLB}-backend-protocol`]: "ssl",
    });
  });

  it("answers with the certificate for hosts, and where a handshake names none, as an NLB's does", async () => {
    const { defaultTLS, wildcardTLS } = values({
      certificateSecret: pulumi.output("backend-tls"),
    });
    for (const tls of [defaultTLS, wildcardTLS]) {
      const { secret } = tls as { secret: pulumi.Output<string> };
      const name = await new Promise((resolve) => secret.apply(resolve));
      assert.equal(name, "nginx-ingress/backend-tls");
    }
    assert.equal("defaultTLS" in values(), false);
  });

  it("takes another cluster's load balancer as it is, and drains for less long", () => {
    const annotations = { "example.com/pool": "edge" };
    const other = values({ loadBalancer: { ...service, annotations } });
    assert.deepEqual(other.service, {
      type: "LoadBalancer",
      externalTrafficPolicy: "Local",
      annotations,
    });
    assert.deepEqual(other.config, { entries: CONFIG });
    assert.deepEqual(other.lifecycle, { preStop: { sleep: { seconds: 15 } } });
    assert.equal(other.terminationGracePeriodSeconds, 75);
    assert.equal(other.minReadySeconds, 5);
    assert.deepEqual(other.strategy, { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } });
  });

  it("speaks proxy protocol with another load balancer where asked to", () => {
    assert.deepEqual(values({ loadBalancer: { ...service, proxyProtocol: true } }).config, {
      entries: {
        ...CONFIG,
        "proxy-protocol": "true",
        "real-ip-header": "proxy_protocol",
        "set-real-ip-from": "0.0.0.0/0",
      },
    });
  });

  it("asks an image that is not the chart's own for nothing that an older nginx refuses", () => {
    const { entries } = values({ image: "nginx:1" }).config as { entries: typeof CONFIG };
    assert.equal(entries["http-snippets"], HTTP);
  });

  it("takes an image of a registry with a port", () => {
    assert.deepEqual(values({ image: "registry.test:5000/nginx:5.6.1" }).image, {
      repository: "registry.test:5000/nginx",
      tag: "5.6.1",
    });
  });

  it("takes the name of the class", () => {
    assert.deepEqual(values({ className: "edge" }).ingressClass, {
      name: "edge",
      create: true,
      setAsDefaultIngress: false,
    });
  });

  it("answers on ports of every node where there are no load balancers", () => {
    assert.deepEqual(values({ loadBalancer: { ...service, nodePorts } }).service, {
      type: "NodePort",
      externalTrafficPolicy: "Cluster",
      httpPort: { nodePort: 30080 },
      httpsPort: { nodePort: 30443 },
      annotations: {},
    });
  });

  it("passes the port of a site on node ports, in place of F5's own headers, which it switches off with snippets alone", () => {
    const { config, enableSnippets } = values({ loadBalancer: { ...service, nodePorts } });
    assert.deepEqual((config as { entries: unknown }).entries, {
      ...CONFIG,
      "http-snippets": `${HTTP}
map $http_host $port_of_host { default ""; "~(:[0-9]{1,5})$" $1; }
keepalive_min_timeout 10s;`,
      "disable-forwarded-headers": "true",
      "location-snippets": `proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
proxy_set_header X-Forwarded-Host $host$port_of_host;
proxy_set_header X-Forwarded-Port $server_port;
proxy_set_header X-Forwarded-Proto $scheme;`,
    });
    assert.equal(enableSnippets, true);
  });

  it("sets no header that F5 sets too where snippets are off: both would be sent", () => {
    for (const loadBalancer of [nlb, service]) {
      const { config, enableSnippets } = values({ loadBalancer });
      assert.equal(enableSnippets, false);
      assert.doesNotMatch(JSON.stringify(config), /X-Forwarded|disable-forwarded-headers/);
    }
  });
});
