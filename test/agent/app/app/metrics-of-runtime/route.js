export const dynamic = "force-dynamic";

/** Leaves metrics as the runtime package does. */
export async function GET() {
  globalThis[Symbol.for("next-on-eks.metrics")] = () =>
    "# HELP next_shared_cache_test_total Test\n" +
    "# TYPE next_shared_cache_test_total counter\n" +
    "next_shared_cache_test_total 7";
  return Response.json({ ok: true });
}
