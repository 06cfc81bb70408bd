import type { AwsConfig } from "../config";
import { assumedRoles } from "../../../../model/awsIdentity";
import type { Problem } from "../../../messages/problems";
import { either, removeCommand, setCommand } from "../../../messages/commands";
import type { Rule } from "../../../rules/rule";

/*
 * Keys of the namespace `aws` say how the AWS provider signs in. The Kubernetes provider runs `aws eks get-token`,
 * another program, which must use the same identity: otherwise every Kubernetes step is refused, a quarter of an hour
 * into the `up`. A profile and a single assumed role can be passed on. Keys that cannot are refused; for each there is
 * a variable or a profile setting that both programs read. Source: provider aws, "Authentication and Configuration";
 * AWS CLI, "Environment variables".
 */

interface Instead {
  /** What has the same effect on both programs. */
  readonly words: string;
  /** A profile also works, or is required. */
  readonly profile?: true;
}

const variable = (name: string): Instead => ({ words: `${name} in the environment` });
const variableOrProfile = (name: string): Instead => ({
  words: `${name} in the environment, or a profile in ~/.aws/config`,
  profile: true,
});

/** What to use instead of a key that `aws eks get-token` does not see. */
const UNKNOWN_TO_THE_CLI: Readonly<Record<string, Instead>> = {
  accessKey: variableOrProfile("AWS_ACCESS_KEY_ID"),
  secretKey: variableOrProfile("AWS_SECRET_ACCESS_KEY"),
  token: variableOrProfile("AWS_SESSION_TOKEN"),
  assumeRoleWithWebIdentity: {
    words:
      "AWS_ROLE_ARN and AWS_WEB_IDENTITY_TOKEN_FILE in the environment, as CI systems set them",
  },
  sharedConfigFiles: variable("AWS_CONFIG_FILE"),
  sharedCredentialsFiles: variable("AWS_SHARED_CREDENTIALS_FILE"),
  customCaBundle: variable("AWS_CA_BUNDLE"),
  httpProxy: variable("HTTP_PROXY"),
  httpsProxy: variable("HTTPS_PROXY"),
  noProxy: variable("NO_PROXY"),
  ec2MetadataServiceEndpoint: variable("AWS_EC2_METADATA_SERVICE_ENDPOINT"),
  ec2MetadataServiceEndpointMode: variable("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"),
  useFipsEndpoint: variable("AWS_USE_FIPS_ENDPOINT"),
  useDualstackEndpoint: variable("AWS_USE_DUALSTACK_ENDPOINT"),
  endpoints: variable("AWS_ENDPOINT_URL"),
  insecure: {
    words: "AWS_CA_BUNDLE in the environment, with the certificate that is not trusted",
  },
};
/** Settings of an assumed role that do not change its identity. */
const HARMLESS_OF_A_ROLE = ["roleArn", "sessionName", "duration"];

export const awsProvider: readonly Rule<AwsConfig>[] = [
  {
    id: "provider-keys",
    why: "The Kubernetes provider signs in with `aws eks get-token`, which does not know the AWS provider's keys.",
    severity: "error",
    check: ({ awsKeys }) =>
      Object.entries(UNKNOWN_TO_THE_CLI)
        .filter(([key]) => isSet(awsKeys?.[key]))
        .map(([key, instead]) => refused(key, "is set only for the AWS provider", instead)),
  },
  {
    id: "assumed-role",
    why: "`aws eks get-token` can assume only one role.",
    severity: "error",
    check: ({ awsKeys }) => {
      const roles = assumedRoles(awsKeys ?? {});
      if (roles.length > 1) {
        return refused("assumeRoles", `names ${roles.length} roles, one assumed from the other`, {
          words: "a profile with role_arn and source_profile for each",
          profile: true,
        });
      }
      const [role] = roles;
      if (role !== undefined && (typeof role.roleArn !== "string" || role.roleArn === "")) {
        return {
          ...contradicted("assumeRoles", "names no roleArn"),
          remedy: either(
            setCommand("aws:assumeRoles[0].roleArn", "ARN"),
            removeCommand("aws:assumeRoles"),
          ),
        };
      }
      const more = Object.keys(role ?? {}).find((key) => !HARMLESS_OF_A_ROLE.includes(key));
      return more === undefined
        ? undefined
        : refused("assumeRoles", `has ${more} only for the AWS provider`, {
            words: `a profile with role_arn${more === "externalId" ? ", external_id" : ""} and source_profile`,
            profile: true,
          });
    },
  },
];

/** As the provider reads them: `false` and empty values change nothing. */
function isSet(value: unknown): boolean {
  if (value === undefined || value === null || value === "" || value === false) return false;
  return typeof value === "object" ? Object.keys(value).length > 0 : true;
}

function refused(key: string, what: string, { words, profile }: Instead): Problem {
  const inItsPlace = profile
    ? `Instead use ${words}, named by\n${setCommand("aws:profile", "NAME")}`
    : `Instead use ${words}.`;
  return {
    ...contradicted(key, what),
    remedy: `${removeCommand(`aws:${key}`)}\n${inItsPlace}`,
  };
}

function contradicted(key: string, what: string): Omit<Problem, "remedy"> {
  return {
    key: `aws:${key}`,
    message: `${what}: \`aws eks get-token\`, which signs in to the cluster, would use another identity or none.`,
  };
}
