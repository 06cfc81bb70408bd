/** The values of the namespace `aws`, which the AWS provider reads. Maps and lists are parsed, all else is text. */
export type AwsProviderKeys = Readonly<Record<string, unknown>>;

/** Whom the AWS provider acts as, where the stack's config says so. Kubernetes has to be asked by the same. */
export interface AwsIdentity {
  /** Profile of the AWS CLI's files: `aws:profile`. */
  readonly profile?: string;
  /** Role that is assumed: the one of `aws:assumeRoles`. */
  readonly roleArn?: string;
}

/** Empty where the config says nothing: then both are whoever the environment says. */
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
