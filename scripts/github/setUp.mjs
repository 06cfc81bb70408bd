/*
 * node scripts/github/setUp.mjs: whether the job's environment has what `pulumi` needs, as the output `ready`, which is 'true' or not
 * there. A new repository has nothing of it, and its jobs end with a notice. It reads
 *   ENVIRONMENT, WHAT     for the notice: the environment's name, and what is not done
 *   ROLE_NAME, ROLE       name and value of the variable with the role in AWS
 *   STATE                 where the state is; empty: neither PULUMI_BACKEND_URL nor PULUMI_ACCESS_TOKEN is set
 *   SECRET                whether there is a secret of Pulumi's: a run of Dependabot's has the environment's variables, and other secrets
 */
import { need, output, script, tell } from "./job.mjs";

const DEPENDABOT = "dependabot[bot]";
const OF_DEPENDABOT =
  "Dependabot's runs have secrets of their own: PULUMI_CONFIG_PASSPHRASE or PULUMI_ACCESS_TOKEN is not among them (Settings, Secrets and variables, Dependabot). docs/pull-requests.md";

await script(import.meta.url, () => {
  const { env } = process;
  const [environment, what, role] = ["ENVIRONMENT", "WHAT", "ROLE_NAME"].map((name) =>
    need(env, name),
  );
  const missing = [
    ...(env.ROLE ? [] : [role]),
    ...(env.STATE ? [] : ["PULUMI_BACKEND_URL or PULUMI_ACCESS_TOKEN"]),
  ];
  if (missing.length > 0) {
    const text = `The environment '${environment}' has no ${missing.join(", and no ")}: see docs/github-actions.md.`;
    return tell("notice", text, what);
  }
  if (env.GITHUB_ACTOR === DEPENDABOT && env.SECRET === "")
    return tell("notice", OF_DEPENDABOT, what);
  output(env, "ready", "true");
});
