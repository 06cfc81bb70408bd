export const dynamic = "force-dynamic";

/** A page whose release is broken. */
export async function GET() {
  return new Response("broken", { status: 500 });
}
