import { randomInt } from "node:crypto";
import type { Metadata } from "next";
import { unstable_cache } from "next/cache";
import { RenderFacts, ValueFacts } from "@/components/facts";
import { podName, stamp } from "@/lib/identity";

export const metadata: Metadata = { title: "Tagged" };

/** Stands for a slow query: its answer is kept until the tag is revalidated. */
const readPrice = unstable_cache(
  () =>
    Promise.resolve({
      value: (randomInt(1000, 100_000) / 100).toFixed(2),
      at: new Date().toISOString(),
      pod: podName(),
    }),
  ["price"],
  { tags: ["products"], revalidate: false },
);

export default async function TaggedPage() {
  const price = await readPrice();
  return (
    <>
      <h1>Kept until revalidated</h1>
      <p>
        The price and this page carry the tag <code>products</code>. A revalidation through one pod
        has to reach all of them:
      </p>
      <pre className="card">
        {`curl -X POST -H 'content-type: application/json' \\
  -H "authorization: Bearer $REVALIDATE_TOKEN" \\
  -d '{"tag":"products"}' https://HOST/api/revalidate`}
      </pre>
      <dl>
        <ValueFacts {...price} />
        <RenderFacts stamp={stamp()} />
      </dl>
    </>
  );
}
