import * as pulumi from "@pulumi/pulumi";
import type { Answers } from "../../engine/engine";

/*
 * What providers would answer, made up so that each value names its origin: a test that finds `Vpc/network-vpc` in the
 * inputs of a subnet has proven that the id of that VPC crossed over.
 */

/** `Vpc/network-vpc`, the id of every resource in the tests. */
export function idOf(kind: string, name: string): string {
  return `${kind}/${name}`;
}

/** `arn:Key/cluster-secrets`. */
function arnOf(kind: string, name: string): string {
  return `arn:${idOf(kind, name)}`;
}

/** `aws:ec2/vpc:Vpc` is `Vpc`. */
export function kindOf(type: string): string {
  return type.split(":").at(-1) ?? type;
}

/** The types of this project's own components begin with its name. */
function isComponent(type: string): boolean {
  return type.startsWith("next-on-eks:");
}

/** The certificate of the cluster's authority, in base64. */
export const AUTHORITY = "Q0E=";
export const ENDPOINT = "https://cluster.test";
export const ZONES = ["eu-west-1a", "eu-west-1b", "eu-west-1c"];

/** Computed properties by kind. */
const state: Record<string, (name: string, inputs: Inputs) => Record<string, unknown>> = {
  Cluster: (name) => ({
    core: { cluster: { name: `name of ${name}` } },
    eksCluster: {
      name: `name of ${name}`,
      endpoint: ENDPOINT,
      certificateAuthority: { data: AUTHORITY },
      vpcConfig: { clusterSecurityGroupId: `group of ${name}` },
    },
  }),
  RandomId: (_, { prefix }) => ({ hex: `${String(prefix)}4f2a` }),
  // The providers' schemas mark these as secret; the engine would do the wrapping.
  RandomPassword: (name) => ({ result: pulumi.secret(passwordOf(name)) }),
  PrivateKey: (name) => ({ privateKeyPem: pulumi.secret(`PEM of ${name}`) }),
  SelfSignedCert: (name) => ({ certPem: `PEM of ${name}` }),
  ReplicationGroup: (name) => ({ primaryEndpointAddress: `${name}.cache.test` }),
  Repository: (name) => ({
    repositoryUrl: `registry.test/${name}`,
    registryId: `registry of ${name}`,
  }),
  Image: (name) => ({ ref: `registry.test/${name}:latest@sha256:built` }),
  Certificate: (_, { domainName, subjectAlternativeNames }) => ({
    // A set: in another order than the hosts.
    domainValidationOptions: [...(subjectAlternativeNames as string[]), domainName].map((host) => ({
      domainName: host,
      resourceRecordName: `_check.${String(host)}`,
      resourceRecordType: "CNAME",
      resourceRecordValue: `proof of ${String(host)}`,
    })),
  }),
  Record: (name) => ({ fqdn: `fqdn of ${name}` }),
  Release: () => ({ status: { status: "deployed" } }),
  Ingress: () => ({ status: { loadBalancer: { ingress: [{ hostname: "balancer.test" }] } } }),
};

type Inputs = Record<string, unknown>;

export function passwordOf(name: string): string {
  return `password-of-${name}`;
}

const invokes: Record<string, (inputs: Inputs) => Inputs> = {
  "aws:index/getAvailabilityZones:getAvailabilityZones": () => ({ names: ZONES }),
  "aws:index/getRegion:getRegion": () => ({ region: "eu-west-1" }),
  "aws:route53/getZone:getZone": ({ name }) => ({ zoneId: `zone of ${String(name)}` }),
  "aws:lb/getHostedZoneId:getHostedZoneId": () => ({ id: "zone of load balancers" }),
  "aws:ecr/getAuthorizationToken:getAuthorizationToken": ({ registryId }) => ({
    userName: "AWS",
    password: `login of ${String(registryId)}`,
  }),
};

/** A world in which everything succeeds. An invoke that is not listed fails the run. */
export const answers: Required<Answers> = {
  resource: ({ type, name, inputs }) => {
    if (isComponent(type)) return {};
    const kind = kindOf(type);
    const own = type.startsWith("aws:") ? { arn: arnOf(kind, name), name: `name of ${name}` } : {};
    const given = inputs as Inputs;
    return {
      id: idOf(kind, name),
      state: {
        ...own,
        ...(given.name !== undefined && { name: given.name }),
        ...(type.startsWith("kubernetes:") && {
          metadata: { name, ...(given.metadata as object | undefined) },
        }),
        ...state[kind]?.(name, given),
      },
    };
  },
  invoke: ({ token, inputs }) => invokes[token]?.(inputs as Inputs),
};

/** As in a preview in which resources of these kinds are new: what AWS or Kubernetes would choose for them is unknown. */
export function withNew(isNew: (kind: string) => boolean): Required<Answers> {
  return {
    ...answers,
    resource: (args) => (isNew(kindOf(args.type)) ? {} : answers.resource(args)),
  };
}
