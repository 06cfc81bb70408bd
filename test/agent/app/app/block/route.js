export const dynamic = "force-dynamic";

/** Blocks the event loop for `?ms=`, as an endless synchronous loop would. */
export async function GET(request) {
  const until = Date.now() + Number(new URL(request.url).searchParams.get("ms"));
  while (Date.now() < until);
  return Response.json({ ok: true });
}
