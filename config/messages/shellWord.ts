/** A value as a shell takes it, in quotes where it needs them; on one line, since a message indents its lines. */
export function shellWord(value: unknown): string {
  const text = String(value);
  if (/^[\w@%+=:,./-]+$/.test(text)) return text;
  if (/[\n\r]/.test(text)) {
    const escaped = text.replace(/[\\']/g, "\\$&").replaceAll("\n", "\\n").replaceAll("\r", "\\r");
    return `$'${escaped}'`;
  }
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
