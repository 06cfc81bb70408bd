/** What is not as a scenario says it; `…` stands for any number of lines. */
export function wrongIn(text: readonly string[], says: string): string | undefined {
  const parts = says
    .trim()
    .split(/^…$/m)
    .map((part) => part.split("\n"));
  let at = 0;
  for (const [index, part] of parts.entries()) {
    const wanted = part.filter((line) => line !== "");
    const found =
      index === 0 ? 0 : text.findIndex((_, from) => from >= at && starts(text, from, wanted));
    if (found === -1 || !starts(text, found, wanted)) return `no such lines:\n${wanted.join("\n")}`;
    at = found + wanted.length;
  }
  const whole = parts.at(-1)?.every((line) => line === "") === true && parts.length > 1;
  return whole || at === text.length ? undefined : `more lines:\n${text.slice(at).join("\n")}`;
}

function starts(text: readonly string[], from: number, lines: readonly string[]): boolean {
  return lines.every((line, index) => text[from + index] === line);
}
