import assert from "node:assert/strict";
import type { Site } from "../lib/site";

async function buildId(site: Site): Promise<string> {
  const found = /"buildId":"([^"]+)"/.exec((await site.page("/")).body)?.[1];
  assert.ok(found, "no build id in the page");
  return found;
}

/** The address of the data of a page in English. */
export async function data(site: Site, path: string): Promise<string> {
  return `/_next/data/${await buildId(site)}/en${path}.json`;
}
