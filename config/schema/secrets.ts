/**
 * What the offline preview uses for an encrypted value in a stack's config, which it has no key to read. Accepted
 * wherever a secret is, so that the plan of a stack with secrets can be shown.
 */
export const SECRET_PLACEHOLDER = "[secret]";

/** As `SECRET_PLACEHOLDER`, of a value that is encrypted in another way than in the version that it is compared with. */
export const ANOTHER_SECRET = "[another secret]";

/** Whether it stands for an encrypted value. */
export function isSecretPlaceholder(value: unknown): boolean {
  return value === SECRET_PLACEHOLDER || value === ANOTHER_SECRET;
}
