/**
 * Versions that the stack offers and the last day of their standard support on EKS.
 * Source: the release calendar in the EKS user guide ("Understand the Kubernetes version lifecycle on EKS").
 * A version without a date is newer than this table; add its date when AWS has published it.
 */
const STANDARD_SUPPORT_ENDS: Readonly<Record<string, string | undefined>> = {
  "1.35": "2027-03-27",
  "1.36": "2027-08-02",
  "1.37": undefined,
};
const WARNED_DAYS = 60;
const DAY = 86_400_000;

export const KUBERNETES_VERSIONS = Object.keys(STANDARD_SUPPORT_ENDS);

/** The last day of standard support if it is before `today`, else undefined. */
export function endedSupport(version: string, today: Date): string | undefined {
  const end = STANDARD_SUPPORT_ENDS[version];
  return end !== undefined && today > lastMoment(end) ? end : undefined;
}

/** The last day of standard support if it is within 60 days of `today`, else undefined. */
export function endingSupport(version: string, today: Date): string | undefined {
  const end = STANDARD_SUPPORT_ENDS[version];
  if (end === undefined || today > lastMoment(end)) return undefined;
  return Number(lastMoment(end)) - Number(today) <= WARNED_DAYS * DAY ? end : undefined;
}

/** The version to go to: EKS upgrades by one at a time. */
export function nextVersion(version: string): string {
  return KUBERNETES_VERSIONS[KUBERNETES_VERSIONS.indexOf(version) + 1] ?? "NEWER";
}

function lastMoment(day: string): Date {
  return new Date(`${day}T23:59:59Z`);
}
