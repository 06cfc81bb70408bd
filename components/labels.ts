import * as pulumi from "@pulumi/pulumi";
import { OWNER } from "../model/project";

/** The labels that select the pods of one workload. Immutable once a Deployment exists. */
export function selectorLabels(name: string): Record<string, string> {
  return { "app.kubernetes.io/name": name };
}

/** The labels of every object of a workload. Source: Kubernetes' recommended labels. */
export function objectLabels(name: string): Record<string, string> {
  return { ...selectorLabels(name), "app.kubernetes.io/part-of": "next-on-eks" };
}

/** The name of this stack among others of the project. */
export function ownerName(): string {
  return `${pulumi.getOrganization()}/${pulumi.getStack()}`;
}

/** For objects that two stacks could both claim. */
export function ownerAnnotation(): Record<string, string> {
  return { [OWNER]: ownerName() };
}
