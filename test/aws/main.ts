/**
 * npm run test:aws [-- --full] [--docs] [--only TEXT]
 *
 * The stacks dev and prod in the real Pulumi CLI, against the AWS account that the environment offers. Without
 * arguments what CI runs; `--full`: everything; `--docs` writes the tables to docs/aws.md as well.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { tables, writeDocs } from "./report";
import { missing, settings } from "./settings";

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      full: { type: "boolean" },
      docs: { type: "boolean" },
      only: { type: "string" },
    },
  });
  const lacking = missing();
  if (lacking.length > 0) {
    console.error(`test:aws cannot run:\n  ${lacking.join("\n  ")}`);
    return 1;
  }
  const folder = mkdtempSync(join(tmpdir(), "next-on-eks-aws-"));
  const rows = join(folder, "rows.jsonl");
  try {
    const { status } = spawnSync(
      process.execPath,
      [
        require.resolve("mocha/bin/mocha.js"),
        ...["--config", join(__dirname, "mocharc.json")],
        // Elsewhere a test names what only a pretend account can do, and is skipped.
        ...(settings.events === undefined ? [] : ["--forbid-pending"]),
        ...(values.only === undefined ? [] : ["--grep", values.only]),
      ],
      {
        stdio: "inherit",
        env: {
          ...process.env,
          TEST_AWS_REPORT: rows,
          ...(values.full === true && { TEST_AWS_FULL: "1" }),
        },
      },
    );
    const found = tables(rows);
    for (const [title, table] of found) console.log(`\n${title}\n\n${table}`);
    if (values.docs === true && status === 0) await writeDocs(found);
    return status ?? 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

void main().then((code) => (process.exitCode = code));
