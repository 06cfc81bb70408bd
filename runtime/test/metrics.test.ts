import assert from "node:assert/strict";
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
});
