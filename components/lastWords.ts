/**
 * What a container said last is why it ended, where it wrote no message of its own: Kubernetes keeps it in the pod's status,
 * from which `pulumi up`, `kubectl describe` and alerts take it. Without this, the status has the exit code alone.
 */
export const lastWords = { terminationMessagePolicy: "FallbackToLogsOnError" } as const;
