export const dynamic = "force-dynamic";

/** Uses a whole CPU for `?ms=` in slices of 200 ms between which the event loop turns. */
export async function GET(request) {
  const until = Date.now() + Number(new URL(request.url).searchParams.get("ms"));
  while (Date.now() < until) {
    const slice = Date.now() + 200;
    while (Date.now() < slice);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return Response.json({ ok: true });
}
