/* Amounts as Kubernetes writes them. Source: Kubernetes API reference, Quantity. */

const SUFFIXES: Readonly<Record<string, number>> = {
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
};
/** More than nothing: `5Gi`, `0.5Ti`, `1000`. */
export const QUANTITY = /^(?=.*[1-9])([0-9]+(?:\.[0-9]+)?)(Ki|Mi|Gi|Ti|Pi|k|M|G|T|P)?$/;

/** @param amount what `QUANTITY` matches */
export function bytesOf(amount: string): number {
  const [, number = "", suffix = ""] = QUANTITY.exec(amount) ?? [];
  return Number(number) * (SUFFIXES[suffix] ?? 1);
}

/**
 * CPU in thousandths of a core.
 * @param amount as the config checks it: `500m`, `0.5`, `2`
 */
export function milliCores(amount: string): number {
  return amount.endsWith("m") ? Number.parseInt(amount, 10) : Math.ceil(Number(amount) * 1000);
}
