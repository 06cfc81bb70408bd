import type { Config } from ".";
import { hostOfSchema } from "./rules/chartSchema";
import { endingSupport, nextVersion } from "../model/kubernetesVersions";
import { removeCommand, setCommand } from "./messages/commands";
import { told } from "./messages/problems";
import { snippetAnnotations } from "./rules/annotations";
import {
  certifiedHosts,
  DOCUMENTATION_HOST,
  NAMES_WITHOUT_ASKING,
} from "./platforms/aws/rules/certificateNames";
import { deployedImages, DIGEST_EXAMPLE, LEAST_PRE_STOP, liveImage } from "./rules/rollout";
import { CONTROLLER_SECONDS } from "./timeouts";

/** Ranges that RFC 5737 keeps for documents: nobody's address. */
const DOCUMENTATION_RANGE = /^(192\.0\.2|198\.51\.100|203\.0\.113)\./;
/** Accounts that AWS keeps for documents. */
const DOCUMENTATION_ACCOUNT = /\b(111122223333|123456789012|444455556666)\b/;
/** Of `Pulumi.prod.yaml`: nobody pushed it. */
const EXAMPLE_DIGEST = "@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

/**
 * Values of the committed example that a plan may show but that nobody can run: each is a warning in a
 * preview, and an error in `pulumi up`, before anything is created.
 */
export function placeholders(config: Config): string[] {
  if (config.platform === "existing") return [];
  const found: string[] = [];
  const range = config.cluster.publicAccessCidrs.find((cidr) => DOCUMENTATION_RANGE.test(cidr));
  if (range !== undefined) {
    const remedy = setCommand("cluster.publicAccessCidrs[0]", "YOUR.ADDRESS/32");
    found.push(placeholder("cluster.publicAccessCidrs", range, "a range for documents", remedy));
  }
  const role = config.cluster.adminRoleArns.find((arn) => DOCUMENTATION_ACCOUNT.test(arn));
  if (role !== undefined) {
    const remedy = `${setCommand("cluster.adminRoleArns[0]", "ARN")}\nnot the role of the first pulumi up; where there is no other, remove the key`;
    found.push(placeholder("cluster.adminRoleArns", role, "of an account for documents", remedy));
  }
  for (const [key, image] of deployedImages(config.app)) {
    const what = DOCUMENTATION_ACCOUNT.test(image)
      ? "of an account for documents"
      : image.endsWith(EXAMPLE_DIGEST) && "the digest of the example";
    if (what) found.push(placeholder(key, image, what, setCommand(key, DIGEST_EXAMPLE)));
  }
  const { certificateArn } = config.ingress.tls ?? {};
  if (certificateArn !== undefined && DOCUMENTATION_ACCOUNT.test(certificateArn)) {
    const remedy = setCommand("ingress.tls.certificateArn", "ARN");
    found.push(
      placeholder(
        "ingress.tls.certificateArn",
        certificateArn,
        "of an account for documents",
        remedy,
      ),
    );
  }
  if (config.ingress.zone !== undefined && DOCUMENTATION_HOST.test(config.ingress.zone)) {
    const remedy = setCommand("ingress.zone", "YOUR.ZONE");
    found.push(placeholder("ingress.zone", config.ingress.zone, "a zone for documents", remedy));
  }
  return found;
}

function placeholder(key: string, value: string, what: string, remedy: string): string {
  return told(key, `'${value}' is ${what}; set your own before pulumi up.`, remedy);
}

/** What is allowed but worth a second look in a review. */
export function warningsOf(config: Config, today: Date): string[] {
  const { app, ingress } = config;
  const found = placeholders(config);
  const warn = (key: string, text: string, remedy?: string) => found.push(told(key, text, remedy));
  if (config.confirm.length > 0) {
    warn(
      "confirm",
      `changes of ${config.confirm.join(" and ")} are made without asking; remove it after this pulumi up.`,
      removeCommand("confirm"),
    );
  }
  const image = liveImage(app);
  if (image !== undefined && !image.includes("@sha256:")) {
    const key = image === app.image ? "app.image" : `app.rollout.images.${app.rollout.live}`;
    warn(key, `'${image}' is a tag: pods may come to run different images.`);
  }
  if (config.platform === "aws" && app.build && !app.build.secrets.server_actions_key) {
    warn(
      "app.build.secrets",
      "has no server_actions_key: each build makes a key of its own, and forms of open pages fail after the next one.",
      `${setCommand("app.build.secrets.server_actions_key", '--secret "$(cat server-actions.key)"')}\nmade once by:\nnpm run --silent action-key -- server-actions.key`,
    );
  }
  if (app.shutdown.preStopSeconds < LEAST_PRE_STOP) {
    warn(
      "app.shutdown.preStopSeconds",
      `${app.shutdown.preStopSeconds}: load balancers learn seconds later that a pod leaves, and requests are lost meanwhile.`,
      setCommand("app.shutdown.preStopSeconds", "15"),
    );
  }
  if (!ingress.tls && ingress.zone === undefined) {
    warn("ingress.tls", `is not set: ${app.host} is served by plain HTTP.`);
  }
  const asked = ingress.install ? hostOfSchema(ingress.chart) : undefined;
  if (asked !== undefined) {
    warn(
      "ingress.chart",
      `the values.schema.json in '${ingress.chart}' refers to ${asked}: Helm fetches from there, and fails where it cannot.`,
      "without a way out to that host, take values.schema.json out of the folder: docs/way-in.md",
    );
  }
  for (const [key, text] of snippetAnnotations(config)) warn(key, text);
  if (!config.files.required) {
    warn("files.required", "false: no uploads, no shared images, and deploys break open pages.");
  }
  if (config.assets.enabled && config.assets.replicas < 2) {
    warn("assets.replicas", "1: its loss stops static files until the next pod is up.");
  }
  if (app.replicas.min < 2) {
    warn(
      "app.replicas.min",
      `${app.replicas.min}: one pod's loss is an outage until the next is up.`,
    );
  }
  if (config.platform === "aws") {
    if (config.cluster.publicAccessCidrs.some((cidr) => cidr.endsWith("/0"))) {
      warn("cluster.publicAccessCidrs", "the API server is open to the world.");
    }
    if (config.cluster.publicAccessCidrs.length === 0) {
      warn(
        "cluster.publicAccessCidrs",
        "is empty: the API server answers inside the VPC alone, and pulumi up from elsewhere fails once the cluster is made.",
        setCommand("cluster.publicAccessCidrs[0]", "YOUR.ADDRESS/32"),
      );
    }
    const end = endingSupport(config.cluster.version, today);
    if (end !== undefined) {
      warn(
        "cluster.version",
        `'${config.cluster.version}' leaves EKS standard support on ${end}; after that day every pulumi up is refused until the cluster is upgraded, roll-backs too.`,
        setCommand("cluster.version", nextVersion(config.cluster.version)),
      );
    }
    const names = certifiedHosts(config).length;
    if (names > NAMES_WITHOUT_ASKING) {
      warn(
        "ingress.extraHosts",
        `${names} names in one certificate: ACM takes ${NAMES_WITHOUT_ASKING} until its quota "Number of domain names per ACM certificate" is raised.`,
      );
    }
    if (config.production && config.network.natGateways === "one") {
      warn(
        "network.natGateways",
        "one: the loss of its zone cuts every pod off from the internet.",
      );
    }
    if (ingress.install && config.timeouts.controller < CONTROLLER_SECONDS.aws) {
      warn(
        "timeouts.controller",
        `${config.timeouts.controller}: new nodes and an NLB may take longer, and then the controller is taken back.`,
        setCommand("timeouts.controller", String(CONTROLLER_SECONDS.aws)),
      );
    }
    if (config.production && config.redis.nodes < 2) {
      warn("redis.nodes", "1: a failure of the node empties the cache and ends sessions.");
    }
  } else {
    if (config.cluster.context === undefined) {
      warn("cluster.context", "is not set: pulumi up goes wherever kubectl points to.");
    }
    if (config.production && config.redis.inCluster) {
      warn("redis.inCluster", "true: one pod without disk; a restart empties it.");
    }
    if (
      app.hostAntiAffinity &&
      config.cluster.nodes === undefined &&
      app.rollout.maxUnavailable === 0
    ) {
      warn(
        "app.hostAntiAffinity",
        "a rollout needs a node more than there are pods; set cluster.nodes to have it checked.",
      );
    }
  }
  return found;
}
