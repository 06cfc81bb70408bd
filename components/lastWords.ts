/**
 * If a container wrote no termination message, its last log lines say why it ended: Kubernetes keeps them in the pod's
 * status, where `pulumi up`, `kubectl describe` and alerts find them. Without this, the status has only the exit code.
 */
export const lastWords = { terminationMessagePolicy: "FallbackToLogsOnError" } as const;
