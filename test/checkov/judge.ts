/*
 * What checkov found against what is waived. Plain functions, so that the suite can show that they find something.
 */

/** A check that an object fails. */
export interface Failed {
  readonly check: string;
  /** What checkov calls the check. */
  readonly asks: string;
  readonly stack: string;
  readonly kind: string;
  readonly name: string;
}

export interface CheckovWaiver {
  readonly check: string;
  /** `STACK KIND NAME`, each of them `*` for any. */
  readonly on: readonly string[];
  readonly reason: string;
}

export interface Report {
  /** How many checks were passed: none means that nothing was looked at. */
  readonly passed: number;
  readonly failed: readonly Failed[];
}

interface RawReport {
  readonly summary: { readonly passed: number; readonly parsing_errors: number };
  readonly results: {
    readonly failed_checks: readonly {
      readonly check_id: string;
      readonly check_name: string;
      /** `Deployment.NAMESPACE.NAME` */
      readonly resource: string;
      /** `/STACK/07-deployment-web.yaml` */
      readonly file_path: string;
    }[];
  };
}

/**
 * Reads `checkov --output json` of a folder that has a folder for each stack.
 * @throws {Error} if checkov could not read a manifest, or looked at none
 */
export function reportOf(json: string): Report {
  const raw = JSON.parse(json) as RawReport | RawReport[];
  const reports = (Array.isArray(raw) ? raw : [raw]).filter(({ summary }) => summary);
  const unread = reports.reduce((sum, { summary }) => sum + summary.parsing_errors, 0);
  if (unread > 0) throw new Error(`checkov could not read ${unread} manifests`);
  if (reports.length === 0) throw new Error(`checkov looked at nothing: ${json.slice(0, 200)}`);
  return {
    passed: reports.reduce((sum, { summary }) => sum + summary.passed, 0),
    failed: reports.flatMap(({ results }) =>
      results.failed_checks.map(({ check_id, check_name, resource, file_path }) => {
        const parts = resource.split(".");
        return {
          check: check_id,
          asks: check_name,
          stack: file_path.split("/")[1] ?? "",
          kind: parts[0] ?? "",
          name: parts.slice(2).join("."),
        };
      }),
    ),
  };
}

/** What nobody has waived, and waivers that nothing needs, in lines. */
export function problemsOf(failed: readonly Failed[], waivers: readonly CheckovWaiver[]): string[] {
  const lines = waivers.flatMap(({ check, on }) => on.map((pattern) => ({ check, pattern })));
  const open = failed.filter(
    (one) => !lines.some(({ check, pattern }) => check === one.check && fits(pattern, one)),
  );
  const unused = lines.filter(
    ({ check, pattern }) => !failed.some((one) => one.check === check && fits(pattern, one)),
  );
  return [
    ...open.map(
      ({ check, asks, stack, kind, name }) =>
        `${check} (${asks}): ${stack} ${kind} ${name}: mend it, or waive it in test/checkov/waivers.yaml with a reason`,
    ),
    ...unused.map(({ check, pattern }) => `the waiver of ${check} on '${pattern}' is not needed`),
    ...waivers
      .filter(({ reason }) => !reason || reason.trim().length < 20)
      .map(({ check }) => `the waiver of ${check} gives no reason`),
  ];
}

function fits(pattern: string, { stack, kind, name }: Failed): boolean {
  const wanted = pattern.split(" ");
  return [stack, kind, name].every((is, index) => wanted[index] === "*" || wanted[index] === is);
}
