import { writeFile } from "node:fs/promises";
import { after } from "next/server";

export const dynamic = "force-dynamic";

/** Answers at once and writes the file `?file=` only `?ms=` later. */
export async function GET(request) {
  const query = new URL(request.url).searchParams;
  const file = query.get("file");
  const ms = Number(query.get("ms"));
  after(async () => {
    await new Promise((resolve) => setTimeout(resolve, ms));
    await writeFile(file, "done");
  });
  return Response.json({ ok: true });
}
