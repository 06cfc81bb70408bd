/** npm run bench -- NAME --json FILE */
import { writeFileSync } from "node:fs";
import { assets } from "./assets";
import { cache } from "./cache";

export interface Row {
  readonly figure: string;
  readonly value: number;
  readonly unit: string;
  /** What it is compared with in the same run. */
  readonly baseline: number | null;
  readonly ratio: number | null;
}

export interface Result {
  readonly name: string;
  readonly rows: readonly Row[];
  readonly versions: Readonly<Record<string, string>>;
  readonly machine: Readonly<Record<string, string | number>>;
}

const BENCHES: Readonly<Record<string, () => Promise<Result>>> = { assets, cache };

async function main(): Promise<void> {
  const name = process.argv[2];
  const bench = name === undefined ? undefined : BENCHES[name];
  if (!bench) {
    console.error(
      `bench "${name ?? ""}" is not known: give one of ${Object.keys(BENCHES).join(", ")}`,
    );
    process.exit(2);
  }
  const result = await bench();
  for (const row of result.rows) {
    const ratio = row.ratio === null ? "" : `  (${row.ratio.toFixed(2)}x of ${row.baseline})`;
    console.log(`${row.figure.padEnd(44)} ${row.value} ${row.unit}${ratio}`);
  }
  const at = process.argv.indexOf("--json");
  const file = at === -1 ? undefined : process.argv[at + 1];
  if (file) writeFileSync(file, JSON.stringify(result, null, 2) + "\n");
  process.exit(0);
}

main().catch((cause: unknown) => {
  console.error(cause);
  process.exit(1);
});
