import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { RUNTIME_METRICS } from "../src/contract/pod-contract.cjs";
import * as metrics from "../src/metrics";

describe("metrics", () => {
  it("Prometheus' text format", () => {
    metrics.count("next_shared_cache_errors_total", { store: "redis", kind: 'a"b\n' });
    metrics.observe("next_shared_cache_operation_seconds", 0.002, {
      store: "redis",
      operation: "test",
    });
    const text = metrics.render();
    assert.match(text, /^# TYPE next_shared_cache_errors_total counter$/m);
    assert.match(text, /^next_shared_cache_errors_total\{store="redis",kind="a\\"b\\n"\} 1$/m);
    assert.match(
      text,
      /^next_shared_cache_operation_seconds_bucket\{store="redis",operation="test",le="0.0025"\} 1$/m,
    );
    assert.match(
      text,
      /^next_shared_cache_operation_seconds_bucket\{store="redis",operation="test",le="\+Inf"\} 1$/m,
    );
  });

  it("what a label's value may hold only escaped", () => {
    for (const value of ["plain", "c:\\x", 'a"b', "a\nb", '\\"\n'])
      metrics.count("test_escaped", { value });
    const lines = metrics.render().match(/^test_escaped\{.*$/gm);
    assert.deepEqual(lines, [
      'test_escaped{value="plain"} 1',
      'test_escaped{value="c:\\\\x"} 1',
      'test_escaped{value="a\\"b"} 1',
      'test_escaped{value="a\\nb"} 1',
      'test_escaped{value="\\\\\\"\\n"} 1',
    ]);
  });

  it("a gauge whose labels change has one line at a time", () => {
    let why: string | undefined = "store";
    metrics.labelledGauge("test_enabled", () => (why === undefined ? [{}, 1] : [{ why }, 0]));
    const lines = (): readonly string[] => metrics.render().match(/^test_enabled.*$/gm) ?? [];
    assert.deepEqual(lines(), ['test_enabled{why="store"} 0']);
    why = undefined;
    assert.deepEqual(lines(), ["test_enabled 1"]);
  });
});

describe("the README", () => {
  it("names every metric of the package", () => {
    const named = (...path: string[]): string[] => {
      const text = readFileSync(join(__dirname, "..", ...path), "utf8");
      return [...new Set(text.match(/next_shared_cache_[a-z_]+/g))].sort();
    };
    assert.deepEqual(named("README.md"), named("src", "metrics.ts"));
  });
});

describe("two copies of the metrics in one process", () => {
  it("count together: Next.js bundles one into an app's proxy", () => {
    const file = require.resolve("../src/metrics");
    const first: unknown = Reflect.get(globalThis, Symbol.for(RUNTIME_METRICS));
    const held = require.cache[file];
    Reflect.deleteProperty(require.cache, file);
    try {
      const copy = require(file) as typeof metrics;
      assert.notEqual(copy.render, metrics.render, "(control) another copy");
      metrics.count("next_shared_cache_writes_total", { store: "copies", result: "stored" });
      copy.count("next_shared_cache_writes_total", { store: "copies", result: "stored" });
      for (const { render } of [metrics, copy])
        assert.match(render(), /writes_total\{store="copies",result="stored"\} 2$/m);
    } finally {
      require.cache[file] = held;
      Reflect.set(globalThis, Symbol.for(RUNTIME_METRICS), first);
    }
  });
});
