/*
 * The placeholder in a manifest for an unknown or secret value: in the form that the API server expects there, and easy
 * to see.
 */

const NUMBER =
  /(^port|Port|^number|eplicas|Seconds|^runAsUser|^runAsGroup|^fsGroup|Utilization|Threshold)$/;
const QUANTITY = /^(storage|memory|cpu|ephemeral-storage|sizeLimit)$/;
const PATH = /(^path|Path)$/;
const MAP =
  /^(annotations|data|labels|matchLabels|nodeSelector|parameters|stringData|requests|limits)$/;
const LIST = /^(accessModes|args|command|hosts|mountOptions|rules)$/;

/** Placeholders whose form does not follow from the key's name. */
const BY_KEY: Readonly<Record<string, unknown>> = {
  fileSystemId: "fs-computed",
  nodePort: 30_000,
  volumeHandle: "fs-computed::fsap-computed",
};

/**
 * @param key the field that the value belongs to
 * @param word `computed` or `secret`
 */
export function placeholder(key: string, word: string): unknown {
  if (key in BY_KEY) return BY_KEY[key];
  if (NUMBER.test(key)) return 1;
  if (QUANTITY.test(key)) return "1Gi";
  if (PATH.test(key)) return `/${word}`;
  if (MAP.test(key)) return { [word]: word };
  if (LIST.test(key)) return [word];
  return word;
}
