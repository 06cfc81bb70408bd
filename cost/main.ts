import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { badArguments } from "../model/badArguments";
import { AWS_LISTS, download } from "./download";
import { PRICES_FILE, pricesJson, readPrices, type PriceTable } from "./priceTable";
import { renewed } from "./renew";

const USAGE = `Renews cost/prices.json from AWS's public price lists. No account is needed.

Usage: npm run prices -- [options]

  --region NAME       also adds the prices of this region
  --source URL        where the lists are (default: ${AWS_LISTS})
  --most-mb NUMBER    gives up on a list that is longer (default: 1000)
  --file FILE         the table (default: cost/prices.json)
  --help

For each region it reads one list of each of eleven services, line by line, and keeps some tens of prices.
That of EC2 has several hundred MB and is read last; the others have some MB each.
What a list does not have, it names, and keeps the price that the table has; the exit code is then 1.
`;

/**
 * @param today the day that the table has from then on
 * @param tell told what is read and written, line by line
 * @throws {Error} in words for the user; they say whether the table is as it was
 */
export async function run(
  args: string[],
  today: Date,
  tell: (line: string) => void,
): Promise<void> {
  const options = readOptions(args);
  if (options.help) return tell(USAGE.trimEnd());
  const old = readTable(options.file);
  const mostMb = Number(options["most-mb"]);
  if (!(mostMb > 0)) {
    throw new Error(`--most-mb: '${options["most-mb"]}' is refused: expected a number of MB.`);
  }
  const more = options.region === undefined ? [] : [options.region];
  const regions = [...new Set([...Object.keys(old.regions), ...more])];
  const open = download({ source: options.source, mostMb, tell });
  const { table, missing } = await renewed(old, regions, open, today);
  writeFileSync(options.file, pricesJson(table));
  tell(
    `${options.file} has the prices of ${table.date} for ${regions.join(", ")}. Next: npm run docs`,
  );
  if (missing.length === 0) return;
  throw new Error(
    `Not read from AWS's lists:\n  ${missing.join("\n  ")}\n` +
      'They keep the price that the table had; without one, what needs it is "not priced". If AWS names them otherwise, correct cost/wanted.ts.',
  );
}

function readOptions(args: string[]) {
  try {
    const { values } = parseArgs({
      args,
      options: {
        region: { type: "string" },
        source: { type: "string", default: AWS_LISTS },
        "most-mb": { type: "string", default: "1000" },
        file: { type: "string", default: PRICES_FILE },
        help: { type: "boolean", default: false },
      },
    });
    return values;
  } catch (error) {
    throw new Error(`${badArguments(error)}; npm run prices -- --help lists all options.`, {
      cause: error,
    });
  }
}

function readTable(file: string): PriceTable {
  try {
    return readPrices(file);
  } catch (error) {
    throw new Error(
      `--file: '${file}' is refused: expected a table such as cost/prices.json (${(error as Error).message}).`,
      { cause: error },
    );
  }
}

if (require.main === module) {
  const tell = (line: string) => void process.stdout.write(`${line}\n`);
  run(process.argv.slice(2), new Date(), tell).catch((error: unknown) => {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exitCode = 1;
  });
}
