/**
 * What Next.js gets as `cacheHandlers`; ./cache-handler.ts says why it has two parts. Next.js registers it in edge
 * pages too, but refuses 'use cache' in them: nothing is stored there.
 */
const none = {
  get: async (): Promise<undefined> => undefined,
  set: async (_key: string, pending: Promise<{ value: ReadableStream }>): Promise<void> => {
    await (await pending).value.cancel();
  },
  refreshTags: async (): Promise<void> => {},
  getExpiration: async (): Promise<number> => Infinity,
  updateTags: async (): Promise<void> => {},
};

let handler: unknown = none;
if (process.env.NEXT_RUNTIME !== "edge") {
  handler = (require("../use-cache-handler") as typeof import("../use-cache-handler")).default;
}

export default handler;
