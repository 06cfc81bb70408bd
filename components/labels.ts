/** The labels that select the pods of one workload. Immutable once a Deployment exists. */
export function selectorLabels(name: string): Record<string, string> {
  return { "app.kubernetes.io/name": name };
}

/** The labels of every object of a workload. Source: Kubernetes' recommended labels. */
export function objectLabels(name: string): Record<string, string> {
  return { ...selectorLabels(name), "app.kubernetes.io/part-of": "next-on-eks" };
}
