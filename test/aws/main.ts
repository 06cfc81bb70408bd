/**
 * npm run test:aws [-- --full] [--docs] [--only TEXT] [--but TEXT]...
 *
 * The stacks dev and prod in the real Pulumi CLI, against the AWS account that the environment offers. Without
 * arguments what CI runs; `--full`: everything; `--docs`: that too, and the tables are written to docs/aws.md. `--only`
 * runs the tests with that text in their names, `--but` those with none of its texts: beside each other where each has an
 * account.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { literal } from "../../model/literal";
import { tables, writeDocs } from "./report";
import { missing, settings } from "./settings";

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      full: { type: "boolean" },
      docs: { type: "boolean" },
      only: { type: "string" },
      but: { type: "string", multiple: true },
    },
  });
  if (values.only !== undefined && values.but !== undefined) {
    console.error("test:aws takes --only or --but, not both");
    return 1;
  }
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
        // Elsewhere a test names what only a pretend account can do, and is skipped.
        ...(settings.events === undefined ? [] : ["--forbid-pending"]),
        ...(values.only === undefined ? [] : ["--fgrep", values.only]),
        ...(values.but === undefined ? [] : ["--grep", anyOf(values.but), "--invert"]),
      ],
      {
        stdio: "inherit",
        env: {
          ...process.env,
          SUITE: "aws",
          TEST_AWS_REPORT: rows,
          ...((values.full === true || values.docs === true) && { TEST_AWS_FULL: "1" }),
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

/** A pattern of mocha for any of some texts. */
function anyOf(texts: readonly string[]): string {
  return texts.map(literal).join("|");
}

void main().then((code) => (process.exitCode = code));
