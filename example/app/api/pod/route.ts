import { podName, releaseId } from "@/lib/identity";

export const dynamic = "force-dynamic";

export function GET() {
  return Response.json(
    { pod: podName(), release: releaseId(), pid: process.pid },
    { headers: { "cache-control": "no-store" } },
  );
}
