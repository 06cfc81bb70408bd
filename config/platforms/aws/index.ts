import { z } from "zod";
import { identityOf } from "../../../model/awsIdentity";
import type { Checked } from "../../commonConfig";
import { setCommand } from "../../messages/commands";
import type { KeysOf, PlatformConfig } from "../platform";
import { besideExisting } from "./besideExisting";
import { changes, harmless } from "./changes";
import type { AwsConfig } from "./config";
import { placeholders } from "./placeholders";
import { rules } from "./rules";
import { schemas } from "./schema";
import { TIMEOUTS } from "./timeouts";

/** VPC, EKS, EFS and ElastiCache, created by the stack. */
export const aws: PlatformConfig<AwsConfig> = {
  summary: "creates a VPC, EKS, EFS and ElastiCache",
  schemas,
  without: "no resource of another platform is made there",
  defaults: { ingress: { proxyProtocol: true }, timeouts: TIMEOUTS },
  namespaces: ["aws", "eks", "docker-build", "tls"],
  read,
  fill,
  certificates: () => [
    setCommand("ingress.tls.certificateArn", "ARN"),
    setCommand("ingress.zone", "YOUR.ZONE"),
  ],
  rules,
  problemsOfRaw: ({ network }) => besideExisting(network),
  placeholders,
  changes,
  confirmable: [],
  harmless,
};

function read(keysOf: KeysOf): Partial<AwsConfig> {
  const awsKeys = keysOf("aws");
  const region = awsKeys.region ?? process.env.AWS_REGION;
  return {
    region: region === undefined ? undefined : String(region),
    defaultTags: tagsOf(awsKeys.defaultTags),
    awsKeys,
  };
}

/** The tags of `{ tags: { … } }`. The provider refuses any other shape. */
function tagsOf(defaultTags: unknown): Record<string, string> {
  const { tags } = z
    .object({ tags: z.record(z.string(), z.coerce.string()).catch({}) })
    .catch({ tags: {} })
    .parse(defaultTags ?? {});
  return tags;
}

function fill(config: Checked<AwsConfig>): Checked<AwsConfig> {
  const { awsKeys = {}, network, production, redis } = config;
  const nodes = redis?.nodes ?? (production ? 2 : 1);
  return {
    ...config,
    identity: identityOf(awsKeys),
    network: network && {
      ...network,
      natGateways: network.natGateways ?? (production ? "perZone" : "one"),
    },
    redis: redis && {
      ...redis,
      nodes,
      engineVersion: redis.engineVersion ?? (redis.engine === "redis" ? "7.1" : "8.0"),
      automaticFailover: redis.automaticFailover ?? nodes > 1,
      snapshotRetentionDays: redis.snapshotRetentionDays ?? (production ? 7 : 0),
    },
  };
}
