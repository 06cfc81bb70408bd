import * as k8s from "@pulumi/kubernetes";
import { LocalWorkspace, type Stack } from "@pulumi/pulumi/automation";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AppIngress } from "../../components/appIngress";
import { nodeRequestHead } from "../../model/heads";
import { IngressController } from "../../components/ingressController";
import { HOST, INGRESS_CLASS, INGRESS_NAMESPACE, NAMESPACE, settings } from "./settings";

export const SITE = `${NAMESPACE}-way-in`;
export const EDGE = `${INGRESS_NAMESPACE}-way-in`;
const CLASS = `${INGRESS_CLASS}-way-in`;

/** Hosts of one application: as the stack has it, with F5's own settings, and with a pod that nobody answers for. */
export const HOSTS = {
  site: HOST,
  control: "control.example.com",
  lost: "lost.example.com",
} as const;

const PORT = 3000;
const MAX_REQUEST_HEAD = "32k";

/** The components of the way in, as they are on AWS with an ACM certificate, before a server that shows what reaches it. */
function program(): void {
  const server = readFileSync(join(__dirname, "wayInServer.mjs"), "utf8");
  const provider = new k8s.Provider("cluster", { enableServerSideApply: true });
  const opts = { provider };
  const namespace = new k8s.core.v1.Namespace("site", { metadata: { name: SITE } }, opts).metadata
    .name;
  const labels = { app: "probe" };
  const deployment = new k8s.apps.v1.Deployment(
    "probe",
    {
      metadata: { namespace },
      spec: {
        replicas: 3,
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            terminationGracePeriodSeconds: 1,
            containers: [
              {
                name: "probe",
                image: settings.appImage,
                command: ["node", "--input-type=module", "-e", server],
                env: [
                  { name: "PORT", value: String(PORT) },
                  { name: "NODE_OPTIONS", value: nodeRequestHead(MAX_REQUEST_HEAD) },
                ],
                readinessProbe: { httpGet: { path: "/", port: PORT }, periodSeconds: 1 },
              },
            ],
          },
        },
      },
    },
    opts,
  );
  const ports = [{ name: "http", port: 80, targetPort: PORT }];
  const probe = new k8s.core.v1.Service(
    "probe",
    { metadata: { namespace }, spec: { selector: labels, ports } },
    { ...opts, dependsOn: deployment },
  );
  // Its endpoints are the test's to write.
  const lost = new k8s.core.v1.Service(
    "lost",
    { metadata: { namespace, name: "lost" }, spec: { ports } },
    { ...opts, customTimeouts: { create: "30s" } },
  );
  const { className } = new IngressController(
    "edge",
    {
      namespace: EDGE,
      className: CLASS,
      chart: settings.ingressChart ?? "oci://ghcr.io/nginx/charts/nginx-ingress",
      chartVersion: "2.7.1",
      image: settings.ingressImage,
      replicas: 1,
      maxRequestHead: MAX_REQUEST_HEAD,
      loadBalancer: {
        kind: "nlb",
        vpcCidr: "0.0.0.0/0",
        certificateArn: "arn:aws:acm:eu-west-1:111122223333:certificate/of-nobody",
        annotations: {},
      },
      timeoutSeconds: 120,
    },
    opts,
  );
  const ingress = {
    namespace,
    className,
    servicePort: 80,
    paths: [],
    tls: "controller" as const,
    maxBodySize: "20m",
    readTimeoutSeconds: 30,
    annotations: {},
    awaitAddress: true,
    timeoutSeconds: 60,
  };
  new AppIngress("site", { ...ingress, hosts: [HOSTS.site], service: probe.metadata.name }, opts);
  new AppIngress("lost", { ...ingress, hosts: [HOSTS.lost], service: lost.metadata.name }, opts);
  const backend = { service: { name: probe.metadata.name, port: { number: 80 } } };
  new k8s.networking.v1.Ingress(
    "control",
    {
      metadata: { namespace, annotations: { "pulumi.com/skipAwait": "true" } },
      spec: {
        ingressClassName: className,
        tls: [{ hosts: [HOSTS.control] }],
        rules: [
          {
            host: HOSTS.control,
            http: { paths: [{ path: "/", pathType: "Prefix", backend }] },
          },
        ],
      },
    },
    opts,
  );
}

/** A stack of these components alone, with a state in a temporary folder. */
export class WayInStack {
  private constructor(
    private readonly stack: Stack,
    private readonly folder: string,
  ) {}

  static async up(): Promise<WayInStack> {
    const folder = mkdtempSync(join(tmpdir(), "next-on-eks-way-in-"));
    const stack = await LocalWorkspace.createOrSelectStack(
      { stackName: "way-in", projectName: "way-in", program: async () => program() },
      {
        envVars: {
          PULUMI_BACKEND_URL: `file://${folder}`,
          PULUMI_CONFIG_PASSPHRASE: "test",
          PULUMI_SKIP_UPDATE_CHECK: "true",
        },
      },
    );
    const made = new WayInStack(stack, folder);
    try {
      await stack.up();
    } catch (error) {
      await made.down();
      throw error;
    }
    return made;
  }

  async down(): Promise<void> {
    await this.stack.destroy();
    rmSync(this.folder, { recursive: true });
  }
}
