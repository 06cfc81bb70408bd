/** A copy of all of them in memory of its own: a part of a larger buffer (Node's pool) would keep all of that in memory. */
export function ownCopy(chunks: readonly Buffer[]): Buffer {
  const whole = Buffer.allocUnsafeSlow(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) at += chunk.copy(whole, at);
  return whole;
}
