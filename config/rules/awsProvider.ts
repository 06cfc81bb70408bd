import type { AwsConfig } from "../../config";
import { assumedRoles } from "../awsIdentity";
import type { Problem } from "../problems";
import { removeCommand } from "../problems";
import type { Rule } from "./rule";

/*
 * Keys of the namespace `aws` say how the AWS provider signs in. The Kubernetes provider asks `aws eks get-token`, another
 * program, and has to end up as the same identity: else every Kubernetes step is refused, a quarter of an hour into the `up`.
 * A profile and one assumed role can be handed on. What can't is refused; each has a variable or a profile's setting that both
 * programs read. Source: provider aws, "Authentication and Configuration"; AWS CLI, "Environment variables".
 */

const PROFILE = "a profile in ~/.aws/config, and pulumi config set aws:profile NAME";

/** What to use in place of a key that `aws eks get-token` would not know of. */
const UNKNOWN_TO_THE_CLI: Readonly<Record<string, string>> = {
  accessKey: `AWS_ACCESS_KEY_ID in the environment, or ${PROFILE}`,
  secretKey: `AWS_SECRET_ACCESS_KEY in the environment, or ${PROFILE}`,
  token: `AWS_SESSION_TOKEN in the environment, or ${PROFILE}`,
  assumeRoleWithWebIdentity:
    "AWS_ROLE_ARN and AWS_WEB_IDENTITY_TOKEN_FILE in the environment, as CI systems set them",
  sharedConfigFiles: "AWS_CONFIG_FILE in the environment",
  sharedCredentialsFiles: "AWS_SHARED_CREDENTIALS_FILE in the environment",
  customCaBundle: "AWS_CA_BUNDLE in the environment",
  httpProxy: "HTTP_PROXY in the environment",
  httpsProxy: "HTTPS_PROXY in the environment",
  noProxy: "NO_PROXY in the environment",
  ec2MetadataServiceEndpoint: "AWS_EC2_METADATA_SERVICE_ENDPOINT in the environment",
  ec2MetadataServiceEndpointMode: "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE in the environment",
  useFipsEndpoint: "AWS_USE_FIPS_ENDPOINT in the environment",
  useDualstackEndpoint: "AWS_USE_DUALSTACK_ENDPOINT in the environment",
  endpoints: "AWS_ENDPOINT_URL in the environment",
  insecure: "AWS_CA_BUNDLE in the environment, with the certificate that is not trusted",
};
/** Of an assumed role, what changes nothing about who it is. */
const HARMLESS_OF_A_ROLE = ["roleArn", "sessionName", "duration"];

export const awsProvider: Rule<AwsConfig>[] = [
  ({ awsKeys }) =>
    Object.entries(UNKNOWN_TO_THE_CLI)
      .filter(([key]) => isSet(awsKeys?.[key]))
      .map(([key, instead]) =>
        refused(key, "is set for the AWS provider alone", `In its place: ${instead}.`),
      ),
  ({ awsKeys }) => {
    const roles = assumedRoles(awsKeys ?? {});
    if (roles.length > 1) {
      return refused(
        "assumeRoles",
        `names ${roles.length} roles, one assumed from the other`,
        `In its place: a profile with role_arn and source_profile for each, and pulumi config set aws:profile NAME.`,
      );
    }
    const [role] = roles;
    if (role !== undefined && (typeof role.roleArn !== "string" || role.roleArn === "")) {
      return refused(
        "assumeRoles",
        "names no roleArn",
        "pulumi config set --path 'aws:assumeRoles[0].roleArn' ARN",
      );
    }
    const more = Object.keys(role ?? {}).find((key) => !HARMLESS_OF_A_ROLE.includes(key));
    return more === undefined
      ? undefined
      : refused(
          "assumeRoles",
          `has ${more} for the AWS provider alone`,
          `In its place: a profile with role_arn${more === "externalId" ? ", external_id" : ""} and source_profile, and pulumi config set aws:profile NAME.`,
        );
  },
];

/** As the provider takes them: `false` and what is empty change nothing. */
function isSet(value: unknown): boolean {
  if (value === undefined || value === null || value === "" || value === false) return false;
  return typeof value === "object" ? Object.keys(value).length > 0 : true;
}

function refused(key: string, what: string, remedy: string): Problem {
  return {
    key: `aws:${key}`,
    message: `${what}: \`aws eks get-token\`, which signs in to the cluster, would be somebody else or find nothing.`,
    remedy: `${removeCommand(`aws:${key}`)}\n    ${remedy}`,
  };
}
