/** A failure whose message is meant for the client, with the HTTP status that goes with it. */
export class HttpError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
    this.name = "HttpError";
  }
}

/** Runs a route's work; expected failures become JSON, others are logged and tell nothing. */
export async function answer(work: () => Response | Promise<Response>): Promise<Response> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof HttpError) {
      const headers = error.status === 503 ? { "retry-after": "1" } : undefined;
      return Response.json({ error: error.message }, { status: error.status, headers });
    }
    console.error(error);
    return Response.json({ error: "unexpected error, see the pod's log" }, { status: 500 });
  }
}
