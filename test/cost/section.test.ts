import * as assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { tableWords } from "../../cost/words";
import { costBetween } from "../../preview/against/cost";
import { costPrinted } from "../../preview/cost";
import { report } from "../../preview/report";
import { committedPrices } from "../../cost/cost";
import { readmeCost, readmeWith } from "../../docs/cost";
import { README } from "../../docs/readme";
import type { Estimate } from "../../cost/estimate";
import type { Plan } from "../../plan/plan";
import { adding, changing, planOfStack } from "../policies/helpers";
import { estimated, tableOf } from "./helpers";

const TODAY = new Date("2026-12-01");
const LATER = new Date("2028-01-01");
const table = tableOf({ "cache.redis.cache.t4g.small": { usd: 0.1 } });

const of = (plan: Plan, config: Readonly<Record<string, string>> = {}) => ({ plan, config });
const withRedis = (plan: Plan, nodes: number) =>
  changing(plan, {
    "ReplicationGroup pages-group": ({ inputs }) => (inputs.numCacheClusters = nodes),
  });

describe("preview --against: the cost", () => {
  it("is what the change adds, part by part", async () => {
    const dev = await planOfStack("dev");
    const section = costBetween(of(withRedis(dev, 2)), of(dev), TODAY, table);
    const { summary = "", lines = [], data, ...more } = section ?? {};
    assert.match(summary, /^about \+\$73 a month \(\$[\d,]+ -> \$[\d,]+\)$/);
    assert.equal(lines[0], "Redis for pages: 1 -> 2 cache.t4g.small, redis, +$73 ($73 -> $146)");
    assert.match(
      lines[1] ?? "",
      /^about \$[\d,]+ a month in eu-west-1 by list prices of 2026-11-29; traffic between zones and requests are never in it$/,
    );
    assert.equal(lines.length, 2);
    const { before, now } = data as Record<"before" | "now", Estimate>;
    assert.equal((now.max - before.max).toFixed(2), "73.00");
    assert.deepEqual([now.region, now.notPriced.length, now.lines.length], ["eu-west-1", 2, 16]);
    const said = { changed: true, quiet: false };
    assert.deepEqual(more, { id: "cost", title: "Cost", danger: "capacity", ...said });
  });

  it("is for other programs alone where the stack costs the same", async () => {
    const dev = await planOfStack("dev");
    const section = costBetween(of(dev), of(dev), TODAY, table);
    assert.match(section?.summary ?? "", /^about \$[\d,]+ a month in eu-west-1/);
    assert.deepEqual([section?.lines, section?.changed, section?.quiet], [[], false, true]);
  });

  it("names what is new and not priced", async () => {
    const dev = await planOfStack("dev");
    const section = costBetween(
      of(adding(dev, "aws:sqs/queue:Queue", "orders", {})),
      of(dev),
      TODAY,
      table,
    );
    const part = "aws:sqs/queue:Queue orders";
    assert.equal(section?.summary, `not compared, for want of a price: ${part}`);
    const [line, cost = ""] = section?.lines ?? [];
    assert.equal(
      line,
      `${part}: none -> not priced: cost/resources.ts does not know what this type costs`,
    );
    assert.ok(/^at least \$[\d,]+ a month in eu-west-1, without /.test(cost), cost);
    assert.ok(cost.includes(`without ${part}, by list prices`), cost);
    assert.equal(section?.changed, true);
  });

  it("is the whole for a new stack, which is compared with nothing", async () => {
    const section = costBetween(of(await planOfStack("dev")), undefined, TODAY, table);
    assert.match(section?.summary ?? "", /^about \$[\d,]+ a month in eu-west-1/);
    assert.equal(section?.changed, false);
  });

  it("follows what the config assumes", async () => {
    const dev = await planOfStack("dev");
    const more = of(dev, { "next-on-eks:usage": JSON.stringify({ natGb: 120 }) });
    const section = costBetween(more, of(dev), TODAY, table);
    assert.equal(
      section?.lines[0],
      "traffic through NAT gateways: 20 -> 120 GB, +$100 ($20 -> $120)",
    );
  });

  it("says nothing of a stack for which AWS bills nothing, and what a move away from AWS saves", async () => {
    const [dev, local] = [await planOfStack("dev"), await planOfStack("local")];
    assert.equal(costBetween(of(local), of(local), TODAY, table), undefined);
    const section = costBetween(of(local), of(dev), TODAY, table);
    assert.match(section?.summary ?? "", /^about -\$[\d,]+ a month \(\$[\d,]+ -> \$0\)$/);
    assert.ok(section?.lines.includes("AWS bills nothing any more"));
  });

  it("warns of prices that are older than a year", async () => {
    const dev = await planOfStack("dev");
    const lines = costBetween(of(withRedis(dev, 2)), of(dev), LATER, table)?.lines ?? [];
    assert.match(
      lines.at(-2) ?? "",
      /^cost\/prices\.json: its prices are of 2026-11-29, 398 days ago/,
    );
    assert.equal(lines.at(-1), "npm run prices");
  });
});

describe("preview: the cost", () => {
  it("is a line of the plan, with the command for the whole, and a warning if prices are old", async () => {
    const plan = await planOfStack("dev");
    const printed = (today: Date) =>
      report(plan, { width: 100, colour: false, cost: costPrinted(of(plan), today, table).lines });
    const fresh =
      /\nCost\n {2}about \$[\d,]+ a month in eu-west-1 by list prices of 2026-11-29; traffic between zones and\n {4}requests are never in it\n {6}npm run preview -- --stack dev --cost\n/;
    assert.match(printed(TODAY), fresh);
    assert.doesNotMatch(printed(TODAY), /days ago/);
    assert.match(printed(LATER), fresh);
    assert.match(
      printed(LATER),
      /\n {2}warning: cost\/prices\.json: its prices are of 2026-11-29, 398 days ago[^]*?\n {6}npm run prices\n/,
    );
  });

  it("is a table by --cost", async () => {
    const printed = costPrinted(of(await planOfStack("dev")), LATER, table).table;
    assert.match(
      printed,
      /^Cost of stack dev\nwarning: cost\/prices\.json[^]*\n {2}total {2,}\$[\d,]+\nAssumed/,
    );
    const local = costPrinted(of(await planOfStack("local")), TODAY, table);
    assert.deepEqual(local, {
      lines: [],
      table:
        "local: no resource of this stack is billed by AWS. Its pods need nodes of a cluster that is not the stack's.\n",
    });
  });
});

describe("README: what it costs", () => {
  const estimates = async () => {
    const [prices, today] = [committedPrices(), new Date(committedPrices().date)];
    const of = async (stack: string) =>
      estimated(await planOfStack(stack), { table: prices, today });
    return { dev: await of("dev"), prod: await of("prod") };
  };

  it("is what the program estimates for the stacks dev and prod", async () => {
    const readme = readFileSync(README, "utf8");
    const now = readmeWith(readme, readmeCost(await estimates()));
    assert.ok(
      readme === now,
      "README's table of costs is not what the program estimates; run: npm run docs",
    );
    assert.ok(
      readme !== readmeWith(readme, readmeCost({ dev: (await estimates()).dev })),
      "the check can fail",
    );
  });

  it("names the region and the day of its prices", async () => {
    const { dev, prod } = await estimates();
    assert.deepEqual([dev.region, prod.region], ["eu-west-1", "eu-west-1"]);
    const told = `A month in eu-west-1 ${tableWords([dev, prod])},\n`;
    assert.ok(told.includes(committedPrices().date));
    assert.ok(readFileSync(README, "utf8").includes(told));
  });

  it("has a place for the table", () => {
    assert.throws(
      () => readmeWith("# nothing", ""),
      /README\.md lacks '<!-- cost: written by npm run docs -->'/,
    );
  });
});
