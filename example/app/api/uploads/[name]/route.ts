import type { NextRequest } from "next/server";
import { answer } from "@/lib/errors";
import { podName } from "@/lib/identity";
import { openUpload, readToEnd, storeUpload } from "@/lib/uploads";

interface Context {
  params: Promise<{ name: string }>;
}

/** Streams an upload back, as a download: what a stranger uploaded must not run in this origin. */
export function GET(_request: NextRequest, context: Context) {
  return answer(async () => {
    const { name } = await context.params;
    const file = await openUpload(name);
    return new Response(readToEnd(file), { headers: describe(name) });
  });
}

export function HEAD(_request: NextRequest, context: Context) {
  return answer(async () => {
    const { name } = await context.params;
    const file = await openUpload(name);
    await file.close();
    return new Response(null, { headers: describe(name) });
  });
}

/** Stores the request's body under the name: 201, or 200 where `?replace=1` allows another's place. */
export function PUT(request: NextRequest, context: Context) {
  return answer(async () => {
    const { name } = await context.params;
    const replace = request.nextUrl.searchParams.get("replace") === "1";
    const upload = await storeUpload(name, request, replace);
    return Response.json({ ...upload, pod: podName() }, { status: replace ? 200 : 201 });
  });
}

// No content-length: Next.js takes it out of what a route handler answers.
function describe(name: string): HeadersInit {
  return {
    "cache-control": "no-store",
    "content-disposition": `attachment; filename="${name}"`,
    "content-type": "application/octet-stream",
    "x-content-type-options": "nosniff",
  };
}
