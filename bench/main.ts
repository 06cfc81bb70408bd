/**
 * npm run bench -- NAME [--short] [--json FILE] [--docs]
 *
 * `--short`: the main figures in a few minutes. `--docs` puts the figures into docs/benchmarks.md.
 */
import { writeFileSync } from "node:fs";
import { assets } from "./assets";
import { cache } from "./cache";
import { overhead } from "./overhead";
import type { BenchOptions, Result } from "./rows";
import { writeTables } from "./tables";

const BENCHES: Readonly<Record<string, (options: BenchOptions) => Promise<Result>>> = {
  assets: () => assets(),
  cache,
  overhead,
};

async function main(): Promise<void> {
  const name = process.argv[2];
  const bench = name === undefined ? undefined : BENCHES[name];
  if (!bench) {
    console.error(
      `bench "${name ?? ""}" is not known: give one of ${Object.keys(BENCHES).join(", ")}`,
    );
    process.exit(2);
  }
  const result = await bench({ short: process.argv.includes("--short") });
  for (const row of result.rows) {
    const ratio = row.ratio === null ? "" : `  (${row.ratio.toFixed(2)}x of ${row.baseline})`;
    console.log(`${row.figure.padEnd(56)} ${row.value} ${row.unit}${ratio}`);
  }
  const at = process.argv.indexOf("--json");
  const file = at === -1 ? undefined : process.argv[at + 1];
  if (file) writeFileSync(file, JSON.stringify(result, null, 2) + "\n");
  if (process.argv.includes("--docs")) await writeTables(result, new Date());
  process.exit(0);
}

main().catch((cause: unknown) => {
  console.error(cause);
  process.exit(1);
});
