import { shortType } from "../plan/typeNames";
import type { Findings, PolicyFinding } from "../policies/findings";

/* What rules found, in words. */

/** `https (warning): Ingress site serves shop.example.com by plain HTTP.` */
function findingLine({ rule, severity, resource, message }: PolicyFinding): string {
  const kind = shortType(resource.type).split(".").at(-1) ?? "";
  return `${rule} (${severity}): ${kind} ${resource.name}: ${message}`;
}

/** Each finding in lines of its own, and below it the remedy: once for all that one remedy is for. */
export function findingLines(findings: readonly PolicyFinding[]): string[][] {
  return findings.map((finding, index) => {
    const { remedy } = finding;
    const isLast = findings[index + 1]?.remedy !== remedy;
    const lines = remedy.split("\n").map((line) => `    ${line}`);
    return [findingLine(finding), ...(isLast ? lines : [])];
  });
}

/**
 * `1 error, 2 warnings`; empty if there is nothing
 * @param told how many warnings the config has told beside the findings
 */
export function countsOf(findings: readonly PolicyFinding[], told = 0): string {
  const count = (severity: PolicyFinding["severity"]) =>
    findings.filter((it) => it.severity === severity).length;
  return (
    [
      ["error", count("error")],
      ["warning", count("warning") + told],
    ] as const
  )
    .filter(([, count]) => count > 0)
    .map(([severity, count]) => `${count} ${severity}${count === 1 ? "" : "s"}`)
    .join(", ");
}

/** What waivers allow, and those that nothing needs. */
export function waiverLines({ waived, unused }: Findings): string[] {
  const rules = [...new Set(waived.map(({ rule }) => rule))];
  return [
    ...(waived.length > 0
      ? [
          `${waived.length === 1 ? "1 finding is" : `${waived.length} findings are`} waived (${rules.join(", ")})`,
        ]
      : []),
    ...unused.map((rule) => `the waiver of ${rule} is not needed: nothing breaks that rule`),
  ];
}
