export const dynamic = "force-dynamic";

/** Answers after `?ms=`. */
export async function GET(request) {
  const ms = Number(new URL(request.url).searchParams.get("ms"));
  await new Promise((resolve) => setTimeout(resolve, ms));
  return Response.json({ waited: ms });
}
