/**
 * The values of the namespace `aws`, which the AWS provider reads. Maps and lists are parsed; everything else is text.
 */
export type AwsProviderKeys = Readonly<Record<string, unknown>>;

/** The AWS provider's identity, if the stack's config sets one. The Kubernetes provider must use the same. */
export interface AwsIdentity {
  /** Profile of the AWS CLI's files: `aws:profile`. */
  readonly profile?: string;
  /** Role that is assumed: the one of `aws:assumeRoles`. */
  readonly roleArn?: string;
}

/** Empty if the config sets none: then both use the environment's. */
export function identityOf(awsKeys: AwsProviderKeys): AwsIdentity {
  const [role] = assumedRoles(awsKeys);
  const { profile } = awsKeys;
  return {
    ...(typeof profile === "string" && profile !== "" && { profile }),
    ...(typeof role?.roleArn === "string" && { roleArn: role.roleArn }),
  };
}

/** The roles of `aws:assumeRoles`, each assumed from the one before. */
export function assumedRoles(awsKeys: AwsProviderKeys): Readonly<Record<string, unknown>>[] {
  const { assumeRoles } = awsKeys;
  return Array.isArray(assumeRoles) ? (assumeRoles as Readonly<Record<string, unknown>>[]) : [];
}
