import { removeCommand, setCommand as set } from "../../../messages/commands";
import type { Rule } from "../../../rules/rule";
import type { ExistingConfig } from "../config";

export const ofAws: readonly Rule<ExistingConfig>[] = [
  {
    id: "build-without-ecr",
    why: "The stack pushes what it builds to its own ECR repository.",
    severity: "error",
    check: ({ app }) =>
      app?.build
        ? {
            key: "app.build",
            message: `'${app.build.context}' would be pushed to ECR, which platform existing does not have.`,
            remedy: set("app.image", "REGISTRY/NAME@sha256:DIGEST"),
          }
        : undefined,
  },
  {
    id: "certificate-of-aws",
    why: "Only AWS load balancers can use ACM certificates.",
    severity: "error",
    check: ({ ingress }) =>
      ingress?.tls?.certificateArn !== undefined
        ? {
            key: "ingress.tls.certificateArn",
            message: `'${ingress.tls.certificateArn}' is from AWS, which platform existing does not use.`,
            remedy: set("ingress.tls.secretName", "SECRET"),
          }
        : undefined,
  },
  {
    id: "zone-of-aws",
    why: "The stack can create DNS records only in Route 53.",
    severity: "error",
    check: ({ ingress }) =>
      ingress?.zone !== undefined
        ? {
            key: "ingress.zone",
            message: `'${ingress.zone}' is in Route 53, which platform existing does not use.`,
            remedy: removeCommand("ingress.zone"),
          }
        : undefined,
  },
  {
    id: "wildcard-of-aws",
    why: "The stack can create DNS records and certificates only in AWS.",
    severity: "error",
    check: ({ ingress }) =>
      ingress?.wildcard
        ? {
            key: "ingress.wildcard",
            message:
              "makes records and a certificate in AWS, which platform existing does not use.",
            remedy: removeCommand("ingress.wildcard"),
          }
        : undefined,
  },
];
