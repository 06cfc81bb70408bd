import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { removeCommand, setCommand } from "../config/messages/commands";
import { ConfigError, type Problem } from "../config/messages/problems";

/**
 * Zones where EKS cannot place a cluster's network interfaces. Source: EKS, "Amazon EKS networking requirements for VPC
 * and subnets".
 */
export const WITHOUT_EKS = ["use1-az3", "usw1-az2", "cac1-az3"];

/** EKS needs at least this many. */
const LEAST_ZONES = 2;

/**
 * Names of the zones to use, out of those that the region has. Awaited before any resource is registered, so that a
 * stack without enough zones is refused by name, in a preview as in `up`, before anything is created.
 *
 * @throws {ConfigError} if the region has too few of them or lacks a named one
 */
export async function readZones(count: number, wanted: readonly string[] = []): Promise<string[]> {
  const { names } = await aws.getAvailabilityZones(
    // No filter by state: a zone that fails for an hour must not change the plan of a stack that lives in it.
    {
      // Local and Wavelength Zones need an opt-in; they have neither EFS nor NAT gateways.
      filters: [{ name: "opt-in-status", values: ["opt-in-not-required"] }],
      excludeZoneIds: WITHOUT_EKS,
    },
  );
  const problems = zoneProblems(count, wanted, names);
  if (problems.length > 0) throw new ConfigError(pulumi.getStack(), problems);
  return wanted.length > 0 ? [...wanted] : names.slice(0, count);
}

/** Which of the requested zones the region lacks. */
export function zoneProblems(
  count: number,
  wanted: readonly string[],
  available: readonly string[],
): Problem[] {
  const spare = available.filter((zone) => !wanted.includes(zone));
  const missing = wanted.flatMap((zone, index): Problem[] => {
    if (available.includes(zone)) return [];
    const instead = spare.shift();
    return [
      {
        key: "network.zones",
        message: `the region has no zone '${zone}'; it has ${listed(available)}.`,
        remedy:
          instead === undefined
            ? removeCommand("network.zones")
            : setCommand(`network.zones[${index}]`, instead),
      },
    ];
  });
  return missing.length > 0 || available.length >= count
    ? missing
    : [
        {
          key: "network.availabilityZones",
          message: `${count} are required, but the region has ${listed(available)}.`,
          remedy:
            available.length < LEAST_ZONES
              ? setCommand("aws:region", "REGION")
              : setCommand("network.availabilityZones", String(available.length)),
        },
      ];
}

function listed(zones: readonly string[]): string {
  return zones.length === 0 ? "none for EKS" : zones.join(", ");
}
