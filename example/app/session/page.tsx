import type { Metadata } from "next";
import { cookies } from "next/headers";
import { Fact } from "@/components/facts";
import { HttpError } from "@/lib/errors";
import { podName } from "@/lib/identity";
import { isGenuine, peek, SESSION_COOKIE } from "@/lib/session";
import type { Session } from "@/lib/session";

export const metadata: Metadata = { title: "Session" };

export default async function SessionPage() {
  const { session, problem } = await readSession();
  return (
    <>
      <h1>Outlives its pod</h1>
      <p>
        The cookie carries a signed id and nothing else; the counter is in Redis, where every pod
        finds it.
      </p>
      <form action="/api/session" method="post">
        <button>{session ? "Count" : "Start a session"}</button>
      </form>
      {problem && (
        <p className="problem" role="alert" data-testid="problem">
          {problem}
        </p>
      )}
      <dl>
        <Fact id="count" label="Count" value={session?.count ?? 0} />
        <Fact id="made-by" label="Made by pod" value={session?.madeBy ?? "none yet"} />
        <Fact id="pod" label="Read by pod" value={podName()} />
      </dl>
    </>
  );
}

async function readSession(): Promise<{ session?: Session; problem?: string }> {
  const cookie = (await cookies()).get(SESSION_COOKIE)?.value;
  try {
    return { session: cookie && isGenuine(cookie) ? await peek(cookie) : undefined };
  } catch (error) {
    if (error instanceof HttpError) return { problem: error.message };
    throw error;
  }
}
