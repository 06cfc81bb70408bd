import type { Stamp } from "@/lib/identity";

/** One fact with a name that tests find: `data-testid`. */
export function Fact({ id, label, value }: { id: string; label: string; value: string | number }) {
  return (
    <div className="fact">
      <dt>{label}</dt>
      <dd data-testid={id}>{value}</dd>
    </div>
  );
}

/** When and by which pod and release the page was rendered. */
export function RenderFacts({ stamp }: { stamp: Stamp }) {
  return (
    <>
      <Fact id="rendered-at" label="Page rendered at" value={stamp.at} />
      <Fact id="pod" label="by pod" value={stamp.pod} />
      <Fact id="release" label="of release" value={stamp.release} />
    </>
  );
}

/** When and by which pod a cached value was made. */
export function ValueFacts({ value, at, pod }: { value: string; at: string; pod: string }) {
  return (
    <>
      <Fact id="value" label="Cached value" value={value} />
      <Fact id="value-at" label="made at" value={at} />
      <Fact id="value-pod" label="by pod" value={pod} />
    </>
  );
}
