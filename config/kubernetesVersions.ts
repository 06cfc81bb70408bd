/**
 * Versions that the stack offers and the last day of their standard support on EKS.
 * Source: the release calendar in the EKS user guide ("Understand the Kubernetes version lifecycle on EKS").
 * A version without a date is newer than this table; add its date when AWS has published it.
 */
const STANDARD_SUPPORT_ENDS: Readonly<Record<string, string | undefined>> = {
  "1.35": "2027-03-27",
  "1.36": undefined,
};

export const KUBERNETES_VERSIONS = Object.keys(STANDARD_SUPPORT_ENDS);

/** The last day of standard support where it is before `today`, else undefined. */
export function endedSupport(version: string, today: Date): string | undefined {
  const end = STANDARD_SUPPORT_ENDS[version];
  return end !== undefined && today > new Date(`${end}T23:59:59Z`) ? end : undefined;
}
