import type { AwsIdentity } from "../model/awsIdentity";

export interface KubeconfigArgs {
  readonly clusterName: string;
  readonly region: string;
  /** URL of the API server. */
  readonly endpoint: string;
  /** Certificate of its authority, in base64. */
  readonly certificateAuthority: string;
  readonly identity: AwsIdentity;
}

/**
 * A kubeconfig, as JSON, whose tokens come from the AWS CLI. Without an identity it uses that of whoever runs it: the
 * same credentials in the environment, or the same AWS_PROFILE, that the AWS provider finds.
 */
export function kubeconfigJson(args: KubeconfigArgs): string {
  const { clusterName, region, endpoint, certificateAuthority, identity } = args;
  const name = "eks";
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": name,
    clusters: [
      {
        name,
        cluster: { server: endpoint, "certificate-authority-data": certificateAuthority },
      },
    ],
    contexts: [{ name, context: { cluster: name, user: name } }],
    users: [
      {
        name,
        user: {
          exec: {
            apiVersion: "client.authentication.k8s.io/v1beta1",
            command: "aws",
            args: [
              "eks",
              "get-token",
              ...["--cluster-name", clusterName],
              ...["--region", region],
              ...["--output", "json"],
              ...(identity.roleArn === undefined ? [] : ["--role-arn", identity.roleArn]),
              // Not through AWS_PROFILE: keys in the environment take precedence over it, while the AWS provider
              // prefers the profile. Source: AWS CLI, "Configuration and credential precedence"; AWS SDK for Go v2, its
              // config's credentials.
              ...(identity.profile === undefined ? [] : ["--profile", identity.profile]),
            ],
            // It must never prompt: that would hang an `up`.
            interactiveMode: "Never",
          },
        },
      },
    ],
  });
}
