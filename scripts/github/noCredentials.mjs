/*
 * node scripts/github/noCredentials.mjs: what to do where AWS gave no credentials. It reads ROLE, the role's ARN, and ASKED, how many
 * seconds its session was to last.
 */
import { need, script, tell } from "./job.mjs";

await script(import.meta.url, () => {
  const [role = "", seconds] = ["ROLE", "ASKED"].map((name) => need(process.env, name));
  const name = role.split("/").at(-1);
  tell(
    "error",
    `If the step before says that DurationSeconds exceeds MaxSessionDuration: aws iam update-role --role-name ${name} --max-session-duration ${seconds} (or set the variable AWS_SESSION_SECONDS to what the role allows). Else see its trust policy: docs/github-actions.md.`,
    "No credentials of AWS",
  );
});
