/**
 * What the offline preview puts where a stack's config holds an encrypted value: it has no key to read it.
 * Accepted wherever a secret is, so that the plan of a stack with secrets can be shown.
 */
export const SECRET_PLACEHOLDER = "[secret]";
