import { setTimeout as delay } from "node:timers/promises";
import type { Metadata } from "next";
import { Suspense } from "react";
import { Fact, RenderFacts } from "@/components/facts";
import { stamp } from "@/lib/identity";

export const metadata: Metadata = { title: "Stream" };
export const dynamic = "force-dynamic";

const SECONDS = [1, 2, 3];

async function Chunk({ second }: { second: number }) {
  await delay(second * 1000);
  return <Fact id={`chunk-${second}`} label={`Chunk ${second}`} value={new Date().toISOString()} />;
}

function waiting(second: number) {
  return { id: `waiting-${second}`, label: `Chunk ${second}`, value: "on its way…" };
}

export default function StreamPage() {
  return (
    <>
      <h1>Piece by piece</h1>
      <p>
        The page comes at once and the chunks follow, one a second. A proxy that buffers would hold
        everything back for 3 seconds.
      </p>
      <dl>
        <RenderFacts stamp={stamp()} />
        {SECONDS.map((second) => (
          <Suspense key={second} fallback={<Fact {...waiting(second)} />}>
            <Chunk second={second} />
          </Suspense>
        ))}
      </dl>
    </>
  );
}
