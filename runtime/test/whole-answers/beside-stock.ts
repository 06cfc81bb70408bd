import assert from "node:assert/strict";
import { exchange } from "../lib/exchange";
import type { Built } from "../lib/next";
import type { Suite } from "../lib/suite";
import { FORMS, GZIP, KEPT, OTHER_STATUSES } from "./equality";
import { answer, asked, asRouterAsks, givenBy, type Pods, type Sent } from "./servers";
import { buildIdOf, common, dataPath } from "./stock";

/** Everything that is kept of the fixture `router`, as the one and the other build name it. */
export function allKept(mine: Built, stocks: Built): readonly (readonly [string, string])[] {
  const pages = [...KEPT, ...OTHER_STATUSES].map((page) => [page, page] as const);
  return [...pages, [dataPath(mine), dataPath(stocks)] as const];
}

/** Stock Next.js beside the package: the same requests, and what both builds have in common of the answers. */
export async function besideStock(suite: Suite, name: string, pods: Pods): Promise<void> {
  const { on, stock, built, builtStock } = pods;
  await suite.check(`${name}: beside stock Next.js: status, headers and body`, async () => {
    assert.ok(stock && builtStock);
    const [mine, theirs] = [buildIdOf(built), buildIdOf(builtStock)];
    let asks = 0;
    const count = await givenBy(on, async () => {
      for (const [form, headers] of Object.entries(FORMS))
        for (const [method, version] of [
          ["GET", "1.1"],
          ["HEAD", "1.1"],
          ["GET", "1.0"],
        ] as const)
          for (const [page, stocks] of allKept(built, builtStock)) {
            const ofStock: string = await asRouterAsks(stock, stocks, headers);
            const path: string = ofStock.replace(stocks, page);
            // the first one may render it
            await answer(on, path, headers, method, version);
            await answer(stock, ofStock, headers, method, version);
            const expected = common(await answer(stock, ofStock, headers, method, version), theirs);
            for (let i = 0; i < 4; i++, asks++) {
              const got = common(await answer(on, path, headers, method, version), mine);
              assert.deepEqual(got, expected, `${method} ${version} ${path} ${form}, ${i}`);
            }
          }
    });
    console.log(`        ${count} of ${asks} from memory`);
    assert.ok(count >= asks / 2, `${count} of ${asks} are from memory`);
  });

  await suite.check(`${name}: beside stock Next.js, pipelined on one connection`, async () => {
    assert.ok(stock && builtStock);
    const keep = { ...GZIP, Connection: "keep-alive" };
    const [mine, theirs] = [buildIdOf(built), buildIdOf(builtStock)];
    const all = [...allKept(built, builtStock), ...allKept(built, builtStock)];
    const pipe = (paths: readonly string[]): string =>
      paths.map((path, at) => asked(path, at < paths.length - 1 ? keep : GZIP)).join("");
    const methods = all.map(() => "GET");
    const [ours, stocks] = [pipe(all.map(([path]) => path)), pipe(all.map(([, path]) => path))];
    const count = await givenBy(on, async () => {
      for (let i = 0; i < 4; i++) {
        const got = await exchange(on.port, ours, methods);
        const expected = await exchange(stock.port, stocks, methods);
        assert.deepEqual(
          got.map((one) => common(one, mine)),
          expected.map((one) => common(one, theirs)),
        );
      }
    });
    assert.ok(count >= 2 * all.length, `${count} of ${4 * all.length} are from memory`);
  });

  await suite.check(`${name}: (control) the comparison with stock sees what differs`, async () => {
    assert.ok(stock && builtStock);
    const [mine, theirs] = [buildIdOf(built), buildIdOf(builtStock)];
    const of = async (path: string, headers: Sent, method = "GET"): Promise<unknown> =>
      common(await answer(on, path, headers, method), mine);
    const expected = common(await answer(stock, "/tagged/one", GZIP), theirs);
    assert.deepEqual(await of("/tagged/one", GZIP), expected);
    for (const [path, headers, method] of [
      ["/special/shared", GZIP, "GET"],
      ["/special/gone", GZIP, "GET"],
      ["/tagged/one", {}, "GET"],
      ["/tagged/one", GZIP, "HEAD"],
      ["/tagged/one", { ...GZIP, RSC: "1" }, "GET"],
    ] as const)
      assert.notDeepEqual(await of(path, headers, method), expected, path);
  });
}

/** Before anything else is asked: the first answers too, of what is prerendered and of what is rendered for them. */
export async function firstAnswers(suite: Suite, name: string, pods: Pods): Promise<void> {
  const { on, stock, built, builtStock } = pods;
  await suite.check(`${name}: the first answers, beside stock Next.js`, async () => {
    assert.ok(stock && builtStock);
    const [mine, theirs] = [buildIdOf(built), buildIdOf(builtStock)];
    const rendered = new Set<string>();
    for (const [page, stocks] of allKept(built, builtStock))
      for (let i = 0; i < 4; i++) {
        const got = common(await answer(on, page, GZIP), mine);
        const expected = common(await answer(stock, stocks, GZIP), theirs);
        assert.deepEqual(got, expected, `${page}, ${i}`);
        const state = expected.headers.find(([it]) => it === "x-nextjs-cache")?.[1];
        if (i === 0) rendered.add(state ?? "none");
      }
    assert.ok(rendered.has("MISS") && rendered.has("HIT"), `(control) ${[...rendered].join()}`);
  });
}
