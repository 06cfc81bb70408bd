import * as assert from "node:assert/strict";
import { AppIngress, noAddress, type AppIngressArgs } from "../../components/appIngress";
import { setCommand } from "../../config/messages/commands";
import { answers } from "../helpers/answers";
import { record, type Recording, type Settings } from "../helpers/recording";

const site = (more: Partial<AppIngressArgs> = {}, settings?: Settings) =>
  record(() => {
    const { address, answersAt, url } = new AppIngress("site", {
      namespace: "shop",
      className: "nginx",
      hosts: ["shop.example.com", "www.example.com"],
      service: "web",
      servicePort: 80,
      paths: [{ path: "/api", service: "api-svc", port: 8080 }],
      tls: "none",
      maxBodySize: "20m",
      readTimeoutSeconds: 300,
      annotations: {},
      awaitAddress: true,
      timeoutSeconds: 180,
      ...more,
    });
    return { address, answersAt, url };
  }, settings);

const metadata = (recording: Recording) =>
  recording.inputs("Ingress", "site").metadata as { annotations: Record<string, string> };
const spec = (recording: Recording) =>
  recording.inputs("Ingress", "site").spec as Record<string, unknown>;
const answeringWith = (status: unknown): Settings => ({
  answers: { ...answers, resource: () => ({ id: "id", state: { status } }) },
});

const backend = (path: string, name: string, number: number) => ({
  path,
  pathType: "Prefix",
  backend: { service: { name, port: { number } } },
});

describe("AppIngress", () => {
  let made: Recording;
  before(async () => {
    made = await site();
  });

  it("makes an Ingress and nothing else", () => {
    assert.deepEqual(made.roots, ["next-on-eks:kubernetes:AppIngress site"]);
    assert.deepEqual(made.childrenOf("AppIngress", "site"), [
      "kubernetes:networking.k8s.io/v1:Ingress site",
    ]);
  });

  it("sends each host's paths to their Services and the rest to the application", () => {
    const paths = [backend("/api", "api-svc", 8080), backend("/", "web", 80)];
    assert.deepEqual(spec(made), {
      ingressClassName: "nginx",
      rules: [
        { host: "shop.example.com", http: { paths } },
        { host: "www.example.com", http: { paths } },
      ],
    });
  });

  it("sends static files to those who have them of all releases, before the application", async () => {
    const { rules } = spec(
      await site({
        assets: {
          service: "static-assets",
          port: 80,
          paths: ["/shop/_next/static", "/cdn/_next/static"],
        },
      }),
    );
    const [first] = rules as { http: { paths: unknown[] } }[];
    assert.deepEqual(first?.http.paths, [
      backend("/api", "api-svc", 8080),
      backend("/shop/_next/static", "static-assets", 80),
      backend("/cdn/_next/static", "static-assets", 80),
      backend("/", "web", 80),
    ]);
  });

  it("streams, lets uploads through and connections live (mocks do not prove that nginx accepts it)", () => {
    assert.deepEqual(metadata(made), {
      namespace: "shop",
      labels: { "app.kubernetes.io/name": "site", "app.kubernetes.io/part-of": "next-on-eks" },
      annotations: {
        "next-on-eks/stack": "organization/test",
        "nginx.org/proxy-buffering": "false",
        "nginx.org/client-max-body-size": "20m",
        // Heads of answers up to 32 KB. The three go together: nginx refuses the first without the others.
        "nginx.org/proxy-buffer-size": "32k",
        "nginx.org/proxy-buffers": "4 32k",
        "nginx.org/proxy-busy-buffers-size": "64k",
        "nginx.org/proxy-connect-timeout": "2s",
        "nginx.org/proxy-read-timeout": "300s",
        "nginx.org/proxy-send-timeout": "60s",
        "nginx.org/proxy-next-upstream": "error timeout",
        "nginx.org/proxy-next-upstream-tries": "3",
        "nginx.org/max-fails": "0",
        "nginx.org/keepalive": "64",
        "nginx.org/websocket-services": "web",
      },
    });
  });

  it("limits the rate where asked to", async () => {
    const limited = await site({ rateLimit: { requestsPerSecond: 50, burst: 100 } });
    const { annotations } = metadata(limited);
    assert.deepEqual(
      Object.fromEntries(Object.entries(annotations).filter(([key]) => key.includes("limit-req"))),
      {
        "nginx.org/limit-req-rate": "50r/s",
        "nginx.org/limit-req-burst": "100",
        "nginx.org/limit-req-no-delay": "true",
        "nginx.org/limit-req-reject-code": "429",
      },
    );
  });

  it("takes annotations of others, and none of them in place of its own", async () => {
    const more = { "cert-manager.io/cluster-issuer": "letsencrypt", "nginx.org/keepalive": "1" };
    const { annotations } = metadata(await site({ annotations: more }));
    assert.equal(annotations["cert-manager.io/cluster-issuer"], "letsencrypt");
    assert.equal(annotations["nginx.org/keepalive"], "64");
  });

  it("waits for no address where there will be none (mocks do not prove that Pulumi skips it)", async () => {
    const skips = (it: Recording) => metadata(it).annotations["pulumi.com/skipAwait"];
    assert.equal(skips(made), undefined);
    assert.equal(skips(await site({ awaitAddress: false })), "true");
    assert.equal(skips(await site({ nodePorts: { http: 30080, https: 30443 } })), "true");
  });

  it("has what to do about a missing address told (only the cluster shows that Pulumi calls it)", () => {
    assert.deepEqual(made.optionsOf("Ingress", "site").onError, ["site-no-address"]);
    assert.equal(
      noAddress("nginx", 180),
      "next-on-eks:ingress.awaitAddress: the Ingress got no address within 180 s. " +
        "Make sure that a controller serves the class 'nginx'; if the site answers nevertheless, its controller publishes no address:\n" +
        `    ${setCommand("ingress.awaitAddress", "false")}`,
    );
  });

  it("leaves the certificate to the controller", async () => {
    const hosts = ["shop.example.com", "www.example.com"];
    const secured = await site({ tls: "controller" });
    assert.deepEqual(spec(secured).tls, [{ hosts }]);
    assert.equal(secured.outputs.url, "https://shop.example.com");
  });

  it("takes the certificate from a Secret", async () => {
    const hosts = ["shop.example.com", "www.example.com"];
    const secured = await site({ tls: { secretName: "shop-tls" } });
    assert.deepEqual(spec(secured).tls, [{ hosts, secretName: "shop-tls" }]);
    assert.equal(secured.outputs.url, "https://shop.example.com");
  });

  it("hands out where the load balancer answers and what visitors type", () => {
    assert.deepEqual(made.outputs, {
      address: "balancer.test",
      answersAt: "balancer.test",
      url: "http://shop.example.com",
    });
    assert.deepEqual(made.registeredOutputs("AppIngress", "site"), ["address", "answersAt", "url"]);
  });

  it("hands out the port that visitors type, where the controller answers on ports of the nodes", async () => {
    const nodePorts = { http: 30080, https: 30443 };
    const plain = await site({ nodePorts });
    assert.equal(plain.outputs.url, "http://shop.example.com:30080");
    assert.equal(plain.outputs.answersAt, "NODE:30080");
    const secured = await site({ nodePorts, tls: { secretName: "shop-tls" } });
    assert.equal(secured.outputs.url, "https://shop.example.com:30443");
    assert.equal(secured.outputs.answersAt, "NODE:30443");
  });

  it("hands out an IP address where the load balancer has no name", async () => {
    const { outputs } = await site(
      {},
      answeringWith({ loadBalancer: { ingress: [{ ip: "192.0.2.1" }] } }),
    );
    assert.equal(outputs.address, "192.0.2.1");
  });

  it("hands out an empty address where the controller reports none", async () => {
    assert.equal((await site({}, answeringWith({ loadBalancer: {} }))).outputs.address, "");
    assert.equal((await site({}, answeringWith(undefined))).outputs.address, "");
  });

  it("waits no longer than it is told", () => {
    assert.equal(made.optionsOf("Ingress", "site").createTimeout, "180s");
    assert.equal(made.optionsOf("Ingress", "site").updateTimeout, "180s");
  });
});
