import assert from "node:assert/strict";
import { AnswerStore, type KeptAnswer } from "../../src/whole-answers/answer-store";
import { SeenOnce } from "../../src/whole-answers/seen-once";
import { answerWith } from "../lib/asked-by";

describe("whole answers in memory", () => {
  const kept = (bytes = 5000): KeptAnswer => ({
    answer: answerWith({}, { body: Buffer.alloc(bytes) }),
    source: {
      interface: "pages",
      name: "p:/page",
      holds: () => "yes",
      prove: () => Promise.resolve(),
    },
  });
  const LIMIT = 1_000_000;

  it("bounded: no more bytes than the limit, however many come and are used", () => {
    const store = new AnswerStore(LIMIT);
    for (let i = 0; i < 5000; i++) {
      store.put(`key ${i}`, kept());
      if (i % 2 === 0) store.touch(`key ${i}`);
      assert.ok(store.bytes <= LIMIT, `${store.bytes} bytes after ${i}`);
    }
    assert.ok(store.bytes > LIMIT * 0.9);
    assert.ok(store.size < 200, `${store.size} answers`);
  });

  it("a flood of queries that nobody repeats leaves the pages alone that many ask for", () => {
    const store = new AnswerStore(LIMIT);
    for (let i = 0; i < 100; i++) {
      store.put(`hot ${i}`, kept());
      store.touch(`hot ${i}`);
    }
    for (let i = 0; i < 10_000; i++) store.put(`made up ${i}`, kept());
    for (let i = 0; i < 100; i++) assert.ok(store.peek(`hot ${i}`), `hot ${i}`);
  });

  it("(control) pages that nobody used again are pushed out by it", () => {
    const store = new AnswerStore(LIMIT);
    store.put("once", kept());
    for (let i = 0; i < 1000; i++) store.put(`made up ${i}`, kept());
    assert.equal(store.peek("once"), undefined);
  });

  it("the one goes first that was not asked for the longest", () => {
    const store = new AnswerStore(LIMIT);
    for (let i = 0; i < 100; i++) {
      store.put(`page ${i}`, kept());
      store.touch(`page ${i}`);
    }
    store.touch("page 0");
    for (let i = 0; i < 60; i++) {
      store.put(`new ${i}`, kept());
      store.touch(`new ${i}`);
    }
    assert.ok(store.peek("page 0"));
    assert.equal(store.peek("page 1"), undefined);
  });

  it("compressed forms count too, are made once, and go with their answer", () => {
    const store = new AnswerStore(LIMIT);
    const form = (bytes: number) => answerWith({}, { body: Buffer.alloc(bytes) });
    store.put("page", kept());
    store.touch("page");
    const before = store.bytes;
    const held = store.peek("page") ?? assert.fail();
    store.addForm(held, "br", form(3000));
    const { bytes } = store;
    assert.ok(bytes >= before + 3000 && bytes < before + 5000, String(bytes - before));
    store.addForm(held, "br", form(4000));
    assert.equal(held.forms.br?.body.length, 3000);
    store.addForm(held, "zstd", null);
    assert.equal(store.bytes, bytes);
    store.put("page", kept());
    store.addForm(held, "zstd", form(4000));
    assert.equal(store.bytes, before, "a form of an older answer");
    for (let i = 0; i < 500; i++) {
      store.put(`page ${i}`, kept());
      store.touch(`page ${i}`);
      store.addForm(store.peek(`page ${i}`) ?? assert.fail(), "br", form(4000));
      assert.ok(store.bytes <= LIMIT, `${store.bytes} bytes after ${i}`);
    }
  });

  it("what is replaced or removed no longer counts, and a hot page stays hot", () => {
    const store = new AnswerStore(LIMIT);
    store.put("page", kept());
    store.touch("page");
    const newer = kept(6000);
    store.put("page", newer);
    assert.equal(store.size, 1);
    assert.equal(store.peek("page")?.answer, newer.answer);
    for (let i = 0; i < 1000; i++) store.put(`made up ${i}`, kept());
    assert.ok(store.peek("page"), "it was hot before it was rendered anew");
    store.remove("page");
    store.remove("page");
    for (let i = 0; i < 1000; i++) store.remove(`made up ${i}`);
    assert.equal(store.bytes, 0);
    assert.equal(store.size, 0);
  });

  it("nothing that is too large, and nothing at all without memory", () => {
    const store = new AnswerStore(LIMIT);
    store.put("large", kept(LIMIT));
    assert.equal(store.size, 0);
    const none = new AnswerStore(0);
    none.put("page", kept(0));
    assert.equal(none.size, 0);
  });
});

describe("answers that were seen once", () => {
  it("the same twice in a row", () => {
    const seen = new SeenOnce();
    assert.equal(seen.isSame("a", answerWith()), false);
    assert.equal(seen.isSame("b", answerWith()), false);
    assert.equal(seen.isSame("a", answerWith()), true);
  });

  it("not what differs in anything", () => {
    const first = answerWith();
    for (const other of [
      answerWith({}, { status: 404 }),
      answerWith({ "x-trace": "1" }),
      answerWith({ ETag: '"abd"' }),
      answerWith({}, { chunked: false }),
      answerWith({}, { body: Buffer.from("<p>pagf</p>") }),
    ]) {
      const seen = new SeenOnce();
      assert.equal(seen.isSame("a", first), false);
      assert.equal(seen.isSame("a", other), false);
      assert.equal(seen.isSame("a", other), true, "(control)");
    }
  });

  it("bounded in number", () => {
    const seen = new SeenOnce(3);
    for (const key of ["a", "b", "c", "d"]) seen.isSame(key, answerWith());
    assert.equal(seen.isSame("a", answerWith()), false, "forgotten");
    assert.equal(seen.isSame("d", answerWith()), true);
  });
});
