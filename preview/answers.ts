import * as pulumi from "@pulumi/pulumi";
import { UNKNOWN, type Answers } from "../engine/engine";
import { existingNetworkAnswers } from "./existingNetwork";
import { COMPUTED, GENERATED } from "../plan/plan";
import { isKubernetesObject } from "../plan/typeNames";

/*
 * What AWS would answer to the program's lookups, as far as the shape of the plan depends on it. Everything else stays
 * unknown.
 */

type Config = Readonly<Record<string, string>>;

/**
 * @param region region of the stack, after which its zones are named
 * @param config full keys and values of the stack's config
 */
export function offlineAnswers(region: string, config: Config): Answers {
  const invokes: Record<string, Record<string, unknown>> = {
    // Six, like the largest region: only AWS knows whether a zone that the config names exists.
    "aws:index/getAvailabilityZones:getAvailabilityZones": {
      names: [..."abcdef"].map((letter) => `${region}${letter}`),
    },
    "aws:index/getRegion:getRegion": { region },
    "aws:ecr/getAuthorizationToken:getAuthorizationToken": { userName: UNKNOWN, password: UNKNOWN },
    "aws:route53/getZone:getZone": { zoneId: UNKNOWN },
    "aws:lb/getHostedZoneId:getHostedZoneId": { id: UNKNOWN },
  };
  const existing = existingNetworkAnswers(region, config);
  return {
    invoke: ({ token, inputs }) =>
      invokes[token] ?? existing[token]?.(inputs as Record<string, unknown>),
    resource: ({ type, name, inputs }) => ({
      // A chart's readiness delays what comes after it, but adds nothing to a plan.
      state: type === CHART ? STATES[CHART] : generatedName(type, name, inputs),
    }),
  };
}

function generatedName(
  type: string,
  name: string,
  inputs: { readonly metadata?: { readonly name?: unknown } },
): { metadata: object } | undefined {
  return hasGeneratedName(type, inputs)
    ? { metadata: { ...inputs.metadata, name: `${name}${GENERATED}` } }
    : undefined;
}

/**
 * Whether Pulumi completes the name of an object with random letters, so that a new one can be created before the old
 * one is deleted.
 */
export function hasGeneratedName(
  type: string,
  { metadata }: { readonly metadata?: unknown },
): boolean {
  const given = typeof metadata === "object" && metadata !== null && "name" in metadata;
  return isKubernetesObject(type) && !given;
}

const CHART = "kubernetes:helm.sh/v3:Release";
/** Stands in manifests for what AWS chooses. */
const CHOSEN = "computed";

/** Ids in the form that other fields want. */
const IDS: Readonly<Record<string, string>> = {
  "aws:efs/accessPoint:AccessPoint": "fsap-computed",
  "aws:efs/fileSystem:FileSystem": "fs-computed",
};

/** Properties that Kubernetes objects are made from, or that only say when something is ready. */
const STATES: Readonly<Record<string, Record<string, unknown>>> = {
  "aws:acm/certificateValidation:CertificateValidation": { certificateArn: CHOSEN },
  "aws:eks/addon:Addon": { arn: CHOSEN },
  "aws:elasticache/replicationGroup:ReplicationGroup": { primaryEndpointAddress: CHOSEN },
  "docker-build:index:Image": { ref: "computed:latest" },
  [CHART]: { status: {} },
  "random:index/randomPassword:RandomPassword": { result: CHOSEN },
  "tls:index/privateKey:PrivateKey": { privateKeyPem: CHOSEN },
  "tls:index/selfSignedCert:SelfSignedCert": { certPem: CHOSEN },
};

/**
 * As if everything had been created, with placeholders for what AWS chooses, so that manifests show what depends on it.
 */
export function deployedAnswers(region: string, config: Config): Answers {
  return {
    ...offlineAnswers(region, config),
    resource: ({ type }) => ({ id: IDS[type] ?? CHOSEN, state: STATES[type] }),
  };
}

/** Outputs that the program writes into texts: policies, configuration files, addresses, a kubeconfig. */
const IN_TEXTS: Readonly<Record<string, Record<string, unknown>>> = {
  "aws:ecr/repository:Repository": { repositoryUrl: COMPUTED },
  "aws:efs/fileSystem:FileSystem": { arn: COMPUTED },
  "aws:elasticache/replicationGroup:ReplicationGroup": { primaryEndpointAddress: COMPUTED },
  "eks:index:Cluster": {
    core: { cluster: { name: COMPUTED } },
    eksCluster: {
      name: COMPUTED,
      endpoint: COMPUTED,
      certificateAuthority: { data: COMPUTED },
      vpcConfig: { clusterSecurityGroupId: COMPUTED },
    },
  },
  "random:index/randomId:RandomId": { hex: COMPUTED },
  // Their schemas mark these as secret, and the engine does the wrapping.
  "random:index/randomPassword:RandomPassword": { result: pulumi.secret(COMPUTED) },
  "tls:index/privateKey:PrivateKey": { privateKeyPem: pulumi.secret(COMPUTED) },
  "tls:index/selfSignedCert:SelfSignedCert": { certPem: COMPUTED },
};

/**
 * For a plan whose texts are compared. One with a value in it that nobody knows yet is unknown as a whole, so that two versions
 * of it look the same, whatever else differs in them: here `[computed]` stands in it.
 */
export function answersForTexts(region: string, config: Config): Answers {
  const offline = offlineAnswers(region, config);
  return {
    ...offline,
    resource: (args) => ({
      id: COMPUTED,
      state: { ...IN_TEXTS[args.type], ...offline.resource?.(args).state },
    }),
  };
}
