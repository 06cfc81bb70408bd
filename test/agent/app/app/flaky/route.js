export const dynamic = "force-dynamic";

let calls = 0;

/** 500 twice, then 200: an app whose first renders fail. */
export async function GET() {
  calls++;
  return Response.json({ calls }, { status: calls <= 2 ? 500 : 200 });
}
