/** A value as a shell reads it, in quotes if needed; on one line, because messages indent their lines. */
export function shellWord(value: unknown): string {
  const text = String(value);
  if (/^[\w@%+=:,./-]+$/.test(text)) return text;
  if (/[\n\r]/.test(text)) {
    const escaped = text.replace(/[\\']/g, "\\$&").replaceAll("\n", "\\n").replaceAll("\r", "\\r");
    return `$'${escaped}'`;
  }
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
