import { podName, releaseId } from "@/lib/identity";

export const dynamic = "force-dynamic";

/** Tells that this process answers. Depends on nothing else, or Redis's outage would be ours. */
export function GET() {
  return Response.json(
    { ok: true, pod: podName(), release: releaseId() },
    { headers: { "cache-control": "no-store" } },
  );
}
