import { cookies, headers } from "next/headers";
import { answer } from "@/lib/errors";
import { podName } from "@/lib/identity";
import { isGenuine, newCookie, SESSION_COOKIE, SESSION_SECONDS, visit } from "@/lib/session";
import type { Session } from "@/lib/session";

/** Counts a visit and tells the session as JSON. */
export function GET() {
  return answer(async () => {
    const session = await count();
    return Response.json(
      { count: session.count, pod: podName(), madeBy: session.madeBy },
      { headers: { "cache-control": "no-store" } },
    );
  });
}

/** The same for the form of the session page, which is shown again. */
export function POST() {
  return answer(async () => {
    await count();
    return new Response(null, { status: 303, headers: { location: "/session" } });
  });
}

async function count(): Promise<Session> {
  const jar = await cookies();
  const given = jar.get(SESSION_COOKIE)?.value;
  const cookie = given && isGenuine(given) ? given : newCookie();
  const session = await visit(cookie);
  jar.set(SESSION_COOKIE, cookie, {
    httpOnly: true,
    sameSite: "lax",
    secure: await cameByHttps(),
    path: "/",
    maxAge: SESSION_SECONDS,
  });
  return session;
}

async function cameByHttps(): Promise<boolean> {
  const protocols = (await headers()).get("x-forwarded-proto") ?? "";
  return protocols.split(",")[0]?.trim() === "https";
}
