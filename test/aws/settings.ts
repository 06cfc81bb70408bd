import { execFileSync } from "node:child_process";
import { onPath } from "../helpers/processes";

/** The event log of a pretend account: there the suite injects faults and reads what happened. */
const events = process.env.STANDIN_EVENTS;

const orOfPretence = (name: string, value: string): string =>
  process.env[name] ?? (events === undefined ? "" : value);

/** What the suite takes from the environment; a pretend account takes what it needs from here. */
export const settings = {
  events,
  /** `npm run test:aws -- --full`: everything, not the slice of CI alone. */
  full: process.env.TEST_AWS_FULL === "1",
  /** A public zone of Route 53, for the hosts of both stacks. */
  zone: orOfPretence("TEST_AWS_ZONE", "shop-of-tests.org"),
  /** Who reaches the API server. */
  address: orOfPretence("TEST_AWS_ADDRESS", "5.6.7.0/24"),
  /** Two images of an application that nodes can pull, by digest. */
  image: orOfPretence("TEST_AWS_IMAGE", `registry.shop-of-tests.org/shop@sha256:${"1".repeat(64)}`),
  nextImage: orOfPretence(
    "TEST_AWS_NEXT_IMAGE",
    `registry.shop-of-tests.org/shop@sha256:${"2".repeat(64)}`,
  ),
  /** A role that administers the cluster of prod; none: the key is left out. */
  adminRole: orOfPretence("TEST_AWS_ADMIN_ROLE", "arn:aws:iam::210987654321:role/platform"),
  ingressChart: process.env.TEST_INGRESS_CHART ?? process.env.NGINX_INGRESS_CHART,
  /** Seconds that a verb may take: EKS alone takes AWS a quarter of an hour. */
  verbSeconds: events === undefined ? 5400 : 400,
} as const;

const PLUGINS = ["aws", "eks", "kubernetes", "random", "docker-build", "tls"];

/** What is missing, with how to get it; empty where the suite can run. */
export function missing(): string[] {
  const found: string[] = [];
  const need = (command: string, how: string) => {
    if (!onPath(command)) found.push(`${command} is not on PATH: ${how}`);
  };
  need("pulumi", "https://www.pulumi.com/docs/install/");
  need("pulumi-language-nodejs", "it comes with the Pulumi CLI");
  need("kubectl", "https://kubernetes.io/docs/tasks/tools/");
  need("aws", "https://docs.aws.amazon.com/cli/ (version 2)");
  if (found.length > 0) return found;
  const installed = installedPlugins();
  for (const plugin of PLUGINS) {
    if (!installed.includes(plugin) && !onPath(`pulumi-resource-${plugin}`)) {
      found.push(`the plugin pulumi-resource-${plugin} is missing: pulumi install, in this folder`);
    }
  }
  if (events === undefined) found.push(...missingInAccount());
  return found;
}

function installedPlugins(): string[] {
  const text = execFileSync("pulumi", ["plugin", "ls", "--json"], { encoding: "utf8" });
  return (JSON.parse(text) as { name: string }[]).map(({ name }) => name);
}

/** A pretend account has it all. */
function missingInAccount(): string[] {
  const found: string[] = [];
  if (!onPath("docker")) found.push("docker is not on PATH: the stack dev builds an image");
  try {
    execFileSync("aws", ["sts", "get-caller-identity"], { stdio: ["ignore", "ignore", "pipe"] });
  } catch (error) {
    const { stderr } = error as { stderr?: Buffer };
    found.push(`no AWS account for tests: ${stderr?.toString().trim() ?? String(error)}`);
  }
  const needed = {
    TEST_AWS_ZONE: settings.zone,
    TEST_AWS_ADDRESS: settings.address,
    TEST_AWS_IMAGE: settings.image,
    TEST_AWS_NEXT_IMAGE: settings.nextImage,
  };
  for (const [name, value] of Object.entries(needed)) {
    if (value === "") found.push(`${name} is not set: test/aws/settings.ts says what it is`);
  }
  return found;
}
