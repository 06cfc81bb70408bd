import { UNKNOWN, type Answers } from "../engine/engine";
import { existingNetworkAnswers } from "./existingNetwork";
import { isKubernetesObject } from "./typeNames";

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

/** What a plan shows for the letters that Pulumi adds to a name that the program does not set. */
export const GENERATED = "-…";

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
const COMPUTED = "computed";

/** Ids in the form that other fields want. */
const IDS: Readonly<Record<string, string>> = {
  "aws:efs/accessPoint:AccessPoint": "fsap-computed",
  "aws:efs/fileSystem:FileSystem": "fs-computed",
};

/** Properties that Kubernetes objects are made from, or that only say when something is ready. */
const STATES: Readonly<Record<string, Record<string, unknown>>> = {
  "aws:acm/certificateValidation:CertificateValidation": { certificateArn: COMPUTED },
  "aws:eks/addon:Addon": { arn: COMPUTED },
  "aws:elasticache/replicationGroup:ReplicationGroup": { primaryEndpointAddress: COMPUTED },
  "docker-build:index:Image": { ref: "computed:latest" },
  [CHART]: { status: {} },
  "random:index/randomPassword:RandomPassword": { result: COMPUTED },
  "tls:index/privateKey:PrivateKey": { privateKeyPem: COMPUTED },
  "tls:index/selfSignedCert:SelfSignedCert": { certPem: COMPUTED },
};

/**
 * As if everything had been created, with placeholders for what AWS chooses, so that manifests show what depends on it.
 */
export function deployedAnswers(region: string, config: Config): Answers {
  return {
    ...offlineAnswers(region, config),
    resource: ({ type }) => ({ id: IDS[type] ?? COMPUTED, state: STATES[type] }),
  };
}
