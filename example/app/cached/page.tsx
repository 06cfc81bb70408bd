import { randomInt } from "node:crypto";
import type { Metadata } from "next";
import { cacheLife, cacheTag } from "next/cache";
import { RenderFacts, ValueFacts } from "@/components/facts";
import { podName, stamp } from "@/lib/identity";

export const metadata: Metadata = { title: "Cached" };
export const dynamic = "force-dynamic";

async function readTemperature() {
  "use cache";
  cacheLife({ stale: 10, revalidate: 10, expire: 3600 });
  cacheTag("temperature");
  return Promise.resolve({
    value: (randomInt(-100, 350) / 10).toFixed(1),
    at: new Date().toISOString(),
    pod: podName(),
  });
}

export default async function CachedPage() {
  const temperature = await readTemperature();
  return (
    <>
      <h1>Kept by &lsquo;use cache&rsquo;</h1>
      <p>
        The page is rendered for each request; the temperature is kept for 10 seconds, or until its
        tag <code>temperature</code> is revalidated.
      </p>
      <dl>
        <ValueFacts {...temperature} />
        <RenderFacts stamp={stamp()} />
      </dl>
    </>
  );
}
