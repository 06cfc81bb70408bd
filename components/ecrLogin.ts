import * as aws from "@pulumi/aws";
import type { RegistryLogin } from "./registry";

const ECR = /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com\//;

/** For images in ECR: the password that AWS gives to the identity that runs the program. For others: nothing. */
export const ecrLogin: RegistryLogin = async (image) => {
  const [, registryId, region] = ECR.exec(image) ?? [];
  if (registryId === undefined) return undefined;
  const { userName, password } = await aws.ecr.getAuthorizationToken({ registryId, region });
  return `${userName}:${password}`;
};
