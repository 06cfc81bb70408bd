import * as assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../cost/main";
import { pricesIn } from "../../cost/priceList";
import { pricesJson, readPrices } from "../../cost/priceTable";
import { WANTED, type Wanted } from "../../cost/wanted";

/* Lists in the form of AWS's: the form is from its user guide, the values are made up. */

const COLUMNS = [
  "SKU",
  "OfferTermCode",
  "TermType",
  "PriceDescription",
  "StartingRange",
  "PricePerUnit",
  "Currency",
  "serviceCode",
  "Tenancy",
  "CapacityStatus",
  "Cache Engine",
  "Access Type",
  "Transfer Type",
  "To Location",
  "usageType",
  "operation",
];
const HEAD = ['"FormatVersion","v1.0"', '"Publication Date","2027-01-02T00:00:00Z"'];

type Fields = Readonly<Record<string, string>>;

function line(fields: Fields): string {
  const row: Fields = {
    TermType: "OnDemand",
    Currency: "USD",
    StartingRange: "0",
    PriceDescription: 'a "quoted", comma',
    ...fields,
  };
  return COLUMNS.map((column) => `"${(row[column] ?? "").replaceAll('"', '""')}"`).join(",");
}

function list(...rows: Fields[]): string[] {
  return [...HEAD, COLUMNS.map((column) => `"${column}"`).join(","), ...rows.map(line)];
}

async function* asRead(lines: readonly string[]): AsyncGenerator<string> {
  yield* lines;
}

const NAT: Fields = {
  SKU: "A1",
  usageType: "EU-NatGateway-Hours",
  operation: "NatGateway",
  PricePerUnit: "0.0480000000",
};
const wanted = { "nat.hour": WANTED["nat.hour"] as Wanted };
const read = (...rows: Fields[]) => pricesIn(asRead(list(...rows)), wanted);

describe("cost: reading AWS's price list", () => {
  it("finds the price on demand, with its SKU, whatever stands before the usage type for the region", async () => {
    for (const before of ["EU-", "USE1-", "", "eu-west-1-"]) {
      const { prices, missing } = await read({ ...NAT, usageType: `${before}NatGateway-Hours` });
      assert.deepEqual(prices, {
        "nat.hour": { usd: 0.048, unit: "hour", from: "price list", sku: "A1" },
      });
      assert.deepEqual(missing, []);
    }
  });

  it("leaves out other products, terms, tiers, currencies and what is free", async () => {
    const { prices, missing } = await read(
      { ...NAT, usageType: "EU-Outposts-NatGateway-Hours" },
      { ...NAT, usageType: "TS-NatGateway-Hours" },
      { ...NAT, usageType: "EU-NatGateway-Hours-More" },
      { ...NAT, operation: "RegionalNatGateway" },
      { ...NAT, TermType: "Reserved" },
      { ...NAT, StartingRange: "10240" },
      { ...NAT, Currency: "CNY" },
      { ...NAT, PricePerUnit: "0.0000000000" },
    );
    assert.deepEqual(prices, {});
    assert.deepEqual(missing, ["nat.hour"]);
  });

  it("refuses two prices for one product, and takes the same one twice", async () => {
    const twice = await read(NAT, { ...NAT, SKU: "A2" });
    assert.equal(twice.prices["nat.hour"]?.usd, 0.048);
    await assert.rejects(read(NAT, { ...NAT, SKU: "A2", PricePerUnit: "0.05" }), {
      message:
        "two prices for nat.hour: 0.048 (SKU A1) and 0.05 (SKU A2); say in cost/wanted.ts by which columns they differ",
    });
  });

  it("refuses what is no price list, or lacks a column", async () => {
    await assert.rejects(pricesIn(asRead(["<html>"]), wanted), /this is no price list/);
    await assert.rejects(pricesIn(asRead(['"SKU","usageType"']), wanted), {
      message: "the list has no column termtype, startingrange, priceperunit, currency, operation",
    });
  });
});

describe("npm run prices", () => {
  const folder = mkdtempSync(join(tmpdir(), "prices-"));
  const file = join(folder, "prices.json");
  const old = readPrices();
  const REGIONS = Object.keys(old.regions);
  let server: Server;
  let source: string;
  let asked: string[] = [];
  /** The lists of a pretended AWS, in which every price is two dollars. */
  let withhold: string | undefined;
  let broken: string | undefined;

  before(async () => {
    server = createServer(({ url = "" }, response) => {
      asked.push(url);
      const [, service, region] =
        /^\/offers\/v1\.0\/aws\/(\w+)\/current\/([\w-]+)\/index\.csv$/.exec(url) ?? [];
      if (service === undefined || service === broken || region === "eu-nowhere-1") {
        response.statusCode = 403;
        response.end();
        return;
      }
      const rows = Object.entries(WANTED)
        .filter(([name, product]) => product.service === service && name !== withhold)
        .map(([name, { usageType, columns = {} }]) => {
          const named = COLUMNS.map((column) => [
            column,
            columns[column.toLowerCase().replaceAll(" ", "")],
          ]);
          const more = Object.fromEntries(
            named.filter(([, value]) => value !== undefined),
          ) as Fields;
          return { SKU: `SKU-${name}`, usageType: `USE1-${usageType}`, PricePerUnit: "2", ...more };
        });
      response.end(list(...rows).join("\r\n"));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    source = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  beforeEach(() => {
    asked = [];
    withhold = broken = undefined;
    writeFileSync(file, pricesJson(old));
  });
  after(() => {
    server.close();
    server.closeAllConnections();
    rmSync(folder, { recursive: true });
  });

  async function told(...args: string[]): Promise<string[]> {
    const lines: string[] = [];
    await run(
      ["--source", source, "--file", file, ...args],
      new Date("2027-01-03T10:00:00Z"),
      (text) => lines.push(text),
    );
    return lines;
  }
  const unchanged = () => assert.equal(readFileSync(file, "utf8"), pricesJson(old));

  it("writes a table in which every price is from the list, with SKU, and today's date", async () => {
    const lines = await told();
    const { date, regions } = readPrices(file);
    assert.equal(date, "2027-01-03");
    assert.deepEqual(Object.keys(regions), Object.keys(old.regions));
    for (const prices of Object.values(regions)) {
      assert.deepEqual(Object.keys(prices), Object.keys(WANTED));
      for (const [name, price] of Object.entries(prices)) {
        const unit = WANTED[name]?.unit;
        assert.deepEqual(price, { usd: 2, unit, from: "price list", sku: `SKU-${name}` });
      }
    }
    const services = new Set(Object.values(WANTED).map(({ service }) => service));
    assert.equal(services.size, 11);
    assert.equal(asked.length, services.size * 2, "each list of each region once");
    assert.equal(lines[0], "AmazonEKS in us-east-1: 0.0 MB");
    assert.equal(
      lines.at(-1),
      `${file} has the prices of 2027-01-03 for us-east-1, eu-west-1. Next: npm run docs`,
    );
  });

  it("adds a region", async () => {
    await told("--region", "eu-north-1");
    assert.deepEqual(Object.keys(readPrices(file).regions), [
      "us-east-1",
      "eu-west-1",
      "eu-north-1",
    ]);
  });

  const words = (name: string, ...regions: readonly string[]) => ({
    message:
      "Not read from AWS's lists:\n" +
      regions.map((region) => `  ${name.replaceAll("REGION", region)}\n`).join("") +
      'They keep the price that the table had; without one, what needs it is "not priced". If AWS names them otherwise, correct cost/wanted.ts.',
  });

  it("names a price that a list lacks, keeps the old one, and writes the others", async () => {
    withhold = "node.r6a.2xlarge";
    const name = "node.r6a.2xlarge in REGION (AmazonEC2, BoxUsage:r6a.2xlarge)";
    await assert.rejects(told("--region", "eu-north-1"), words(name, ...REGIONS, "eu-north-1"));
    const { date, regions } = readPrices(file);
    assert.deepEqual(
      regions["eu-west-1"]?.["node.r6a.2xlarge"],
      old.regions["eu-west-1"]?.["node.r6a.2xlarge"],
    );
    assert.equal(regions["eu-west-1"]?.["nat.hour"]?.usd, 2);
    assert.equal(regions["eu-north-1"]?.["node.r6a.2xlarge"], undefined);
    assert.equal(date, "2027-01-03");
  });

  it("keeps its day with a price that was read from a list on it", async () => {
    await told();
    withhold = "nat.hour";
    const lines: string[] = [];
    await assert.rejects(
      run(["--source", source, "--file", file], new Date("2028-02-01"), (it) => lines.push(it)),
      words("nat.hour in REGION (AmazonEC2, NatGateway-Hours)", ...REGIONS),
    );
    assert.equal(readPrices(file).date, "2027-01-03");
  });

  it("reads the list of EC2 after all others, and keeps their prices if it cannot be read", async () => {
    broken = "AmazonEC2";
    await assert.rejects(
      told(),
      /\n {2}AmazonEC2 in us-east-1: .*: HTTP 403;.*\n {2}AmazonEC2 in eu-west-1: /,
    );
    assert.deepEqual(
      asked.map((url) => url.includes("/AmazonEC2/")),
      asked.map((_, index) => index >= asked.length - 2),
    );
    const { "eks.cluster": cluster, "nat.hour": nat } = readPrices(file).regions["eu-west-1"] ?? {};
    assert.deepEqual([cluster?.usd, nat], [2, old.regions["eu-west-1"]?.["nat.hour"]]);
  });

  it("reads no list to its end that is too long", async () => {
    await assert.rejects(
      told("--most-mb", "0.0001"),
      /^Error: AmazonEKS in us-east-1: .*longer than 0\.0001 MB; --most-mb NUMBER allows more$/,
    );
    unchanged();
  });

  it("says what is wrong with a region, a source and an option", async () => {
    await assert.rejects(
      told("--region", "eu-nowhere-1"),
      /eu-nowhere-1.*HTTP 403; is 'eu-nowhere-1' the name of a region\?/,
    );
    await assert.rejects(
      told("--source", "http://127.0.0.1:9"),
      /AmazonEKS in us-east-1: http:\/\/127\.0\.0\.1:9\/.*: .*(ECONNREFUSED|bad port)/,
    );
    await assert.rejects(
      told("--most-mb", "much"),
      /--most-mb: 'much' is refused: expected a number of MB/,
    );
    await assert.rejects(told("--wrong"), {
      message: "Unknown option '--wrong'; npm run prices -- --help lists all options.",
    });
    await assert.rejects(
      told("eu-central-1"),
      /'eu-central-1'; npm hands on only options behind --;/,
    );
    const missing = join(folder, "none.json");
    await assert.rejects(
      told("--file", missing),
      /--file: '.*none\.json' is refused: expected a table such as cost\/prices\.json \(ENOENT/,
    );
    unchanged();
  });

  it("explains itself, with what it downloads", async () => {
    const [usage = ""] = await told("--help");
    assert.match(usage, /^Renews cost\/prices\.json/);
    assert.match(usage, /That of EC2 has several hundred MB/);
    assert.deepEqual(asked, []);
  });
});
