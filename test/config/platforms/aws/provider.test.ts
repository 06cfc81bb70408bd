import * as assert from "node:assert/strict";
import { aws, loadAws, type Groups } from "../../../helpers/configs";
import { refuses, type RuleCase, rm, set } from "../../../helpers/refusals";

const ROLE = "arn:aws:iam::999988887777:role/deploy";
const load = async (others: Groups) => (await loadAws({}, { others })).identity;

describe("the identity of the AWS provider", () => {
  it("is the environment's where the config says nothing", async () => {
    assert.deepEqual(await load({}), {});
    assert.deepEqual(await load({ "aws:profile": "" }), {});
  });

  it("is handed on: a profile, one assumed role", async () => {
    assert.deepEqual(await load({ "aws:profile": "company-prod" }), { profile: "company-prod" });
    assert.deepEqual(await load({ "aws:assumeRoles": [{ roleArn: ROLE }], "aws:profile": "ci" }), {
      profile: "ci",
      roleArn: ROLE,
    });
  });

  it("takes what changes nothing about who it is", async () => {
    const role = { roleArn: ROLE, sessionName: "deploy", duration: "1h" };
    const others = {
      "aws:assumeRoles": [role],
      "aws:defaultTags": { tags: { team: "web" } },
      "aws:allowedAccountIds": ["999988887777"],
      "aws:skipMetadataApiCheck": false,
      "aws:insecure": false,
      "aws:endpoints": [],
      "aws:maxRetries": 3,
    };
    assert.deepEqual(await load(others), { roleArn: ROLE });
  });
});

/** A refusal of a key of the AWS provider. */
const refused = (key: string, value: unknown, what: string, remedy: string): RuleCase => [
  `aws:${key}`,
  {},
  contradicted(key, what, `pulumi config rm --stack test --path 'aws:${key}'\n    ${remedy}`),
  { others: { [`aws:${key}`]: value } },
];
const contradicted = (key: string, what: string, remedy: string) =>
  `  aws:${key}: ${what}: \`aws eks get-token\`, which signs in to the cluster, would use another identity or none.\n    ${remedy}`;
const alone = "is set only for the AWS provider";
const NAMED = "named by\n    pulumi config set --stack test --path 'aws:profile' NAME";
const PROFILE = `a profile in ~/.aws/config, ${NAMED}`;

describe("keys of the AWS provider that the way to the cluster would not know of", () => {
  refuses(aws, [
    refused(
      "accessKey",
      "AKIA",
      alone,
      `Instead use AWS_ACCESS_KEY_ID in the environment, or ${PROFILE}`,
    ),
    refused(
      "secretKey",
      "hidden",
      alone,
      `Instead use AWS_SECRET_ACCESS_KEY in the environment, or ${PROFILE}`,
    ),
    refused(
      "token",
      "hidden",
      alone,
      `Instead use AWS_SESSION_TOKEN in the environment, or ${PROFILE}`,
    ),
    refused(
      "assumeRoleWithWebIdentity",
      { roleArn: ROLE },
      alone,
      "Instead use AWS_ROLE_ARN and AWS_WEB_IDENTITY_TOKEN_FILE in the environment, as CI systems set them.",
    ),
    refused(
      "sharedConfigFiles",
      ["/etc/aws"],
      alone,
      "Instead use AWS_CONFIG_FILE in the environment.",
    ),
    refused(
      "sharedCredentialsFiles",
      ["/etc/aws"],
      alone,
      "Instead use AWS_SHARED_CREDENTIALS_FILE in the environment.",
    ),
    refused("customCaBundle", "/ca.pem", alone, "Instead use AWS_CA_BUNDLE in the environment."),
    refused("httpProxy", "http://p", alone, "Instead use HTTP_PROXY in the environment."),
    refused("httpsProxy", "http://p", alone, "Instead use HTTPS_PROXY in the environment."),
    refused("noProxy", "10.0.0.1", alone, "Instead use NO_PROXY in the environment."),
    refused(
      "ec2MetadataServiceEndpoint",
      "http://m",
      alone,
      "Instead use AWS_EC2_METADATA_SERVICE_ENDPOINT in the environment.",
    ),
    refused(
      "ec2MetadataServiceEndpointMode",
      "IPv6",
      alone,
      "Instead use AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE in the environment.",
    ),
    refused(
      "useFipsEndpoint",
      true,
      alone,
      "Instead use AWS_USE_FIPS_ENDPOINT in the environment.",
    ),
    refused(
      "useDualstackEndpoint",
      true,
      alone,
      "Instead use AWS_USE_DUALSTACK_ENDPOINT in the environment.",
    ),
    refused(
      "endpoints",
      [{ eks: "http://localhost" }],
      alone,
      "Instead use AWS_ENDPOINT_URL in the environment.",
    ),
    refused(
      "insecure",
      true,
      alone,
      "Instead use AWS_CA_BUNDLE in the environment, with the certificate that is not trusted.",
    ),
    refused(
      "assumeRoles",
      [{ roleArn: ROLE }, { roleArn: ROLE }],
      "names 2 roles, one assumed from the other",
      `Instead use a profile with role_arn and source_profile for each, ${NAMED}`,
    ),
    refused(
      "assumeRoles",
      [{ roleArn: ROLE, externalId: "company" }],
      "has externalId only for the AWS provider",
      `Instead use a profile with role_arn, external_id and source_profile, ${NAMED}`,
    ),
    refused(
      "assumeRoles",
      [{ roleArn: ROLE, policyArns: ["arn:aws:iam::aws:policy/ReadOnlyAccess"] }],
      "has policyArns only for the AWS provider",
      `Instead use a profile with role_arn and source_profile, ${NAMED}`,
    ),
    [
      "aws:assumeRoles without a role",
      {},
      contradicted(
        "assumeRoles",
        "names no roleArn",
        `${set("aws:assumeRoles[0].roleArn", "ARN")}\n    or\n    ${rm("aws:assumeRoles")}`,
      ),
      { others: { "aws:assumeRoles": [{ sessionName: "deploy" }] } },
    ],
  ]);
});
