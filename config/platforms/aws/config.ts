import type { z } from "zod";
import type { AwsIdentity, AwsProviderKeys } from "../../../model/awsIdentity";
import type { CommonConfig, Filled } from "../../commonConfig";
import type { schemas } from "./schema";

type Group<K extends keyof typeof schemas> = z.output<(typeof schemas)[K]>;

/** The config of a stack on `aws`. */
export interface AwsConfig extends CommonConfig {
  readonly platform: "aws";
  /** `aws:region`, or undefined where none is set. */
  readonly region: string | undefined;
  /** `aws:defaultTags`, which the AWS provider puts on every resource. */
  readonly defaultTags: Readonly<Record<string, string>>;
  /** The keys of the AWS provider, which the program must not contradict. */
  readonly awsKeys: AwsProviderKeys;
  /** The identity of both providers, AWS's and the cluster's. */
  readonly identity: AwsIdentity;
  readonly network: Filled<Group<"network">, "natGateways">;
  readonly cluster: Group<"cluster">;
  readonly files: Group<"files">;
  readonly usage: Group<"usage">;
  readonly redis: Filled<
    Group<"redis">,
    "engineVersion" | "nodes" | "automaticFailover" | "sessions" | "snapshotRetentionDays"
  >;
}
