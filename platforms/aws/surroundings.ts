import * as pulumi from "@pulumi/pulumi";
import { readNetwork, type ExistingNetwork } from "../../components/existingNetwork";
import { readHostedZone } from "../../components/hostedZone";
import { readZones } from "../../components/zones";
import type { AwsConfig } from "../../config";
import { ConfigError } from "../../config/messages/problems";

/** What exists before the stack and decides what it can be. */
export interface AwsSurroundings {
  /** The existing VPC, if the config names one. */
  readonly network: ExistingNetwork | undefined;
  /** Names of the zones of the stack's own VPC. */
  readonly zones: readonly string[];
  /** Route 53's id of `ingress.zone`. */
  readonly zoneId: pulumi.Input<string> | undefined;
}

/**
 * Asks AWS. It registers nothing, so it may fail.
 * @throws {ConfigError} with everything that AWS shows to be wrong with the config
 */
export async function awsSurroundings({
  network: { existing, availabilityZones, zones },
  cluster: { serviceCidr },
  ingress,
}: AwsConfig): Promise<AwsSurroundings> {
  const asked = [
    existing && readNetwork({ ...existing, serviceCidr }),
    existing ? [] : readZones(availabilityZones, zones),
    ingress.zone === undefined ? undefined : readHostedZone(ingress.zone),
  ] as const;
  throwTogether(await Promise.allSettled(asked));
  const [network, names, hostedZone] = await Promise.all(asked);
  return { network, zones: names, zoneId: hostedZone && pulumi.output(hostedZone).zoneId };
}

/** Problems of the config as one error; any other failure unchanged. */
function throwTogether(answers: readonly PromiseSettledResult<unknown>[]): void {
  const reasons = answers.flatMap((it): unknown[] => (it.status === "rejected" ? [it.reason] : []));
  const problems = reasons.flatMap((reason) => {
    if (!(reason instanceof ConfigError)) throw reason;
    return reason.problems;
  });
  if (problems.length > 0) throw new ConfigError(pulumi.getStack(), problems);
}
