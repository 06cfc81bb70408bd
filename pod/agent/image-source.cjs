"use strict";

const OPTIMIZER = /^(?:\/[A-Za-z0-9._~-]+)*\/_next\/image\?(.*)$/s;

/**
 * What Next.js's image optimizer is asked for, and the release that asks.
 * @param {string} url
 * @returns {{ source: string, dpl: string | null } | undefined}
 */
function sourceOf(url) {
  const query = OPTIMIZER.exec(url)?.[1];
  if (query === undefined) return undefined;
  const asked = new URLSearchParams(query);
  return { source: asked.get("url") ?? "", dpl: asked.get("dpl") };
}

module.exports = { sourceOf };
