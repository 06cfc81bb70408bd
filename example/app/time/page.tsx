import type { Metadata } from "next";
import { RenderFacts } from "@/components/facts";
import { stamp } from "@/lib/identity";

export const metadata: Metadata = { title: "Time" };
export const revalidate = 5;

export default function TimePage() {
  return (
    <>
      <h1>Rendered every 5 seconds</h1>
      <p>
        The first request after 5 seconds still gets this page while one pod renders the next. With
        a shared cache every pod shows the same time, and none ever shows an older one.
      </p>
      <dl>
        <RenderFacts stamp={stamp()} />
      </dl>
    </>
  );
}
