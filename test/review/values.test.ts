import * as assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { hider } from "../../plan/hidden";
import { differencesOf } from "../../review/values";

const shown = (old: unknown, now: unknown) =>
  differencesOf(old, now).map(
    ({ path, kind, ...it }) =>
      `${path} ${kind}: ${JSON.stringify(it.old)} -> ${JSON.stringify(it.now)}`,
  );

describe("review: what differs between two values", () => {
  it("names the property, at any depth", () => {
    assert.deepEqual(shown({ a: { b: 1, c: 2 } }, { a: { b: 1, c: 3 } }), ["a.c changes: 2 -> 3"]);
    assert.deepEqual(shown({}, { a: { b: 1 } }), ['a changes: undefined -> {"b":1}']);
    assert.deepEqual(shown({ "x.y/z": 1 }, { "x.y/z": 2 }), ['["x.y/z"] changes: 1 -> 2']);
    assert.deepEqual(shown({ a: "1" }, { a: 1 }), ['a changes: "1" -> 1']);
  });

  it("tells items of a list apart by what names them", () => {
    const env = (...items: [string, string][]) => ({
      env: items.map(([name, value]) => ({ name, value })),
    });
    assert.deepEqual(shown(env(["A", "1"], ["B", "2"]), env(["A", "1"], ["C", "3"], ["B", "4"])), [
      'env[B].value changes: "2" -> "4"',
      'env[C] changes: undefined -> {"name":"C","value":"3"}',
    ]);
    assert.deepEqual(shown(env(["A", "1"], ["B", "2"]), env(["B", "2"], ["A", "1"])), [
      'env (order) changes: ["A","B"] -> ["B","A"]',
    ]);
  });

  it("pairs items without a name, and shows a list of plain values as a whole", () => {
    const rules = (...ports: number[]) => ({ egress: ports.map((port) => ({ to: [{ port }] })) });
    assert.deepEqual(shown(rules(1, 2, 3), rules(1, 3)), [
      'egress[1] changes: {"to":[{"port":2}]} -> undefined',
    ]);
    assert.deepEqual(shown({ cidrs: ["a"] }, { cidrs: ["a", "b"] }), [
      'cidrs changes: ["a"] -> ["a","b"]',
    ]);
  });

  it("looks into JSON, and says that text differs where the JSON does not", () => {
    const policy = (effect: string) => ({
      policy: JSON.stringify({ Statement: [{ Effect: effect }] }),
    });
    assert.deepEqual(shown(policy("Deny"), policy("Allow")), [
      'policy.Statement[0].Effect changes: "Deny" -> "Allow"',
    ]);
    assert.deepEqual(shown('{"a":1}', '{ "a": 1 }'), [
      ' changes: "{\\"a\\":1}" -> "{ \\"a\\": 1 }"',
    ]);
  });

  it("says that a secret changes without its value, and nothing where nobody can know", () => {
    const hide = hider();
    assert.deepEqual(shown({ s: hide("one") }, { s: hide("one") }), []);
    assert.deepEqual(shown({ s: hide("one") }, { s: hide("two") }), [
      's secret: "[secret]" -> "[secret]"',
    ]);
    assert.deepEqual(shown({ s: "plain" }, { s: hide("two") }), [
      's secret: "[secret]" -> "[secret]"',
    ]);
    assert.deepEqual(shown([[hide("one")]], [[hide("two")]]).length, 1);
    assert.deepEqual(shown([[hide("one")]], [[hide("one")]]), []);
    assert.deepEqual(shown({}, { s: hide("two") }), ['s secret: undefined -> "[secret]"']);
    assert.deepEqual(shown({ s: "[secret]" }, { s: hide("two") }), []);
  });

  it("says of what is computed that it may change", () => {
    assert.deepEqual(shown({ id: "[computed]" }, { id: "[computed]" }), []);
    assert.deepEqual(shown({ id: "vpc-1" }, { id: "[computed]" }), [
      'id may change: "vpc-1" -> "[computed]"',
    ]);
    // Whatever the value is: it was not set.
    assert.deepEqual(shown({}, { id: "[computed]" }), ['id changes: undefined -> "[computed]"']);
    assert.deepEqual(shown({ id: "[computed]" }, {}), ['id changes: "[computed]" -> undefined']);
  });

  const value = fc.jsonValue({ maxDepth: 4 });

  it("finds something exactly where something differs", () => {
    fc.assert(
      fc.property(value, value, (old, now) => {
        assert.equal(differencesOf(old, now).length === 0, isDeepStrictEqual(old, now));
        assert.deepEqual(differencesOf(old, structuredClone(old)), []);
      }),
    );
  });

  it("finds one changed property of a larger value, wherever it stands", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), value), fc.string(), (map, key) => {
        const found = differencesOf(map, { ...map, [key]: { changed: "for sure" } });
        assert.ok(found.length > 0);
        assert.ok(
          found.every(({ path }) => path.includes(key) || path.includes(JSON.stringify(key))),
        );
      }),
    );
  });
});
