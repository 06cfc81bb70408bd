export const dynamic = "force-dynamic";

/** `?count=` lines, one every `?ms=`. */
export async function GET(request) {
  const query = new URL(request.url).searchParams;
  const count = Number(query.get("count"));
  const ms = Number(query.get("ms"));
  const encoder = new TextEncoder();
  const body = new ReadableStream({
    async start(controller) {
      for (let line = 1; line <= count; line++) {
        controller.enqueue(encoder.encode(`line ${line}\n`));
        await new Promise((resolve) => setTimeout(resolve, ms));
      }
      controller.close();
    },
  });
  return new Response(body, { headers: { "content-type": "text/plain" } });
}
