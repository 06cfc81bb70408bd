import { answer } from "@/lib/errors";
import { podName } from "@/lib/identity";
import { listUploads } from "@/lib/uploads";

export const dynamic = "force-dynamic";

export function GET() {
  return answer(async () =>
    Response.json(
      { pod: podName(), uploads: await listUploads() },
      { headers: { "cache-control": "no-store" } },
    ),
  );
}
