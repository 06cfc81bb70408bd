/**
 * What the offline preview uses for an encrypted value in a stack's config, which it has no key to read. Accepted
 * wherever a secret is, so that the plan of a stack with secrets can be shown.
 */
export const SECRET_PLACEHOLDER = "[secret]";
