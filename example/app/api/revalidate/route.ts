import { revalidatePath, revalidateTag } from "next/cache";
import { env } from "@/lib/env";
import { answer, HttpError } from "@/lib/errors";
import { podName } from "@/lib/identity";
import { sameSecret } from "@/lib/secrets";
import { isOpenToAll, type Order, type Profile } from "./order";

const PROFILES = ["default", "seconds", "minutes", "hours", "days", "weeks", "max"];
const TAG_LENGTH = 256;
const PATH_LENGTH = 1024;

/** Revalidates a tag or a path: `{ tag, profile? }` or `{ path }`. */
export function POST(request: Request) {
  return answer(async () => {
    const token = env("REVALIDATE_TOKEN");
    if (token) authorize(request, token);
    const order = parse(await readJson(request));
    if (!token && !isOpenToAll(order)) {
      throw new HttpError(
        403,
        "without REVALIDATE_TOKEN only the example's own tags and pages may be revalidated: set it, and send it",
      );
    }
    if ("tag" in order) revalidateTag(order.tag, order.profile);
    else revalidatePath(order.path);
    return Response.json({ revalidated: true, ...order, pod: podName() });
  });
}

function authorize(request: Request, token: string): void {
  const given = request.headers.get("authorization") ?? "";
  if (!sameSecret(given, `Bearer ${token}`)) {
    throw new HttpError(401, "send the header: authorization: Bearer $REVALIDATE_TOKEN");
  }
}

async function readJson(request: Request): Promise<Record<string, unknown>> {
  const body: unknown = await request.json().catch(() => undefined);
  if (typeof body === "object" && body !== null && !Array.isArray(body)) {
    return body as Record<string, unknown>;
  }
  throw new HttpError(400, 'the body has to be a JSON object such as { "tag": "products" }');
}

function parse({ tag, path, profile = "max" }: Record<string, unknown>): Order {
  if ((tag === undefined) === (path === undefined)) {
    throw new HttpError(400, 'give either "tag" or "path"');
  }
  if (path !== undefined) {
    if (typeof path === "string" && path.startsWith("/") && path.length <= PATH_LENGTH) {
      return { path };
    }
    throw new HttpError(400, `"path" has to be text of up to ${PATH_LENGTH} characters after a /`);
  }
  if (typeof tag !== "string" || !tag || tag.length > TAG_LENGTH) {
    throw new HttpError(400, `"tag" has to be text of 1 to ${TAG_LENGTH} characters`);
  }
  if (!isProfile(profile)) {
    throw new HttpError(
      400,
      `"profile" has to be one of ${PROFILES.join(", ")}, or { "expire": SECONDS }`,
    );
  }
  return { tag, profile };
}

function isProfile(value: unknown): value is Profile {
  if (typeof value === "string") return PROFILES.includes(value);
  if (typeof value !== "object" || value === null || !("expire" in value)) return false;
  return typeof value.expire === "number" && value.expire >= 0;
}
