import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { setCommand } from "../config/commands";

/** Zones where EKS makes no cluster's network interfaces. Source: EKS, "Amazon EKS networking requirements for VPC and subnets". */
export const WITHOUT_EKS = ["use1-az3", "usw1-az2", "cac1-az3"];

/**
 * Names of the zones to use, checked against those that the region has.
 * The output fails, before anything is created, where the region has too few of them or lacks a named one.
 */
export function chooseZones(
  count: number,
  wanted: string[] | undefined,
  opts: pulumi.InvokeOptions,
): pulumi.Output<string[]> {
  return aws
    .getAvailabilityZonesOutput(
      // No filter by state: a zone that fails for an hour must not change the plan of a stack that lives in it.
      {
        // Local and Wavelength Zones need an opt-in; they have neither EFS nor NAT gateways.
        filters: [{ name: "opt-in-status", values: ["opt-in-not-required"] }],
        excludeZoneIds: WITHOUT_EKS,
      },
      opts,
    )
    .names.apply((available) => checkZones(count, wanted, available));
}

/** @throws {pulumi.RunError} that names the zones there are */
export function checkZones(
  count: number,
  wanted: string[] | undefined,
  available: string[],
): string[] {
  const missing = wanted?.find((zone) => !available.includes(zone));
  if (missing !== undefined) {
    throw new pulumi.RunError(
      `next-on-eks:network.zones: the region has no zone '${missing}'; it has ${available.join(", ")}.`,
    );
  }
  if (available.length < count) {
    throw new pulumi.RunError(
      `next-on-eks:network.availabilityZones: ${count} are asked for, and the region has ${available.join(", ")}.` +
        (available.length < 2
          ? ""
          : `\n    ${setCommand("network.availabilityZones", String(available.length))}`),
    );
  }
  return wanted ?? available.slice(0, count);
}
