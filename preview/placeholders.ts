/*
 * What stands in a manifest for a value that is not known, or secret: in the form that the API server wants at that
 * place, and easy to see.
 */

const NUMBER =
  /(^port|Port|^number|eplicas|Seconds|^runAsUser|^runAsGroup|^fsGroup|Utilization|Threshold)$/;
const QUANTITY = /^(storage|memory|cpu|ephemeral-storage|sizeLimit)$/;
const PATH = /(^path|Path)$/;
const MAP =
  /^(annotations|data|labels|matchLabels|nodeSelector|parameters|stringData|requests|limits)$/;
const LIST = /^(accessModes|args|command|hosts|mountOptions|rules)$/;

/** Placeholders whose form no rule of the key's name gives. */
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
