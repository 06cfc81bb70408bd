/**
 * Why the arguments of a command are refused, in one sentence without its full stop.
 * @param error what `parseArgs` of Node.js threw
 */
export function badArguments(error: unknown): string {
  const reason = (error as Error).message.split(/\. |\n/)[0]?.replace(/\.$/, "") ?? "";
  // Without the two hyphens npm keeps `--stack` of `npm run preview --stack prod` for itself and hands on `prod`.
  const hint = "; npm hands on only options behind --";
  return reason.startsWith("Unexpected argument") ? reason + hint : reason;
}
