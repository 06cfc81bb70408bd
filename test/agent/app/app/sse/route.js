export const dynamic = "force-dynamic";

/** Server-sent events as many tutorials write them, with `Connection: keep-alive` of its own. */
export async function GET(request) {
  const query = new URL(request.url).searchParams;
  const count = Number(query.get("count"));
  const ms = Number(query.get("ms"));
  const encoder = new TextEncoder();
  const body = new ReadableStream({
    async start(controller) {
      for (let event = 1; event <= count; event++) {
        controller.enqueue(encoder.encode(`data: ${event}\n\n`));
        await new Promise((resolve) => setTimeout(resolve, ms));
      }
      controller.close();
    },
  });
  await new Promise((resolve) => setTimeout(resolve, Number(query.get("before") ?? 0)));
  return new Response(body, {
    headers: {
      "content-type": "text/event-stream",
      "cache-control": "no-cache, no-transform",
      connection: "keep-alive",
    },
  });
}
