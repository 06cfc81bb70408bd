import { cpus, totalmem } from "node:os";

/** What figures were measured on. */
export function machine(): Readonly<Record<string, string | number>> {
  return {
    cpus: cpus().length,
    model: cpus()[0]?.model ?? "",
    memoryGiB: Math.round(totalmem() / 2 ** 30),
  };
}
