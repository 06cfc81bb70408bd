/** Programs that messages tell to run. */
const BY_PROGRAM = /^(aws|docker|git|grep|helm|kubectl|node|npm|npx|pulumi) [^:]/;

/** Whether a line of a message is a command for a shell: it stays on one line, so that it can be pasted. */
export function isCommand(line: string): boolean {
  return BY_PROGRAM.test(line);
}
