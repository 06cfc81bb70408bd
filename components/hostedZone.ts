import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { setCommand } from "../config/messages/commands";
import { ConfigError } from "../config/messages/problems";

/**
 * A Route 53 zone, looked up before any resource is registered. In an offline preview nothing about it is known.
 * @throws {ConfigError} if there is no such zone: AWS's own error has a stack trace and no remedy
 */
export async function readHostedZone(name: string): Promise<aws.route53.GetZoneResult> {
  try {
    return await aws.route53.getZone({ name });
  } catch (error) {
    const { message } = error as Error;
    throw new ConfigError(pulumi.getStack(), [
      {
        key: "ingress.zone",
        message: /no matching/.test(message)
          ? `'${name}' is not a hosted zone in this account's Route 53.`
          : `'${name}' cannot be looked up in Route 53: ${message}`,
        remedy: setCommand("ingress.zone", "YOUR.ZONE"),
      },
    ]);
  }
}
