import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { brotliDecompressSync, deflateSync, gzipSync } from "node:zlib";
import { read } from "../../src/metrics";
import { AnswerStore, type Held } from "../../src/whole-answers/answer-store";
import { BetterForms, canBeBetter } from "../../src/whole-answers/better-forms";
import { headerOf, type WholeAnswer } from "../../src/whole-answers/request";
import type { Source } from "../../src/whole-answers/source";
import { answerWith } from "../lib/asked-by";
import { until } from "../lib/processes";

const TEXT = Buffer.from(
  Array.from({ length: 200 }, (_, i) => `<p>Paragraph ${i * i} of many</p>`).join("\n"),
);
const HOT = 16;
const source: Source = {
  interface: "pages",
  name: "p:/page",
  holds: () => "yes",
  prove: () => Promise.resolve(),
};

const zipped = (): WholeAnswer =>
  answerWith({ "Content-Encoding": "gzip" }, { body: gzipSync(TEXT) });

/** A store with one answer, and its forms for a client. */
function withAnswer(answer: WholeAnswer, compress = true) {
  const store = new AnswerStore(10_000_000);
  store.put("page", { answer, source });
  const held = store.peek("page") ?? assert.fail();
  return { store, held, forms: new BetterForms(store, compress) };
}

function ask(forms: BetterForms, held: Held, times: number): WholeAnswer {
  let answer = held.answer;
  for (let i = 0; i < times; i++) answer = forms.of(held, ["br", "zstd"]);
  return answer;
}

async function made(held: Held): Promise<void> {
  await until("the form", 10, () => Promise.resolve("br" in held.forms || undefined));
}

describe("better compressed forms", () => {
  for (const [what, answer] of [
    ["gzip", zipped()],
    ["deflate", answerWith({ "Content-Encoding": "deflate" }, { body: deflateSync(TEXT) })],
    ["no compression", answerWith({ "Content-Length": String(TEXT.length) }, { body: TEXT })],
  ] as const)
    it(`of a hot page with ${what}: the same text, smaller, its other headers the same`, async () => {
      const { held, forms } = withAnswer(answer);
      assert.equal(ask(forms, held, HOT), answer, "nobody waits for it");
      await made(held);
      const form = ask(forms, held, 1);
      assert.ok(form.body.length < answer.body.length);
      assert.deepEqual(brotliDecompressSync(form.body), TEXT);
      assert.equal(headerOf(form, "content-encoding"), "br");
      const rest = ({ headers }: WholeAnswer) =>
        headers.filter(([name]) => !/^content-(?:encoding|length)$/i.test(name));
      assert.deepEqual(rest(form), rest(answer));
      assert.equal(form.chunked, true);
      assert.equal(forms.of(held, []), answer, "for a client that takes none of them");
    });

  it("a page that is seldom asked for, or with `compress: false`, stays as it is", () => {
    const { held, forms } = withAnswer(zipped());
    ask(forms, held, HOT - 1);
    assert.deepEqual(held.forms, {});
    const off = withAnswer(zipped(), false);
    ask(off.forms, off.held, 10 * HOT);
    assert.equal(off.held.wanted, 0);
  });

  it("a page that is asked for while its form is made gets it made once", async () => {
    const { store, held, forms } = withAnswer(zipped());
    store.put("other", { answer: zipped(), source });
    const other = store.peek("other") ?? assert.fail();
    const count = (): number =>
      read("next_shared_cache_answers_compressed_total", { encoding: "br", result: "made" });
    const before = count();
    ask(forms, held, HOT);
    for (let i = 0; held.forms.br === undefined && i < 10_000; i++) {
      ask(forms, held, 1);
      await new Promise(setImmediate);
    }
    // its turn comes after all that waits
    ask(forms, other, HOT);
    await made(other);
    assert.equal(count() - before, 2);
  });

  it("what would not be smaller is tried once and given as it is", async () => {
    const answer = answerWith({}, { body: randomBytes(3000) });
    const { held, forms } = withAnswer(answer);
    ask(forms, held, HOT);
    await made(held);
    assert.equal(held.forms.br, null);
    assert.equal(forms.of(held, ["br"]), answer);
  });

  it("what cannot be read is given as it is", async () => {
    const answer = answerWith({ "Content-Encoding": "gzip" }, { body: TEXT });
    const { held, forms } = withAnswer(answer);
    ask(forms, held, HOT);
    await made(held);
    assert.equal(held.forms.br, null);
  });

  it("an answer that was replaced meanwhile gets none", async () => {
    const { store, held, forms } = withAnswer(zipped());
    ask(forms, held, HOT);
    store.put("page", { answer: zipped(), source });
    const next = store.peek("page") ?? assert.fail();
    ask(forms, next, HOT);
    await made(next);
    assert.deepEqual(held.forms, {});
  });

  const body = Buffer.alloc(2000, "x");
  for (const [what, headers, over, expected] of [
    ["a page", {}, { body }, true],
    ["an RSC payload", { "Content-Type": "text/x-component" }, { body }, true],
    ["JSON", { "Content-Type": "application/json" }, { body }, true],
    ["SVG", { "Content-Type": "image/svg+xml" }, { body }, true],
    ["a picture", { "Content-Type": "image/png" }, { body }, false],
    ["a font", { "Content-Type": "font/woff2" }, { body }, false],
    ["a small page", {}, { body: Buffer.alloc(1023, "x") }, false],
    ["a HEAD or a 304", {}, { body: Buffer.alloc(0) }, false],
    ["no-transform", { "Cache-Control": "s-maxage=1, no-transform" }, { body }, false],
    ["a Vary without it", { Vary: "rsc" }, { body }, false],
    ["another encoding", { "Content-Encoding": "br" }, { body }, false],
  ] as const)
    it(`${what}: ${expected ? "may be" : "is left as it is"}`, () =>
      assert.equal(canBeBetter(answerWith(headers, over)), expected));
});
